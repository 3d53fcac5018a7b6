// Package federation has the commands about federation upstreams and links.
package federation

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{listUpstreams(), declare(), remove(), listLinks(), restart()}
}
