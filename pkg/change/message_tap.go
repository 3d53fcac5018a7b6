package change

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/timespan"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// tapping is one run of tap.
type tapping struct {
	exchange, key string
	// given means that the command line has --exchange. The value can be empty: that is the name of the default exchange.
	given, keyed bool
	firehose     bool
	limit        int
	length       time.Duration
	arguments    arguments
	out          exporting
	at           Site
}

// TapExchange shows messages while clients publish them to an exchange.
func TapExchange(view View) Op {
	t := &tapping{arguments: arguments{}, out: exporting{file: "-", view: view}}
	return Op{
		Name: "tap", Noun: "exchange", Scoped: true, AMQP: true, Lasting: true,
		Params: []Param{
			{Name: "exchange", Help: "`EXCHANGE` whose messages are shown", Role: Option, Free: true, Names: exchangeNames,
				Set: func(text string) error {
					t.exchange, t.given = text, true
					return nil
				}},
			Switch("firehose", "show all messages published and delivered in the virtual host on nodes with trace_on",
				&t.firehose),
			{Name: "routing-key", Help: "`KEY` of the binding; default for a topic exchange: #, all messages", Role: Option,
				Free: true, Set: func(text string) error {
					t.key, t.keyed = text, true
					return nil
				}},
			t.arguments.flag(topology.OfBindings().Parse),
			WholeFlag("limit", "end after `N` messages; 0 for no limit", &t.limit),
			{Name: "for", Help: "end after this `TIME`, as 30s", Role: Option, Free: true, Set: func(text string) (err error) {
				if t.length, err = timespan.Parse(text); err == nil && t.length <= 0 {
					err = fail.Usagef("%q is not above 0", text)
				}
				return err
			}},
			Flag("to", "new `FILE` for the messages; - is standard output", &t.out.file).OfFile(),
			Switch("body-only", "write only the bodies, each followed by a line end", &t.out.bodies)},
		Check: t.check,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			t.at = at
			return t.plan(ctx)
		},
	}
}

func (t *tapping) check() error {
	switch {
	case t.firehose && (t.given || len(t.arguments) > 0):
		return fail.Usagef("--firehose taps the topic exchange amq.rabbitmq.trace, and no other").
			Next("leave out --exchange and --argument")
	case !t.given && !t.firehose:
		return fail.Usagef("--exchange is missing").
			Next("give --exchange EXCHANGE, or --firehose for all exchanges, also the default one")
	case t.given && t.exchange == "", t.exchange == "(default)", t.exchange == "amq.default":
		return fail.Usagef("the default exchange cannot be tapped: the broker allows no binding to it").
			Next("--firehose shows what is published to it; rabbitctl peek_messages QUEUE shows what waits in a queue")
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
		return nil, fail.New(fail.Output, "refused: %s exists already, and is not overwritten", t.out.file).
			Next("name a new file, or remove that one")
	}
	if t.firehose {
		t.exchange = traceExchange
		if err := t.traced(ctx); err != nil {
			return nil, err
		}
	}
	x, err := t.at.Broker.Exchange(ctx, t.at.VHost, t.exchange)
	if err != nil {
		return nil, missingExchange(t.at, t.exchange, err)
	}
	switch kind := x.At("type").Text(); {
	case kind == "direct" && !t.keyed:
		return nil, fail.New(fail.Usage, "exchange %s is direct, so a tap needs a routing key", t.exchange).
			Next("add --routing-key KEY; %s shows the keys that are bound",
				fail.Command("show_exchange", "-p", t.at.VHost, t.exchange))
	case kind == "topic" && !t.keyed:
		t.key = "#"
	case kind == "headers" && len(t.arguments) == 0:
		t.arguments["x-match"] = "all" // without any header, "all" matches each message
	}
	if _, err := messages.Reach(ctx, t.at.Broker, t.at.AMQP, t.at.VHost); err != nil {
		return nil, err
	}
	plan := Once(fmt.Sprintf("write to %s what a temporary queue gets from exchange %s with routing key %q in virtual "+
		"host %s", targetName(t.out.file), t.exchange, t.key, t.at.VHost), "ended", nil)
	plan.Notes = []string{t.costs()}
	plan.Steps[0].Do, plan.Steps[0].Writes = t.do, t.out.file == "-"
	return plan, nil
}

// worldChanged says how a tap affects other clients (measured on 4.3).
const worldChanged = "during the tap, a message that only the tap gets counts as routed: its publisher gets no " +
	"return, and an alternate exchange does not get it"

// traceExchange is the exchange to which the broker sends a copy of each message of a traced virtual host.
const traceExchange = "amq.rabbitmq.trace"

