package change

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// replaying is one run of replay_dead_letters.
type replaying struct {
	taking
	origin, reason string
	// each means that each message goes back to the queue where it died, even if the messages died in several queues.
	each, noMark bool
}

// ReplayDeadLetters puts dead letters back into the queue where they died last.
func ReplayDeadLetters() Op {
	r := &replaying{taking: taking{remove: true}}
	r.picks = func(m *messages.Message) (bool, error) {
		_, ok := r.chosen(m)
		return ok, nil
	}
	return Op{
		Name: "replay_dead_letters", Noun: "queue", Scoped: true, AMQP: true, Lasting: true,
		Params: []Param{Arg("queue", &r.queue, QueueNames),
			Flag("origin", "only messages that died in this `QUEUE`", &r.origin),
			Flag("reason", "only messages that died for this reason", &r.reason, deathReasons()...),
			Switch("each", "put each message back into the queue where it died, even if that is several queues", &r.each),
			Switch("no-mark", "add no header about the replay", &r.noMark),
			r.expect.Param("the queue holds"), r.limitFlag("replay"), r.countsFlag()},
		Check: func() error {
			switch {
			case r.reason != "" && !slices.Contains(deathReasons(), r.reason):
				return fail.Usagef("--reason %s is not one of %s", r.reason, strings.Join(deathReasons(), ", "))
			case r.each && r.origin != "":
				return fail.Usagef("--each and --origin exclude each other")
			}
			return r.check()
		},
		Plan: r.plan,
	}
}

// deathReasons returns the reasons that the header x-death can give (seen on 3.10 to 4.3).
func deathReasons() []string { return []string{"rejected", "expired", "maxlen", "delivery_limit"} }

func (r *replaying) plan(ctx context.Context, at Site) (*Plan, error) {
	if err := r.look(ctx, at); err != nil {
		return nil, err
	}
	free, err := r.looksAreFree(ctx)
	if err != nil {
		return nil, err
	}
	e, err := r.reach(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]int64{}
	if free || r.origin == "" {
		if found, err = r.origins(ctx, e); err != nil {
			return nil, err
		}
	} else {
		found[r.origin] = 0
	}
	if len(found) == 0 {
		none := "queue " + r.queue + " has no such dead letters"
		return &Plan{Done: &Outcome{Word: "unchanged", Notes: []string{none}}}, nil
	}
	if err := r.oneOrigin(found); err != nil {
		return nil, err
	}
	shown := record.Section{Name: "destinations", Columns: []record.Column{{Name: "queue"}, {Name: "messages",
		Kind: record.Count}, {Name: "ready", Kind: record.Count}, {Name: "consumers", Kind: record.Count}}}
	all := int64(0)
	var dangers []string
	for _, name := range slices.Sorted(maps.Keys(found)) {
		destination, err := r.destination(ctx, e, name, found[name])
		if err != nil {
			return nil, err
		}
		perils, err := destination.perils(ctx, r.at, name)
		if err != nil {
			return nil, err
		}
		dangers = append(dangers, perils...)
		all += found[name]
		shown.Rows = append(shown.Rows, record.Row{record.Of(name), record.Of(found[name]), destination.ready,
			destination.consumers})
	}
	if err := noAlarm(ctx, r.at); err != nil {
		return nil, err
	}
	plan := Once(r.action(found, all, free), "replayed", nil)
	plan.Hits, plan.Notes = append(titled("source", r.source.hits()), shown), r.told()
	plan.Dangers = dangers
	plan.Steps[0].Do = func(ctx context.Context) (Outcome, error) { return r.do(ctx, slices.Collect(maps.Keys(found))) }
	return plan, nil
}

// chosen reports whether a message is to be replayed, and returns the queue where it died.
func (r *replaying) chosen(m *messages.Message) (origin string, ok bool) {
	d, died := messages.DeathOf(m)
	return d.Queue, died && d.Queue != "" && (r.origin == "" || d.Queue == r.origin) &&
		(r.reason == "" || d.Reason == r.reason)
}

