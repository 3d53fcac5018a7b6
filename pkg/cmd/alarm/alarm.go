// Package alarm has the commands about resource alarms, which block publishers.
package alarm

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands returns the commands of this noun, in the order of the help.
func Commands() []verb.Command { return []verb.Command{explainBlocked()} }