// traced refuses a virtual host that is not traced. The tap does not switch tracing on, since tracing slows all clients
// of the broker down.
func (t *tapping) traced(ctx context.Context) error {
	reader := record.NewReader(func(b *record.Binder, h *tracedHost) {
		b.Text("name", &h.name)
		b.Text("tracing", &h.tracing)
	})
	for h, err := range reader.All(t.at.Broker.VHosts(ctx, reader.Columns())) {
		switch {
		case err != nil:
			return err
		case h.name == t.at.VHost && h.tracing == "false":
			return fail.New(fail.Data, "refused: virtual host %s is not traced, so there would be nothing to show", t.at.VHost).
				Next("%s turns tracing on, and makes the broker slower for all clients; trace_off turns it off",
					fail.Command("trace_on", "-p", t.at.VHost))
		}
	}
	return nil
}

type tracedHost struct{ name, tracing string }

// costs returns the note on how the tap affects other users of the broker.
func (t *tapping) costs() string {
	if t.exchange == traceExchange {
		return "the broker is slower while tracing is on: " + fail.Command("trace_off", "-p", t.at.VHost) + " turns it off"
	}
	return worldChanged
}

// statisticsAge is a little more than the greatest age of the statistics of a broker that collects them every 5 s, the
// default.
const statisticsAge = 6 * time.Second

// arrived returns how many messages have come into a queue, according to the broker's statistics. If the number
// matters, arrived first waits until the statistics are up to date.
func (t *tapping) arrived(ctx context.Context, queue string, matters bool) (n int64, known bool) {
	ctx, cancel := context.WithTimeout(ctx, 2*statisticsAge)
	defer cancel()
	if matters {
		t.at.Note("the tap may have been too slow; the broker's statistics tell in %s how many messages were dropped", statisticsAge)
		if err := t.at.Sleep(ctx, statisticsAge); err != nil {
			return 0, false
		}
	}
	q, err := t.at.Broker.Queue(ctx, t.at.VHost, queue)
	if err != nil {
		return 0, false
	}
	return q.At("message_stats").At("publish").Int()
}

func (t *tapping) do(ctx context.Context) (Outcome, error) {
	e, err := messages.ReachToChange(ctx, t.at.Broker, t.at.AMQP, t.at.VHost)
	if err != nil {
		return Outcome{}, err
	}
	file, err := t.at.Files.CreateFile(t.out.file)
	if err != nil {
		return Outcome{}, err
	}
	counts := t.arrived
	if t.exchange == traceExchange {
		counts = nil
	}
	source, err := messages.OpenTap(ctx, e, messages.Tap{VHost: t.at.VHost, Exchange: t.exchange, Key: t.key,
		Arguments: t.arguments, Want: int64(t.limit), For: t.length, Arrived: counts})
	if err != nil {
		return Outcome{}, errors.Join(err, file.Discard())
	}
	t.at.Note("exchange %s is tapped; Ctrl-C ends it; %s", t.exchange, t.costs())
	t.out.at = t.at
	sink, err := t.out.sink(unsynced{file})
	if err != nil {
		return Outcome{}, errors.Join(err, source.Close(), file.Discard())
	}
	done, err := messages.Transfer{From: source, To: sink, Window: messages.TapWindow}.Run(ctx)
	if closed := errors.Join(file.Sync(), file.Close()); err == nil {
		err = closed
	}
	return t.outcome(done, source.Loss, err), nil
}

// unsynced is a file whose Sync does nothing. The messages in it are copies, and a tap that waits for the disk after
// each message is slower, so the broker would drop more of them.
type unsynced struct{ NewFile }

// Sync does nothing.
func (unsynced) Sync() error { return nil }

func (t *tapping) outcome(counts messages.Counts, loss messages.Loss, err error) Outcome {
	o := Outcome{Word: "ended", OutTaken: t.out.file == "-"}
	dropped := record.Of(loss.Dropped)
	switch {
	case loss.Dropped > 0:
		o.Notes = []string{fmt.Sprintf("the broker dropped at least %s, since the tap was too slow",
			prose.Plural(int(loss.Dropped), "message", "messages"))}
	case loss.Unknown:
		dropped = nil
		o.Notes = []string{"the tap was too slow at times: the broker may have dropped messages, and does not tell how many"}
	}
	count := func(name string, v record.Value) record.Field {
		return record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: v}
	}
	o.Facts = record.Document{record.Fields("", count("messages", record.Of(counts.Safe)), count("dropped", dropped))}
	if err != nil && fail.KindOf(err) != fail.Canceled {
		o.Word, o.Failed = "incomplete", err
	}
	return o
}
