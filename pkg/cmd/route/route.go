// Package route has the commands about where messages go, and where they get lost.
package route

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands are this noun's commands, in the order of the help.
func Commands() []verb.Command { return []verb.Command{explain(), listUnroutable()} }
