package message

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func export() verb.Change {
	return verb.Of(change.ExportMessages, verb.About{
		Short: "Write the messages of a queue into a new file, with all their types",
		Long: `Write the messages that are ready in a queue into a new file, from which import_messages publishes them
again: a first line that names the queue, one JSON line for each message, with every property and the type of every
header, and a last line with a checksum. A file whose name ends with .gz is compressed, and - is standard output. Only
its owner can read the file. A file that exists is refused.

Without --remove the messages stay in the queue: all that the command reads, also those that --where does not choose,
are held until the end, and then requeued. At most 65535 messages, with bodies of about 64 MiB together, can be held.
The command refuses a queue that has more, unless --limit is low enough. With --where it does not refuse such a queue,
but stops when it holds so many (exit code 75), unless --limit ends it before. A quorum queue before 4.3 counts one
more delivery of each held message, and if it has a delivery limit, it drops or dead-letters a message beyond that
limit. So the command refuses such a queue, with or without a delivery limit, unless --counts-as-delivery is given.

With --remove the command asks first (without a terminal it needs --yes), and then removes messages from the queue
once they are in the file and on the disk, or with - once they are written. It then holds only the messages that
--where does not choose, and stops in the same way when it holds so many. Without --where it holds none: any number
can be exported, and no queue needs --counts-as-delivery. If the command dies in the middle, no message is lost: what
is removed is in the file, which import_messages --partial reads. --remove refuses a stream.

A stream is read from --offset on. Its messages are not held, so any number can be exported.

--where chooses messages by the columns of peek_messages, as in 'priority > 3' or 'headers["region"] == "eu"'.`,
		Example: `  rabbitctl export_messages orders.dlq dead.jsonl
  rabbitctl export_messages orders.dlq dead.jsonl.gz --where 'death.reason == "rejected"'
  rabbitctl export_messages events events.jsonl.gz --offset 24h
  rabbitctl export_messages orders - --limit 10 | jq -r '.Body // empty | @base64d'
  rabbitctl export_messages orders orders.jsonl.gz --remove --expect-messages 1000:2000`,
	})
}

func imports() verb.Change {
	return verb.Of(change.ImportMessages, verb.About{
		Short: "Publish the messages of a file to a queue; go on after an interruption",
		Long: `Publish the messages of a file of export_messages to the queue that the first line of the file names, or to
the queue of --queue. The queue is in the virtual host / unless -p names another, even if the messages came from
another virtual host. The command reads the whole file first, however long that takes, and refuses a file with a
wrong checksum or without its last line, unless --partial is given. It publishes with publisher confirms. It reads
files of rabtap, rmq-dump and the management API, too; these need no checksum and no --partial. They do not say
which types headers have, and name no queue, so they need --queue. Standard input (-) needs --queue, too, and is
published as it is read: it is not checked before.

The command keeps its progress in FILE.progress, and removes this file when all messages are imported. After an
interruption, and after a run with --limit, run the same command again: it continues. If rabbitctl was killed or lost
its connection, up to 500 messages can then be in the queue twice, and none is missing. An import of standard input
cannot be continued.

Delivery counts and expirations start over. The headers CC and BCC would route the message again, and brokers refuse
the user-id of another user. So CC, BCC and the user-id of another user become the headers x-rabbitctl-cc,
x-rabbitctl-bcc and x-rabbitctl-user-id. The command refuses a destination that does not exist, is a stream, does not
run, or has no room by its max-length for all messages of this run. For standard input without --limit it refuses
every queue with a max-length. It does not begin while an alarm blocks publishers. If the destination has a
max-length-bytes and drops its oldest messages when it is full, or is part of a dead-letter cycle in which the broker
drops messages, the command asks first; without a terminal it then needs --yes.`,
		Example: `  rabbitctl import_messages dead.jsonl.gz
  rabbitctl import_messages orders.jsonl --queue orders.again -p test --dry-run
  rabbitctl export_messages orders - | rabbitctl import_messages - --queue orders --url http://other:15672`,
	})
}

func get() verb.Change {
	return verb.Of(func() change.Op { return change.GetMessages(view()) }, verb.About{
		Short: "Take messages out of a queue: write them out, and remove them",
		Long: `Take messages out of a queue: one, or as many as --limit says. They are written to standard output or to the
new file of --to, and then removed from the queue. The command asks first; without a terminal it needs --yes. A
terminal shows each message with its properties, headers and body, as peek_messages --whole does; a pipe and a file
get them as export_messages writes them. Each message is acknowledged only when it is written; with --to, only when
it is on the disk. If the output fails, all messages that are not known to be written stay in the queue. rabbitctl
cannot know what a program after a pipe does with a message: a file is safer. The command refuses streams, and a
file that exists.

--where chooses messages by the columns of peek_messages; --limit counts only the chosen ones. The other messages
are held until the end, and then requeued. A quorum queue before 4.3 counts a delivery of each of them, so with
--where the command refuses such a queue without --counts-as-delivery. --body-only writes bodies only, and so loses
properties and headers. peek_messages looks at messages and leaves them, move_messages takes them to another queue.`,
		Example: `  rabbitctl get_messages orders
  rabbitctl get_messages orders --limit 0 --to taken.jsonl
  rabbitctl get_messages orders --body-only --yes`,
	})
}

func copies() verb.Change {
	return verb.Of(change.CopyMessages, verb.About{
		Short: "Copy messages of a queue to another one, and leave them where they are",
		Long: `Publish the messages that are ready in a queue to another queue of the same virtual host, with
confirms, and leave them in the source: they are held until the end, and then requeued. So one run can read at most
65535 messages, with bodies of about 64 MiB together, from a queue. If more are ready, the command refuses the queue
unless --limit is low enough. With --where it does not refuse such a queue: it reads up to that amount, copies the
messages that match, and then stops (exit 75). If --limit ends the copy before, the exit code is 0. For more, use
export_messages --remove, and then import_messages once into each of the two queues. A quorum queue before 4.3 counts
one more delivery of each message, and drops or dead-letters a message beyond its delivery limit. So the command
refuses such a queue without --counts-as-delivery.

A stream is read from --offset to the message that is its last one when the copy begins, however many messages that
is. The command refuses a destination that does not exist, is a stream or does not run. It also refuses one whose
max-length leaves too little room: for all messages that are ready in the source, also those that do not match
--where, or for --limit messages if that is less. From a stream without --limit it refuses every destination with a
max-length. It does not begin while an alarm blocks publishers. It asks first if the destination is part of a
dead-letter cycle, in which the broker drops messages, or if it has a max-length-bytes and drops its oldest messages
when it is full; without a terminal it then needs --yes.

Delivery counts and expirations start over. The headers CC and BCC would route the message again, and brokers refuse
the user-id of another user. So CC, BCC and the user-id of another user become the headers x-rabbitctl-cc,
x-rabbitctl-bcc and x-rabbitctl-user-id. If you run the command again, it copies the same messages again.`,
		Example: `  rabbitctl copy_messages orders orders.test --limit 100
  rabbitctl copy_messages events replayed --offset 1h
  rabbitctl copy_messages orders.dlq look --where 'death.reason == "rejected"' --dry-run`,
	})
}
