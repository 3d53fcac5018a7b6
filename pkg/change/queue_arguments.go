package change

import (
	"errors"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// argumentOption is a command-line option for one argument of a queue.
type argumentOption struct{ key, name, help string }

// queueOptions returns the options for arguments of queues, in the order of the help.
func queueOptions() []argumentOption {
	return []argumentOption{
		{"x-message-ttl", "message-ttl", "drop or dead-letter a message after this time (10m, 7d; 60000 is in ms)"},
		{"x-expires", "expires", "delete the queue after this time without use (10m, 30d)"},
		{"x-max-length", "max-length", "hold at most this many ready messages"},
		{"x-max-length-bytes", "max-length-bytes", "hold at most this many bytes of bodies (20MB)"},
		{"x-overflow", "overflow", "what to do when the queue is full"},
		{"x-dead-letter-exchange", "dead-letter-exchange",
			"where rejected, expired and dropped messages go; without it they are lost"},
		{"x-dead-letter-routing-key", "dead-letter-routing-key", "routing key of dead letters (default: their own)"},
		{"x-dead-letter-strategy", "dead-letter-strategy", "whether dead-lettering may lose messages"},
		{"x-single-active-consumer", "single-active-consumer", "let one consumer at a time receive"},
		{"x-max-priority", "max-priority", "the highest message priority"},
		{"x-delivery-limit", "delivery-limit", "drop or dead-letter a message whose delivery failed more often than this"},
		{"x-consumer-timeout", "consumer-timeout", "close a channel that does not acknowledge for this long (quorum queues on " +
			"4.3: cancel the consumer)"},
		{"x-quorum-initial-group-size", "quorum-initial-group-size", "how many members the queue starts with"},
		{"x-initial-cluster-size", "initial-cluster-size", "how many members the stream starts with"},
		{"x-max-age", "max-age", "drop segments older than this (7D, 12h)"},
		{"x-stream-max-segment-size-bytes", "stream-max-segment-size-bytes", "how large one segment file becomes"},
		{"x-queue-leader-locator", "leader-locator", "which node leads a new queue"},
	}
}

// streamOptions returns the options for arguments of streams, in the order of the help.
func streamOptions() []argumentOption {
	return []argumentOption{
		{"x-max-age", "max-age", "drop segments older than this (7D, 12h)"},
		{"x-max-length-bytes", "max-length-bytes", "drop the oldest segments beyond this size (20GB)"},
		{"x-stream-max-segment-size-bytes", "segment-size", "how large one segment file becomes (500MB)"},
		{"x-stream-filter-size-bytes", "filter-size", "the size of the Bloom filter of a chunk, 16 to 255 bytes"},
		{"x-initial-cluster-size", "initial-cluster-size", "how many members the stream starts with"},
		{"x-queue-leader-locator", "leader-locator", "which node leads a new stream"},
	}
}

// options returns --argument, and an option for each of the given arguments.
func (d *queueDeclaration) options(of []argumentOption) []Param {
	free := d.arguments.flag(topology.ParseArgument)
	set := free.Set
	free.Set = func(text string) error {
		err := set(text)
		if errors.Is(err, topology.Type) {
			_, kind, _ := strings.Cut(text, "=")
			return fail.Usagef("x-queue-type is not set in this way").
				Next("leave it out: declare_queue has --type %s, and declare_stream always declares a stream", kind)
		}
		return err
	}
	all := []Param{free}
	arguments := topology.Known()
	for _, o := range of {
		known, _ := arguments.Find(o.key)
		all = append(all, d.arguments.option(known, o.name, o.help))
	}
	return all
}

// inFlags adds a next step to the error about a queue that cannot exist: which flags to change.
func inFlags(err error) error {
	var known *fail.Error
	if errors.As(err, &known) {
		switch {
		case errors.Is(err, topology.Durable):
			return known.Next("leave --durable=false out, or use --type classic")
		case errors.Is(err, topology.AutoDelete):
			return known.Next("use --type classic, or --expires with --type quorum")
		}
	}
	return err
}
