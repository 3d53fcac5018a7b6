package message

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// looking has the flags of the commands that look at messages and leave them in the queue.
type looking struct {
	offset          string
	counted, beside bool
}

// flags adds the flags that all of these commands have. offsetFlag adds the flag for the commands that can read
// streams.
func (l *looking) flags(fs *pflag.FlagSet) {
	config.BindAMQPFlag(fs)
	fs.BoolVar(&l.counted, "counts-as-delivery", false,
		"look even if the queue counts this as a delivery and has a delivery limit")
	fs.BoolVar(&l.beside, "with-consumers", false, "look even if the queue has consumers, which get the held messages "+
		"later")
}

func (l *looking) offsetFlag(fs *pflag.FlagSet) {
	fs.StringVar(&l.offset, "offset", "",
		"where to begin in a stream: `OFFSET` is first, last, next, a number, an interval such as 1h, or a time "+
			"(default first)")
}

// look returns the parameters for reading the first messages of a queue; want is how many messages it reads at most.
func (l *looking) look(vhost, queue string, want int) messages.Look {
	from, _ := messages.ParseOffset(l.offset)
	return messages.Look{VHost: vhost, Name: queue, Want: int64(want), From: from, Counted: l.counted, Beside: l.beside}
}

// valid refuses a number of messages that is too low or too high, and an invalid offset.
func (l *looking) valid(flag string, want int) error {
	if want < 1 || want > messages.MostLooked {
		return fail.Usagef("--%s %d: the number of messages must be from 1 to %d", flag, want, messages.MostLooked)
	}
	_, err := messages.ParseOffset(l.offset)
	return err
}

func (l *looking) viewer(c *broker.Client, ask verb.Ask, command string) *messages.Viewer {
	agreed := func(queue string) error {
		return ask.Agreed(l.counted, "queue "+queue+" counts a look as a delivery",
			"--counts-as-delivery reads the messages all the same")
	}
	return &messages.Viewer{Client: c, Program: ask.Program(command), Waiting: ask.Waiting, Agreed: agreed}
}

// queueArg is the argument that names a queue.
func queueArg() verb.Arg {
	return verb.Arg{Name: "QUEUE", Complete: change.QueueNames}
}

// absent turns the error for a missing queue into an error that names this queue, and a queue with a similar name.
func absent(ctx context.Context, c *broker.Client, err error, vhost, queue string) error {
	if err == nil {
		return nil
	}
	return verb.Absent(ctx, c, err, "queue", vhost, queue, queueArg())
}
