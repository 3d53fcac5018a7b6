// Package member has the commands that change where replicated queues have their members and their leaders.
package member

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{add(), remove(), grow(), growToCount(), shrink(), rebalance(), transferLeadership()}
}
