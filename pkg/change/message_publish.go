package change

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// publishing is one run of publish_message.
type publishing struct {
	properties
	queue, exchange, key string
	// body is the message body that is given as a word on the command line.
	body           string
	typed, keyed   bool
	toExchange     bool
	bodyFile       string
	lines, anySize bool
	largest        int64
	at             Site
}

// PublishMessage publishes one message, or with --lines a message for each line.
func PublishMessage() Op {
	p := &publishing{properties: properties{persistent: true}}
	return Op{
		Name: "publish_message", Noun: "queue", Scoped: true, AMQP: true, Lasting: true,
		Params: append([]Param{
			{Name: "body", Help: "body", Free: true, Optional: true, Set: func(text string) error {
				if !utf8.ValidString(text) {
					return fail.Usagef("it is not UTF-8").Next("--body-file FILE publishes any bytes")
				}
				p.body, p.typed = text, true
				return nil
			}},
			{Name: "queue", Help: "publish to this `QUEUE`, by the default exchange", Role: Option, Free: true,
				Names: QueueNames, Set: textInto(&p.queue)},
			{Name: "exchange", Help: "publish to this `EXCHANGE`", Role: Option, Free: true, Names: exchangeNames,
				Set: func(text string) error {
					p.exchange, p.toExchange = text, true
					return nil
				}},
			{Name: "routing-key", Help: "routing `KEY` of the message", Role: Option, Free: true,
				Set: func(text string) error {
					p.key, p.keyed = text, true
					return nil
				}},
			Flag("body-file", "`FILE` that holds the body; - is standard input", &p.bodyFile).OfFile(),
			Switch("lines", "publish a message for each line of --body-file, or of standard input", &p.lines),
			Switch("any-size", "send bodies above the release's default max_message_size too; the broker may refuse "+
				"them", &p.anySize),
		}, p.params()...),
		Check: p.check,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			p.at = at
			return p.plan(ctx)
		},
	}
}

func (p *publishing) check() error {
	switch {
	case p.queue == "" && !p.toExchange:
		return fail.Usagef("no queue or exchange is given").Next("--queue QUEUE, or --exchange EXCHANGE --routing-key KEY")
	case p.queue != "" && (p.toExchange || p.keyed):
		return fail.Usagef("--queue publishes to the default exchange, with the queue's name as the routing key").
			Next("leave out --exchange and --routing-key, or --queue")
	case len(p.queue) > longestText, len(p.exchange) > longestText, len(p.key) > longestText:
		return fail.Usagef("names and routing keys have %d bytes at most", longestText)
	case p.typed && (p.lines || p.bodyFile != ""):
		return fail.Usagef("the body is given twice").Next("leave out BODY, or --body-file and --lines")
	case !p.typed && !p.lines && p.bodyFile == "":
		return fail.Usagef("BODY is missing").
			Next("BODY can be ''; --body-file FILE reads the body from a file, and - is standard input")
	}
	if p.exchange == "(default)" || p.exchange == "amq.default" {
		p.exchange = ""
	}
	if p.queue != "" {
		p.key = p.queue
	}
	return nil
}

