package message

import (
	"context"
	"iter"
	"slices"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

const (
	// mostSearched is how many queues one run searches at most. mostTold is how many skipped queues get a note with the
	// reason.
	mostSearched = 200
	mostTold     = 10
)

// searching is one run of search_messages.
type searching struct {
	looking
	sample int
}

func search() verb.List {
	s := &searching{}
	return verb.List{
		Name:  "search_messages",
		Short: "Search messages in several queues, and leave them there",
		Long: `Search the first messages of several queues, and print a row for each of these messages for which --where
is true; without --where, a row for each of them. --match and --exclude choose the queues by name; without these two
all queues are searched. The queues are those of all virtual hosts unless -p names one.

The command looks at up to --sample messages of each queue (default 1000, at most 2000), as peek_messages does, and
requeues them before it looks at the next queue. It searches streams only with --offset, which says where to begin.
It skips a queue that peek_messages would refuse, with a note: for example an exclusive queue, a queue with
consumers unless --with-consumers is given, and before 4.3 a quorum queue with a delivery limit unless
--counts-as-delivery is given. If it skips at least one queue in this way, and searches none, it fails, unless an empty
classic queue is chosen, too: there is nothing to search in it. If more than 200 queues are chosen, it searches none
(exit 65): choose fewer with --match or -p. Empty classic queues, and streams without --offset, do not count towards
these 200.`,
		Example: `  rabbitctl search_messages --where 'json.order.id == 7'
  rabbitctl search_messages --match 'dlq$' --where 'headers["tenant"] == "acme"' -p shop
  rabbitctl search_messages --match '^orders' queue number message_id --where 'body matches "timeout"' --limit 20`,
		Scoped: true,
		Table:  searchTable(),
		Flags: func(fs *pflag.FlagSet) {
			s.flags(fs)
			s.offsetFlag(fs)
			fs.Lookup("offset").Usage = "search streams, too, from `OFFSET` on: first, last, next, a number, " +
				"an interval such as 1h, or a time (default: no streams)"
			fs.IntVar(&s.sample, "sample", usualSample, "look at `N` messages of each queue at most")
		},
		Validate: func(verb.Ask) error { return s.valid("sample", s.sample) },
		Rows:     s.rows,
	}
}

// searchTable is the table of messages, with columns for the queue and its virtual host in front.
func searchTable() record.Table {
	t := messages.Table()
	t.Default = append([]string{"vhost", "queue"}, t.Default...)
	t.Spare = append([]string{"vhost"}, t.Spare...)
	t.Columns = append([]record.Column{
		{Name: "queue", Help: "queue of the message; --match is about this name"},
		{Name: "vhost", Help: "virtual host of the queue"}}, t.Columns...)
	return t
}

// place is a queue to be searched.
type place struct {
	vhost, name, kind string
	// ready is how many messages are ready in the queue; absent if that is unknown.
	ready record.Value
}

// places returns the queues to be searched, and counts the chosen queues that are left out in t. It returns an error if
// there are more than mostSearched queues to be searched.
func (s *searching) places(ctx context.Context, c *broker.Client, t *toll) (found []place, err error) {
	ask := t.ask
	reader := record.NewReader(func(b *record.Binder, p *place) {
		b.Text("vhost", &p.vhost)
		b.Text("name", &p.name)
		b.Text("type", &p.kind)
		b.Value("messages_ready", func(v record.Value) { p.ready = v })
	})
	for p, err := range reader.All(queues.Read(ctx, c, ask.VHost, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		n, known := p.ready.Int()
		switch {
		case ask.Named != nil && !ask.Named(p.name):
		case known && n == 0 && p.kind == "classic":
			// Only a classic queue is left out as empty, since the counts of other queues are some seconds old.
			t.empty++
		case p.kind == "stream" && s.offset == "":
			t.streams++
		default:
			found = append(found, p)
		}
	}
	if len(found) > mostSearched {
		return nil, fail.New(fail.Data, "refused: %d queues match, and one search covers %d at most", len(found),
			mostSearched).Next("choose fewer queues with --match or -p")
	}
	return found, nil
}

func (s *searching) rows(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		t := toll{ask: ask}
		found, err := s.places(ctx, c, &t)
		if err != nil {
			yield(nil, err)
			return
		}
		v := s.viewer(c, ask, "search_messages")
		for _, p := range found {
			ask.Waiting("searching queue %s", p.name)
			rows, seen, err := s.of(ctx, v, ask, p, columns)
			if fatal := t.add(p, seen, err); fatal != nil {
				yield(nil, fatal)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					_ = t.say()
					return
				}
			}
		}
		if err := t.say(); err != nil {
			yield(nil, err)
		}
	}
}

