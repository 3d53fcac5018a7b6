package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// policyHits are the queues that a policy rules beside others of its kind, and the one that rules them without it. That
// they are not known is a note, and holds up no change: the queues of a sick cluster cannot always be listed.
func policyHits(ctx context.Context, at Site, p topology.Policy, others []topology.Policy,
	column string) (record.Document, []string) {
	rules, err := ruling(p)
	if err != nil {
		return nil, []string{"which queues it rules is not known here: " + err.Error()}
	}
	var notes []string
	var rivals []func(name, kind string) bool
	var known []topology.Policy
	for _, other := range others {
		rival, err := ruling(other)
		if err != nil {
			notes = append(notes, "policy "+other.Name+" is left out of what is shown: "+err.Error())
			continue
		}
		rivals, known = append(rivals, rival), append(known, other)
	}
	type queue struct{ name, kind string }
	reader := record.NewReader(func(b *record.Binder, q *queue) {
		b.Text("name", &q.name)
		b.Text("type", &q.kind)
	})
	hits := record.Section{Name: "queues", Columns: []record.Column{{Name: "queue"}, {Name: "type"}, {Name: column}}}
	tied := false
	for q, err := range reader.All(queues.Read(ctx, at.Broker, at.VHost, reader.Columns())) {
		if err != nil {
			return nil, []string{"which queues it rules is not known: " + err.Error()}
		}
		if !rules(q.name, q.kind) {
			continue
		}
		best := -1
		for i, rival := range rivals {
			if rival(q.name, q.kind) && (best < 0 || known[i].Priority > known[best].Priority) {
				best = i
			}
		}
		var instead record.Value
		if best >= 0 {
			if known[best].Priority > p.Priority {
				continue
			}
			tied = tied || known[best].Priority == p.Priority
			instead = record.Of(known[best].Name)
		}
		hits.Rows = append(hits.Rows, record.Row{record.Of(q.name), record.Of(q.kind), instead})
	}
	if tied {
		notes = append(notes, "another policy with the same priority matches too: which of them applies is not defined")
	}
	return record.Document{hits}, notes
}

// ruling is whether a policy may apply to a queue of that name and type.
func ruling(p topology.Policy) (func(name, kind string) bool, error) {
	matches, err := p.Matcher()
	return func(name, kind string) bool {
		return p.CoversQueue(kind) && matches(name) && len(p.Unsuited(kind)) == 0
	}, err
}