// origins counts the chosen messages by the queue where they died. It takes messages of the queue for that, and
// requeues them: all messages, or with --each or --origin no more than --limit needs. Without these two it has to find
// out whether the messages died in several queues.
func (r *replaying) origins(ctx context.Context, e amqp.Endpoint) (map[string]int64, error) {
	source, err := messages.TakeQueue(ctx, e, r.from())
	if err != nil {
		return nil, err
	}
	found, looked := map[string]int64{}, 0
	chosen, enough := 0, r.limit > 0 && (r.each || r.origin != "")
	for {
		if enough && chosen == r.limit {
			return found, source.Close()
		}
		m, err := source.Next(ctx)
		if errors.Is(err, io.EOF) {
			return found, source.Close()
		}
		if err != nil {
			_ = source.Close()
			return nil, err
		}
		if origin, ok := r.chosen(m); ok {
			found[origin]++
			chosen++
		}
		looked++
		r.at.Waiting("looked at %d of %d messages of %s", looked, r.ready, r.queue)
	}
}

// oneOrigin refuses dead letters of several queues, unless --each is given.
func (r *replaying) oneOrigin(found map[string]int64) error {
	if len(found) == 1 || r.each {
		return nil
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(found)) {
		all = append(all, fmt.Sprintf("%s %d", name, found[name]))
	}
	return fail.New(fail.Data, "refused: messages died in %d queues (%s)", len(found), strings.Join(all, ", ")).
		Next("--origin %s takes only those of one queue, --each puts all back where they died",
			fail.Word(slices.Sorted(maps.Keys(found))[0]))
}

// destination counts the messages of a queue to which dead letters go back. It refuses a queue that has no room for
// them or cannot accept them. It also refuses the queue from which they are taken.
func (r *replaying) destination(ctx context.Context, e amqp.Endpoint, name string,
	arriving int64) (countedQueue, error) {
	q, err := destinationOf(ctx, r.at, name)
	if err != nil {
		return q, err
	}
	if name == r.queue {
		return q, fail.New(fail.Data, "refused: the messages died in queue %s itself, and are still in it", name).
			Next("move_messages takes them to a queue that you name")
	}
	there, err := messages.Ready(ctx, e, name)
	if err == nil {
		if r.limit > 0 {
			arriving = min(arriving, int64(r.limit))
		}
		err = q.room(r.at, name, there, arriving)
	}
	return q, err
}

func (r *replaying) action(found map[string]int64, all int64, counted bool) string {
	to := "the queues where they died"
	if len(found) == 1 {
		for name := range found {
			to = "queue " + name
		}
	}
	if !counted && all == 0 {
		return fmt.Sprintf("replay dead letters of queue %s to %s in virtual host %s", r.queue, to, r.at.VHost)
	}
	if r.limit > 0 {
		all = min(all, int64(r.limit))
	}
	return fmt.Sprintf("replay %s of queue %s to %s in virtual host %s", prose.Plural(int(all), "dead letter",
		"dead letters"), r.queue, to, r.at.VHost)
}

// do puts back the messages that died in one of the queues in origins. Messages that died in other queues stay where
// they are. Messages that come into the queue meanwhile stay, too: for example, a replayed message that dies again.
func (r *replaying) do(ctx context.Context, origins []string) (Outcome, error) {
	picks := r.picks
	r.picks = func(m *messages.Message) (bool, error) {
		d, _ := messages.DeathOf(m)
		ok, err := picks(m)
		return ok && slices.Contains(origins, d.Queue), err
	}
	var more []string
	if len(origins) == 1 {
		more = origins
	}
	goes := func(m *messages.Message) string { d, _ := messages.DeathOf(m); return d.Queue }
	return r.publish(ctx, "replayed", messages.Republish{Replay: true, NoMark: r.noMark}, goes, more...)
}
