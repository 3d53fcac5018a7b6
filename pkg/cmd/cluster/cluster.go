// Package cluster has the commands about the cluster as its nodes see it.
package cluster

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command { return []verb.Command{status(), setName()} }
