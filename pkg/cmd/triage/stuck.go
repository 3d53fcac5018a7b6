package triage

import (
	"context"
	"iter"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listStuck() verb.List {
	s := &sampled{15 * time.Second}
	return verb.List{
		Name:  "list_stuck",
		Short: "List queues in which messages do not flow, and why",
		Long: `Look at the queues twice, --sample apart, and list those whose messages do not flow. The column class says
why: it has the first of these classes that fits. The rows are in this order, too, the worst first:

  stopped        its virtual host does not run on its node: nobody can use it
  down           its node is down: nobody can use it
  no-majority    half or more of the members of a quorum queue do not run: it accepts and delivers nothing
  not-acking     consumers hold messages, and acknowledged none between the two looks
  not-taking     there are consumers, messages are ready, and nothing moves
  no-consumer    it has messages, nobody reads it, and it is not in the class idle, below
  prefetch-full  consumers hold as many as they may, and the queue does not drain
  growing        consumers finish fewer messages than arrive
  standing       consumers finish as many messages as arrive, and the backlog stays
  idle           it has messages, nobody reads it, and nothing happened to it for a day
  draining       it gets shorter; eta says how long until it is empty
  unknown        it cannot be judged; reason says why

Streams are left out, since they keep their messages. So are queues that are empty, or that their consumers can empty
within 10 s, unless they are in one of the first three classes. Figures are up to 10 s old.`,
		Example: `  rabbitctl list_stuck
  rabbitctl list_stuck -p prod --sample 30s --where 'class != "draining"'
  rabbitctl list_stuck vhost queue class next -o json`,
		Scoped:   true,
		Flags:    s.flags,
		Validate: s.validate,
		Table: record.Table{
			Noun:    "stuck queues",
			Name:    "queue",
			Default: []string{"vhost", "queue", "class", "ready", "unacked", "consumers", "acked", "growth", "eta", "reason"},
			Spare:   []string{"eta", "acked", "consumers"},
			Columns: []record.Column{
				{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
				{Name: "queue", Kind: record.Text, Help: "the queue"},
				{Name: "type", Kind: record.Text, Help: "classic or quorum"},
				{Name: "class", Kind: record.Text, Help: "why its messages do not flow, in a word"},
				{Name: "ready", Kind: record.Count, Help: "messages that wait for a consumer"},
				{Name: "unacked", Kind: record.Count, Help: "messages that consumers hold"},
				{Name: "messages", Kind: record.Count, Help: "ready and unacknowledged messages together"},
				{Name: "consumers", Kind: record.Count, Help: "how many consumers it has"},
				{Name: "published", Kind: record.Rate, Help: "messages published a second"},
				{Name: "acked", Kind: record.Rate, Help: "messages finished by consumers a second"},
				{Name: "growth", Kind: record.Rate, Help: "by how many messages a second it grew"},
				{Name: "eta", Kind: record.Seconds, Help: "how long until it is empty, while it drains"},
				{Name: "idle", Kind: record.Seconds, Help: "for how long nothing happened to it"},
				{Name: "reason", Kind: record.Text, Help: "why it is in the class"},
				{Name: "next", Kind: record.Text, Advises: true, Help: "the command to run next"},
			},
		},
		Rows: verb.OfNodes(func(
			ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column,
		) iter.Seq2[record.Row, error] {
			return answer(columns, func() ([]fields, error) { return stuck(ctx, c, ask, s.sample) })
		}),
	}
}

func stuck(ctx context.Context, c *broker.Client, ask verb.Ask, sample time.Duration) ([]fields, error) {
	whole, noRates, blind, err := nodes(ctx, c)
	if err != nil {
		return nil, err
	}
	start := ask.Now()
	before, err := survey.FirstLook(ctx, c, ask.VHost, whole)
	if err != nil {
		return nil, err
	}
	notes(ask, blind)
	ask.Waiting("%d queues seen; looking again in %s", before.Len(), sample)
	if err := ask.Sleep(ctx, sample); err != nil {
		return nil, err
	}
	prefetch, err := survey.Prefetch(ctx, c, ask.VHost)
	if err != nil {
		return nil, err
	}
	f := diagnose.StuckFacts{Now: ask.Now(), NoRates: noRates}
	f.Elapsed = f.Now.Sub(start)
	var found []diagnose.StuckQueue
	watched := 0
	err = survey.EachFlow(ctx, c, ask.VHost, whole, func(q diagnose.QueueFlow) {
		if q.Type != "stream" {
			watched++
		}
		limit, _ := prefetch.Of([]byte(q.VHost), []byte(q.Name))
		if s, stuck := f.Judge(before.Of(q), q, limit); stuck {
			found = append(found, s)
		}
	})
	if err != nil {
		return nil, err
	}
	diagnose.WorstFirst(found)
	draining, unknown := 0, 0
	for _, q := range found {
		switch q.Class {
		case diagnose.Draining:
			draining++
		case diagnose.NotKnown:
			unknown++
		}
	}
	also := ""
	if draining > 0 {
		also = "; " + prose.Plural(draining, "queue is", "queues are") + " draining"
	}
	if unknown > 0 {
		also += "; " + prose.Plural(unknown, "other queue", "other queues") + " could not be judged"
	}
	if ask.Filtered {
		also += "; these numbers include queues that the filter leaves out"
	}
	ask.Note("queues whose messages do not flow: %d of %d%s (watched for %s); consumers and rates can be up to 10 s old",
		len(found)-draining-unknown, watched-unknown, also, f.Elapsed.Round(time.Second))
	var rows []fields
	for _, q := range found {
		rows = append(rows, fields{
			"vhost": text(q.VHost), "queue": text(q.Name), "type": text(q.Type), "class": text(q.Class), "ready": count(q.Ready),
			"unacked": count(q.Unacked), "messages": count(q.Messages), "consumers": count(q.Consumers),
			"published": fraction(q.PublishedRate),
			"acked":     fraction(q.AckedRate), "growth": fraction(q.Growth), "eta": count(q.ETA), "idle": since(f.Now, q.Idle),
			"reason": text(q.Reason),
			"next":   text(nextFor(q)),
		})
	}
	return rows, nil
}

// nodes tells whether the cluster is whole, as far as this user may see, and whether a node has its rates switched off.
// If the cluster is not whole, or if that is not known, blind says why. The caller prints blind only after the broker
// has answered another request: if the broker refuses to list the nodes, the reason may be a wrong password.
func nodes(ctx context.Context, c *broker.Client) (whole, noRates bool, blind []string, err error) {
	listed, err := survey.Nodes(ctx, c)
	if fail.KindOf(err) == fail.Denied {
		return true, false, []string{survey.Unlisted(ctx, c)}, nil
	}
	if err != nil {
		return false, false, nil, err
	}
	blind = survey.Whole(listed)
	for _, n := range listed {
		noRates = noRates || n.RatesMode == "none"
	}
	return len(blind) == 0, noRates, blind, nil
}

func notes(ask verb.Ask, all []string) {
	for _, note := range all {
		ask.Note("%s", note)
	}
}

// nextFor returns the command that shows more about the queue; "" if there is nothing to do but wait.
func nextFor(q diagnose.StuckQueue) string {
	if q.State == "stopped" {
		return fail.Command("list_vhosts", "name", "cluster_state")
	}
	switch q.Class {
	case diagnose.NotAcking, diagnose.PrefetchFull:
		return fail.Command("list_unacked", "-p", q.VHost, q.Name)
	case diagnose.Draining:
		return ""
	}
	return fail.Command("show_queue", "-p", q.VHost, q.Name)
}
