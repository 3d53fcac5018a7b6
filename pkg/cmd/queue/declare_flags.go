package queue

import (
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// argumentFlag is a flag of its own for an argument.
type argumentFlag struct{ key, name, help string }

// argumentFlags are those arguments that have one, in the order of the help.
func argumentFlags() []argumentFlag {
	return []argumentFlag{
		{"x-message-ttl", "message-ttl", "drop or dead-letter a message after this time (60000, 10m, 7d)"},
		{"x-expires", "expires", "delete the queue after this time without use (10m, 30d)"},
		{"x-max-length", "max-length", "hold at most this many ready messages"},
		{"x-max-length-bytes", "max-length-bytes", "hold at most this many bytes of bodies (20MB)"},
		{"x-overflow", "overflow", "what to do when the queue is full"},
		{"x-dead-letter-exchange", "dead-letter-exchange",
			"where rejected and expired messages go; without it they are lost"},
		{"x-dead-letter-routing-key", "dead-letter-routing-key", "their routing key there (default: their own)"},
		{"x-dead-letter-strategy", "dead-letter-strategy", "whether dead-lettering may lose messages"},
		{"x-single-active-consumer", "single-active-consumer", "let one consumer at a time receive"},
		{"x-max-priority", "max-priority", "the highest message priority"},
		{"x-delivery-limit", "delivery-limit", "drop or dead-letter a message after this many failed deliveries"},
		{"x-consumer-timeout", "consumer-timeout", "close a channel that does not acknowledge for this long"},
		{"x-quorum-initial-group-size", "quorum-initial-group-size", "how many members the queue starts with"},
		{"x-initial-cluster-size", "initial-cluster-size", "how many members the stream starts with"},
		{"x-max-age", "max-age", "drop segments older than this (7D, 12h)"},
		{"x-stream-max-segment-size-bytes", "stream-max-segment-size-bytes", "how large one segment file becomes"},
		{"x-queue-leader-locator", "leader-locator", "which node leads a new queue"},
	}
}

func (d *declaring) flags(fs *pflag.FlagSet) {
	fs.StringVar(&d.want.Type, "type", "", "classic, quorum or stream (default: the virtual host's)")
	fs.BoolVar(&d.want.Durable, "durable", true, "survive a restart of the broker")
	fs.BoolVar(&d.want.AutoDelete, "auto-delete", false, "go when the last consumer goes")
	fs.Func("argument", "any optional argument, as `KEY[:TYPE]=VALUE` (TYPE: int, string, bool, json)",
		func(text string) error {
			key, value, err := topology.ParseArgument(text)
			d.set(key, value, argumentInFlags(text, err))
			return nil
		})
	for _, f := range argumentFlags() {
		a, _ := topology.Find(f.key)
		set := func(text string) error {
			value, err := a.Parse(text)
			d.set(a.Key, value, err)
			return nil
		}
		if a.Kind == topology.Truth {
			fs.BoolFunc(f.name, f.help, set)
			continue
		}
		help := f.help
		if a.Words != nil {
			help += ": " + strings.Join(a.Words, ", ")
		}
		fs.Func(f.name, help+" (`"+a.Key+"`)", set)
	}
	fs.BoolVar(&d.check, "check", false, "only compare, write nothing")
}

// argumentInFlags words what is wrong with the text behind --argument.
func argumentInFlags(text string, err error) error {
	switch {
	case errors.Is(err, topology.Form):
		return fail.Usagef("--argument %s", err.Error()).Next("for example --argument x-max-length=1000")
	case errors.Is(err, topology.Type):
		_, kind, _ := strings.Cut(text, "=")
		return fail.Usagef("the queue's type is given with --type %s", kind)
	}
	return err
}

// inFlags says of a queue that cannot be which flags are to be changed.
func inFlags(err error) error {
	var known *fail.Error
	if errors.As(err, &known) {
		switch {
		case errors.Is(err, topology.Durable):
			return known.Next("leave --durable=false out, or use --type classic")
		case errors.Is(err, topology.AutoDelete):
			return known.Next("use --expires, or --type classic")
		}
	}
	return err
}
