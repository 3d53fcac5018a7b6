// Package message has the commands about messages, which speak AMQP.
package message

import "github.com/rabbitctl/rabbitctl/pkg/verb"

// Commands are this noun's commands, in the order of the help.
func Commands() []verb.Command {
	return []verb.Command{publish(), peek(), search(), get(), remove(), move(), copies(), listDeadLetters(), replay(),
		export(), imports(), tap()}
}