// of returns the rows of the messages in one queue, and what the look at the queue has seen. If it returns an error,
// there may be rows, too.
func (s *searching) of(ctx context.Context, v *messages.Viewer, ask verb.Ask, p place,
	columns []record.Column) (rows []record.Row, seen messages.Looked, err error) {
	row := messages.Rows(columns)
	seen, err = v.Look(ctx, s.look(p.vhost, p.name, s.sample), func(m *messages.Message) error {
		r := row(m, ask.Now())
		for name, value := range map[string]string{"queue": p.name, "vhost": p.vhost} {
			if i := record.IndexOf(columns, name); i >= 0 {
				r[i] = record.Quoted([]byte(value))
			}
		}
		rows = append(rows, r)
		return nil
	})
	return rows, seen, err
}

// toll counts what a search has looked at and what it has skipped.
type toll struct {
	ask            verb.Ask
	searched, more int
	looked         int64
	skipped        []error
	// empty and streams count the chosen queues that are left out: empty classic queues, and streams without --offset.
	empty, streams int
}

// add records the result of one queue. If err is about this queue alone, the search goes on. Any other err is returned
// and ends the search.
func (t *toll) add(p place, seen messages.Looked, err error) error {
	for _, n := range seen.Notes {
		t.ask.Note("queue %s: %s", p.name, n)
	}
	t.looked += seen.Seen
	if seen.Ready > seen.Seen && err == nil {
		t.more++
	}
	switch fail.KindOf(err) {
	case "":
		t.searched++
	case fail.Data, fail.Denied, fail.NotFound, fail.Incomplete, fail.Unavailable, fail.Usage:
		// Usage: in a protected context, --counts-as-delivery is missing for this queue.
		t.skipped = append(t.skipped, err)
	default:
		return err
	}
	return nil
}

// notRefused reports whether err is anything but the refusal to look at one queue: it can be about the whole search, such
// as a login over AMQP that fails.
func notRefused(err error) bool {
	kind := fail.KindOf(err)
	return kind != fail.Data && kind != fail.Usage
}

// say prints notes on how much was searched. If no queue could be searched, it returns the first error. An empty classic
// queue counts as searched here, since there is nothing in it, but not if a queue could not be reached.
func (t *toll) say() error {
	skipped := t.skipped
	var failed error
	if t.searched == 0 && len(skipped) > 0 && (t.empty == 0 || slices.ContainsFunc(skipped, notRefused)) {
		failed, skipped = skipped[0], skipped[1:]
	}
	for i, err := range skipped {
		if i == mostTold {
			t.ask.Note("not searched: %d more queues", len(skipped)-i)
			break
		}
		next := steps.Words(fail.HintOf(err))
		if next != "" {
			next = " (" + next + ")"
		}
		t.ask.Note("not searched: %s%s", err, next)
	}
	if t.streams > 0 {
		t.ask.Note("not searched: %s; --offset says where to begin", prose.Plural(t.streams, "stream", "streams"))
	}
	if failed != nil {
		return failed
	}
	if t.searched == 0 && t.streams == 0 {
		chosen := "chosen"
		if len(skipped) > 0 {
			chosen = "other chosen"
		}
		t.ask.Note("searched no queue: no %s queue has ready messages", chosen)
		return nil
	}
	t.ask.Note("looked at %s of %s", prose.Plural(int(t.looked), "message", "messages"),
		prose.Plural(t.searched, "queue", "queues"))
	if t.more > 0 {
		t.ask.Note("%s more messages; --sample looks at more", prose.Plural(t.more, "queue has", "queues have"))
	}
	return nil
}
