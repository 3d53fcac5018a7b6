// Package route has the commands about where messages go, and where they get lost.
package route

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command { return []verb.Command{explain(), listUnroutable()} }
