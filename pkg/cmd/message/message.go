// Package message has the commands about messages, which speak AMQP.
package message

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{publish(), peek(), search(), get(), remove(), move(), copies(), listDeadLetters(), replay(),
		export(), imports(), tap()}
}
