// Package cluster has the commands about the cluster as its nodes see it.
package cluster

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands are this noun's commands, in the order of the help.
func Commands() []verb.Command { return []verb.Command{status(), setName()} }
