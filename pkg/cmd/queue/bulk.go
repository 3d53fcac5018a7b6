package queue

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// atOnce is how many queues are changed at the same time. With more than eight at a time, neither 3.10 nor 4.3 is
// faster on two cores.
const atOnce = 8

// bulk is a change of all chosen queues, except those that must be kept for some reason.
type bulk struct {
	verb.Bulk[chosen]
	ifEmpty, ifUnused bool
	expect            change.Expectation
	// against says why this change never touches a queue, whatever the flags are; "" if there is no reason against it.
	against func(q chosen) string
}

// chosen is a queue that the flags, such as --match and --where, have chosen.
type chosen struct {
	vhost, name, kind, state, idleSince string
	exclusive                           bool
	ready, unacked, consumers           record.Value
}

// Names returns the virtual host and the name of the queue.
func (q chosen) Names() (vhost, name string) { return q.vhost, q.name }

// newBulk makes a change of many queues, with the parts that all these changes have in common.
func newBulk(does, did string, against func(q chosen) string) *bulk {
	b := &bulk{against: against}
	b.Bulk = verb.Bulk[chosen]{Does: does, Did: did, Noun: "queue", Table: table, Rows: listed, Bind: b.bind,
		Shown: []record.Column{{Name: "type"}, {Name: "messages_ready", Kind: record.Count},
			{Name: "messages_unacknowledged", Kind: record.Count}, {Name: "consumers", Kind: record.Count}},
		Cells: func(q chosen) record.Row { return record.Row{record.Of(q.kind), q.ready, q.unacked, q.consumers} },
		Kept:  b.kept, Refuse: b.unexpected, AtOnce: atOnce, Lag: b.lag,
		IdleHelp: "choose queues that have been idle for at least this long, such as 30d, by this machine's clock; only " +
			"classic queues report that, so others are kept"}
	return b
}

// expected adds the flag --expect-messages, which says how many messages the queues must hold together.
func (b *bulk) expected(fs *pflag.FlagSet) {
	verb.Options(fs, []change.Param{b.expect.Param("the queues together hold")})
}

// conditions adds the flags of a command that deletes queues.
func (b *bulk) conditions(fs *pflag.FlagSet) {
	b.expected(fs)
	fs.BoolVar(&b.ifEmpty, "if-empty", false, "keep queues that hold any message, ready or unacknowledged")
	fs.BoolVar(&b.ifUnused, "if-unused", false, "keep queues that have a consumer")
}

func listed(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return queues.List(ctx, c, queues.Wish{VHost: ask.VHost, Source: queues.API}, columns)
}

func (b *bulk) bind(r *record.Binder, q *chosen) {
	r.Text("vhost", &q.vhost)
	r.Text("name", &q.name)
	r.Text("type", &q.kind)
	r.Text("state", &q.state)
	r.Flag("exclusive", &q.exclusive)
	r.Value("messages_ready", func(v record.Value) { q.ready = v })
	r.Value("messages_unacknowledged", func(v record.Value) { q.unacked = v })
	r.Value("consumers", func(v record.Value) { q.consumers = v })
	if b.Idle > 0 {
		r.Text("idle_since", &q.idleSince)
	}
}

// kept says why the command keeps a queue; "" if the queue is to be changed. unsure means that a later look may find
// out more, since a young queue has no statistics yet.
func (b *bulk) kept(q chosen, now time.Time) (why string, unsure bool) {
	ready, readyKnown := q.ready.Int()
	unacked, unackedKnown := q.unacked.Int()
	consumers, consumersKnown := q.consumers.Int()
	switch against := b.against(q); {
	case q.exclusive:
		return "exclusive to a connection", false
	case queues.DoesNotRun(record.Of(q.state)):
		return "does not run (" + q.state + ")", false
	case against != "":
		return against, false
	case b.ifEmpty && !(readyKnown && unackedKnown):
		return "its messages are not known", true
	case b.ifEmpty && ready+unacked > 0:
		return fmt.Sprintf("%d ready, %d unacknowledged", ready, unacked), false
	case b.ifUnused && !consumersKnown:
		return "its consumers are not known", true
	case b.ifUnused && consumers > 0:
		return prose.Plural(int(consumers), "consumer", "consumers"), false
	}
	return b.awake(q, now), false
}

// unexpected refuses the whole change if the number of messages in all queues together is not the expected one.
func (b *bulk) unexpected(all []chosen) error {
	sum, known := int64(0), true
	for _, q := range all {
		ready, readyKnown := q.ready.Int()
		unacked, unackedKnown := q.unacked.Int()
		sum, known = sum+ready+unacked, known && readyKnown && unackedKnown
	}
	return b.expect.Refuse(fmt.Sprintf("the queues to %s (%d) together", b.Does, len(all)), sum, known)
}

// lag returns how old the counts can be that the conditions of this command use; 0 if they are up to date.
func (b *bulk) lag(q chosen) time.Duration {
	if (b.ifEmpty || b.expect.Given()) && q.kind != "classic" || b.ifUnused {
		return change.LagOfQueue(q.kind)
	}
	return 0
}

// awake says why a queue has not been idle for long enough. It returns "" if the queue has been idle for long enough,
// or without --idle.
func (b *bulk) awake(q chosen, now time.Time) string {
	if b.Idle == 0 {
		return ""
	}
	since, err := time.Parse(time.RFC3339, q.idleSince)
	switch {
	case err != nil:
		return "not known to be idle"
	case now.Sub(since) < b.Idle:
		return "idle since " + since.UTC().Format(time.RFC3339) + " only"
	}
	return ""
}
