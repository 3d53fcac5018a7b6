// Package alarm has the commands about resource alarms: why publishers are stopped.
package alarm

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands are this noun's commands, in the order of the help.
func Commands() []verb.Command { return []verb.Command{explainBlocked()} }
