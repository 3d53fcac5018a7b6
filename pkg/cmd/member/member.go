// Package member has the commands that change where replicated queues have their members and their leaders.
package member

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands are this noun's commands, in the order of the help.
func Commands() []verb.Command {
	return []verb.Command{add(), remove(), grow(), growToCount(), shrink(), rebalance(), transferLeadership()}
}
