// Package definitions has the commands about what a broker has declared, as a whole.
package definitions

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands are this noun's commands, in the order of the help.
func Commands() []verb.Command {
	return []verb.Command{export{}, check(), imports(), plan(), apply(), diff{}, checkDrift(), compareBrokers()}
}
