package message

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func publish() verb.Change {
	return verb.Of(change.PublishMessage, verb.About{
		Short: "Publish a message, or one for each line, and say whether a queue got it",
		Long: `Publish a message to a queue, or to an exchange with a routing key. It is published as mandatory and
with a confirm, so the outcome says what became of it: routed (at least one queue has it), returned (no queue gets
it), refused, or unknown where the broker did not answer. The exit code is 0 only if each message is routed.

BODY is the text of the body. --body-file FILE takes the body from a file, unchanged; - is standard input. With --lines
each line becomes a message, without its line end, and empty lines are left out. The command then stops when it learns
that a message was not routed, and says how many were routed. By then it may have published up to 500 of the next lines.

A header is text unless its TYPE says otherwise: level:int=5, seen:bool=true, tags:json=["a","b"]; level=5 is the
text 5. Whole numbers of the types int and json are sent as 64-bit integers. --priority 0 is the same as no
--priority: the message has no priority. Such a message counts as priority 0 in a classic queue, and as priority 4
in a quorum queue of RabbitMQ 4.3 or later. --dry-run says which queues would get the message.`,
		Example: `  rabbitctl publish_message --queue orders '{"id": 7}' --content-type application/json
  rabbitctl publish_message --exchange events --routing-key order.created 'hello' --header region=eu --dry-run
  rabbitctl publish_message --queue orders --body-file order.json --expiration 60s
  jq -c '.[]' orders.json | rabbitctl publish_message --queue orders --lines`,
	})
}
