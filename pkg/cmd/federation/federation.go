// Package federation has the commands about federation upstreams and links.
package federation

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands are this noun's commands, in the order of the help.
func Commands() []verb.Command {
	return []verb.Command{listUpstreams(), declare(), remove(), listLinks(), restart()}
}