func (p *publishing) plan(ctx context.Context) (*Plan, error) {
	if err := p.check(); err != nil { // check also fills in what the command line left out
		return nil, err
	}
	body, err := p.read(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.destination(ctx); err != nil {
		return nil, err
	}
	if err := p.fits(ctx, int64(len(body))); err != nil {
		return nil, err
	}
	if err := noAlarm(ctx, p.at); err != nil {
		return nil, err
	}
	if _, err := messages.Reach(ctx, p.at.Broker, p.at.AMQP, p.at.VHost); err != nil {
		return nil, err
	}
	what := "a message of " + prose.Plural(len(body), "byte", "bytes")
	if p.lines {
		what = "a message for each line of " + sourceName(cmp.Or(p.bodyFile, "-"))
	}
	plan := Once(fmt.Sprintf("publish %s to %s in virtual host %s", what, p.target(), p.at.VHost), "routed", nil)
	plan.Steps[0].Do = func(ctx context.Context) (Outcome, error) { return p.do(ctx, body) }
	if p.at.DryRun {
		plan.Hits, plan.Notes, err = p.route(ctx)
	}
	return plan, err
}

// read returns the whole body. With --lines it does not read the file: the file is read later, while its messages are
// published.
func (p *publishing) read(ctx context.Context) ([]byte, error) {
	if p.lines || p.bodyFile == "" {
		return []byte(p.body), nil
	}
	f, err := p.at.Files.OpenFile(ctx, p.bodyFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	most := int64(messages.HighestBody)
	body, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(body)) > most {
		return nil, fail.New(fail.Data, "%s has more than %s, and no broker takes such a body", sourceName(p.bodyFile),
			prose.Limit(most))
	}
	return body, err
}

// sourceName returns the words that name an input file in a sentence.
func sourceName(path string) string {
	if path == "-" {
		return "standard input"
	}
	return path
}

func (p *publishing) target() string {
	switch {
	case p.queue != "":
		return "queue " + p.queue
	case p.exchange == "":
		return fmt.Sprintf("the default exchange with routing key %q", p.key)
	}
	return fmt.Sprintf("exchange %s with routing key %q", p.exchange, p.key)
}

// destination refuses a queue that does not exist or cannot take messages now, and an exchange that does not exist or
// is internal. For an exchange it does not check the route: only the broker knows which queues the exchange reaches at
// the moment.
func (p *publishing) destination(ctx context.Context) error {
	if p.queue != "" {
		q, err := p.at.Broker.Queue(ctx, p.at.VHost, p.queue)
		if err != nil {
			return missingQueue(p.at, p.queue, err)
		}
		if state := p.at.Broker.QueueState(ctx, q).Text(); state == "stopped" || state == "minority" || state == "down" {
			return fail.New(fail.Unavailable, "refused: queue %s cannot take messages now: its state is %s", p.queue, state).
				Next("%s", showsNodes(p.at, p.queue))
		}
		return nil
	}
	if p.exchange == "" {
		return nil
	}
	x, err := p.at.Broker.Exchange(ctx, p.at.VHost, p.exchange)
	switch {
	case err != nil:
		return missingExchange(p.at, p.exchange, err)
	case x.At("internal").Text() == "true":
		return fail.New(fail.Data, "refused: exchange %s is internal, and takes messages from exchanges only", p.exchange).
			Next("%s shows from which exchanges", fail.Command("show_exchange", "-p", p.at.VHost, p.exchange))
	}
	return nil
}

// fits refuses a body larger than the release of the broker accepts by default, and sets p.largest for the lines that
// are read later. With --any-size it refuses nothing. It asks for the broker's release only if the limit of that
// release matters.
func (p *publishing) fits(ctx context.Context, size int64) error {
	p.largest = messages.HighestBody
	if p.anySize || !p.lines && size <= messages.LargestBody("4.0.0") {
		return nil
	}
	overview, err := p.at.Broker.Overview(ctx)
	if err != nil {
		return err
	}
	version := overview.At("rabbitmq_version").Text()
	if p.largest = messages.LargestBody(version); size > p.largest {
		return tooLarge("the body", size, version, p.largest)
	}
	return nil
}

// tooLarge returns the error about a body that is larger than the release accepts by default.
func tooLarge(what string, size int64, version string, largest int64) error {
	return fail.New(fail.Data, "refused: %s has %s, and RabbitMQ %s takes %s by default", what,
		prose.Plural(int(size), "byte", "bytes"), version, prose.Limit(largest)).
		Next("--any-size sends it where the broker's max_message_size was set higher")
}

// route returns the queues that the message would reach.
func (p *publishing) route(ctx context.Context) (record.Document, []string, error) {
	router := survey.NewRouter(p.at.Broker, p.at.VHost)
	way, err := router.Route(ctx, routing.Message{Exchange: p.exchange, Key: p.key, Headers: p.headers})
	if err != nil {
		return nil, nil, err
	}
	notes := way.Gaps
	switch {
	case way.Refused != "":
		notes = append(notes, "the broker would refuse it: "+way.Refused)
	case len(way.Queues) == 0 && len(way.Gaps) == 0:
		notes = append(notes, "no queue would get the message, so the broker would return it")
	}
	if len(way.Queues) == 0 {
		return nil, append(notes, p.explained()+" explains the routing"), nil
	}
	s := record.Section{Name: "queues", Columns: []record.Column{{Name: "queue"}, {Name: "type"}, {Name: "outcome"},
		{Name: "why"}}}
	for _, name := range way.Queues {
		q := router.Facts().Queues[name]
		if q == nil {
			continue
		}
		fate := q.Fate()
		s.Rows = append(s.Rows, record.Row{record.Of(name), record.Of(q.Type), record.Of(fate.Outcome.String()),
			record.Of(fate.Text)})
	}
	return record.Document{s}, notes, nil
}

// do publishes the messages, and waits until the broker has confirmed or refused them.
func (p *publishing) do(ctx context.Context, body []byte) (Outcome, error) {
	e, err := messages.ReachToChange(ctx, p.at.Broker, p.at.AMQP, p.at.VHost)
	if err != nil {
		return Outcome{}, err
	}
	like := p.message()
	like.Body = body
	source := messages.One(like)
	if p.lines {
		f, err := p.at.Files.OpenFile(ctx, cmp.Or(p.bodyFile, "-"))
		if err != nil {
			return Outcome{}, err
		}
		defer f.Close()
		source = messages.Lines(f, like, p.largest)
	}
	sink, err := messages.NewPublisher(ctx, e, func(*messages.Message) (string, string) { return p.exchange, p.key })
	if err != nil {
		return Outcome{}, err
	}
	counts, err := messages.Transfer{From: source, To: sink, Progress: func(c messages.Counts) {
		p.at.Waiting("published %d messages to %s", c.Safe, p.target())
	}}.Run(ctx)
	returned, refused := sink.Unstored()
	return p.outcome(counts, returned, refused, err), nil
}

func (p *publishing) outcome(c messages.Counts, returned, refused int64, err error) Outcome {
	unknown := max(0, c.Doubtful()-returned-refused)
	o := Outcome{Word: "routed"}
	switch {
	case err == nil && c.Put == 0:
		o.Word, o.Notes = "unchanged", []string{sourceName(cmp.Or(p.bodyFile, "-")) + " has no line with a message"}
	case err == nil:
	case p.lines && c.Put > 0:
		o.Word = "incomplete"
		failure := fail.New(fail.Incomplete, "%s: %s", sofar(c.Safe, returned, refused, unknown), err)
		if failure.Hint, failure.Err = fail.HintOf(err), err; returned > 0 {
			failure.Hint = fail.Say("%s", p.explained())
		}
		o.Failed = failure
	case returned > 0:
		o.Word, o.Failed = "returned", p.unrouted()
	case refused > 0 || c.Put == 0:
		o.Word, o.Failed = "refused", err
	case slices.Contains([]fail.Kind{fail.Data, fail.Denied, fail.NotFound}, fail.KindOf(err)):
		// The broker refused the message by closing the channel.
		o.Word, o.Failed = "refused", err
	default:
		o.Word, o.Failed = "unknown", err
	}
	if !p.lines { // one message: the word of the outcome is enough
		return o
	}
	figure := func(name string, n int64) record.Field {
		return record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: record.Of(n)}
	}
	o.Facts = record.Document{record.Fields("", figure("messages", c.Safe), figure("returned", returned),
		figure("refused", refused), figure("unknown", unknown))}
	return o
}

// unrouted returns the error that no queue got the message.
func (p *publishing) unrouted() error {
	return fail.New(fail.Data, "the broker returned the message, since no queue gets it from %s", p.target()).
		Next("%s", p.explained())
}

// explained returns the command that explains the route of the message, with the message's headers.
func (p *publishing) explained() string {
	flags := []string{"-p", p.at.VHost}
	for _, header := range p.headerTexts {
		flags = append(flags, "--header", header)
	}
	return fail.CommandWith(flags, "explain_route", cmp.Or(p.exchange, "amq.default"), p.key)
}

// sofar says how many messages the broker has routed, returned and refused, and for how many the result is not known.
func sofar(routed, returned, refused, unknown int64) string {
	parts := []string{fmt.Sprintf("%s routed", prose.Plural(int(routed), "message", "messages"))}
	for _, part := range []struct {
		n    int64
		word string
	}{{returned, "returned"}, {refused, "refused"}, {unknown, "unknown"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.word))
		}
	}
	return strings.Join(parts, ", ")
}
