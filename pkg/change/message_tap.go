package change

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/timespan"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// tapping is one run of tap.
type tapping struct {
	exchange, key string
	keyed         bool
	limit         int
	length        time.Duration
	arguments     arguments
	out           exporting
	at            Site
}

// TapExchange shows messages as they are published to an exchange.
func TapExchange() Op {
	t := &tapping{arguments: arguments{}, out: exporting{file: "-"}}
	return Op{
		Name: "tap", Noun: "exchange", Scoped: true, AMQP: true, Lasting: true,
		Params: []Param{
			{Name: "exchange", Help: "`EXCHANGE` whose messages are shown", Role: Option, Free: true, Names: exchangeNames,
				Set: textInto(&t.exchange)},
			{Name: "routing-key", Help: "`KEY` of the binding; # is all of a topic exchange, and the default for one", Role: Option,
				Free: true, Set: func(text string) error {
					t.key, t.keyed = text, true
					return nil
				}},
			t.arguments.flag(topology.OfBindings().Parse),
			WholeFlag("limit", "end after `N` messages; 0: go on until Ctrl-C", &t.limit),
			{Name: "for", Help: "end after this `TIME`, as 30s", Role: Option, Free: true, Set: func(text string) (err error) {
				if t.length, err = timespan.Parse(text); err == nil && t.length <= 0 {
					err = fail.Usagef("%q is not above 0", text)
				}
				return err
			}},
			Flag("to", "new `FILE` for the messages; - is standard output", &t.out.file),
			Switch("body-only", "write only the bodies, each with a line end behind it", &t.out.bodies)},
		Check: t.check,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			t.at = at
			return t.plan(ctx)
		},
	}
}

func (t *tapping) check() error {
	switch {
	case t.exchange == "":
		return fail.Usagef("it is not said which exchange").Next("--exchange EXCHANGE")
	case t.exchange == "(default)" || t.exchange == "amq.default":
		return fail.Usagef("the default exchange cannot be tapped: no other queue can be bound to it").
			Next("messages that wait in a queue: rabbitctl peek_messages QUEUE")
	case t.limit < 0:
		return fail.Usagef("--limit %d is below 0", t.limit)
	case t.out.file == "":
		return fail.Usagef("the name of the file is empty").Next("- is standard output")
	case len(t.key) > longestText:
		return fail.Usagef("a routing key has %d bytes at most", longestText)
	}
	return nil
}

func (t *tapping) plan(ctx context.Context) (*Plan, error) {
	if t.out.file != "-" && t.at.Files.Exists(t.out.file) {
		return nil, fail.New(fail.Output, "refused: %s exists already, and is not written over", t.out.file).
			Next("name a new file, or remove that one")
	}
	x, err := t.at.Broker.Exchange(ctx, t.at.VHost, t.exchange)
	if err != nil {
		return nil, missingExchange(t.at, t.exchange, err)
	}
	switch kind := x.At("type").Text(); {
	case kind == "direct" && !t.keyed:
		return nil, fail.New(fail.Usage, "exchange %s is direct: a tap gets the messages of one routing key", t.exchange).
			Next("--routing-key KEY; %s shows those that are bound", fail.Command("show_exchange", "-p", t.at.VHost, t.exchange))
	case kind == "topic" && !t.keyed:
		t.key = "#"
	case kind == "headers" && len(t.arguments) == 0:
		t.arguments["x-match"] = "all" // without a header it matches each message
	}
	if _, err := messages.Reach(ctx, t.at.Broker, t.at.AMQP, t.at.VHost); err != nil {
		return nil, err
	}
	plan := Once(fmt.Sprintf("bind a queue of its own to exchange %s with routing key %q in virtual host %s, and write what it "+
		"gets to %s", t.exchange, t.key, t.at.VHost, targetName(t.out.file)), "ended", nil)
	plan.Notes = []string{worldChanged}
	plan.Steps[0].Do, plan.Steps[0].Writes = t.do, t.out.file == "-"
	return plan, nil
}

// worldChanged is what a tap changes for others (measured on 4.3).
const worldChanged = "while it is tapped, a message that no other queue gets counts as routed: its publisher gets no " +
	"return, and an alternate exchange does not get it"

func (t *tapping) do(ctx context.Context) (Outcome, error) {
	e, err := messages.ReachToChange(ctx, t.at.Broker, t.at.AMQP, t.at.VHost)
	if err != nil {
		return Outcome{}, err
	}
	file, err := t.at.Files.CreateFile(t.out.file)
	if err != nil {
		return Outcome{}, err
	}
	source, err := messages.OpenTap(ctx, e, messages.Tap{VHost: t.at.VHost, Exchange: t.exchange, Key: t.key,
		Arguments: t.arguments, Want: int64(t.limit), For: t.length})
	if err != nil {
		return Outcome{}, errors.Join(err, file.Discard())
	}
	t.at.Note("exchange %s is tapped; Ctrl-C ends it; %s", t.exchange, worldChanged)
	t.out.at = t.at
	sink, err := t.out.sink(file)
	if err != nil {
		return Outcome{}, errors.Join(err, source.Close(), file.Discard())
	}
	// Each message is written at once, since somebody looks on.
	counts, err := messages.Transfer{From: source, To: sink, Window: 1}.Run(ctx)
	if closed := file.Close(); err == nil {
		err = closed
	}
	o := Outcome{Word: "ended", OutTaken: t.out.file == "-"}
	o.Facts = record.Document{record.Fields("", record.Field{Column: record.Column{Name: "messages", Kind: record.Count},
		Value: record.Of(counts.Safe)})}
	if err != nil && fail.KindOf(err) != fail.Canceled {
		o.Word, o.Failed = "incomplete", err
	}
	return o, nil
}
