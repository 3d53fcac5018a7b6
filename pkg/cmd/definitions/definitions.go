// Package definitions has the commands about what a broker has declared, as a whole.
package definitions

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{export{}, check(), imports(), plan(), apply(), diff{}, checkDrift(), compareBrokers()}
}
