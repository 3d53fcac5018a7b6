package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Shovels are the shovels that nodes run, and those that are declared and that none runs; declaredSeen tells whether this
// user may list the latter.
func Shovels(ctx context.Context, c *broker.Client, vhost string) (found []health.Mover, declaredSeen bool, err error) {
	declared, declaredSeen, err := declaredShovels(ctx, c, vhost)
	if err != nil {
		return nil, false, err
	}
	columns := []record.Column{{Name: "vhost"}, {Name: "name"}, {Name: "state"}, {Name: "blocked_status"}, {Name: "reason"}}
	for row, err := range c.Shovels(ctx, vhost, columns) {
		if err != nil {
			return nil, false, err
		}
		delete(declared, shovel{row[0].Text(), row[1].Text()})
		found = append(found, mover(inVHost(row[1].Text(), row[0].Text()), row[2], row[3], row[4]))
	}
	if len(declared) == 0 {
		return found, declaredSeen, nil
	}
	// A shovel that moves what is there and then removes itself may have done so in between.
	still, _, err := declaredShovels(ctx, c, vhost)
	if err != nil {
		return nil, false, err
	}
	for s := range declared {
		if still[s] {
			found = append(found, health.Mover{Name: inVHost(s.name, s.vhost)})
		}
	}
	return found, declaredSeen, nil
}

// shovel is a dynamic shovel.
type shovel struct{ vhost, name string }

// declaredShovels are those that are declared; seen is false for a user without the tag policymaker.
func declaredShovels(ctx context.Context, c *broker.Client, vhost string) (declared map[shovel]bool, seen bool, err error) {
	declared = map[shovel]bool{}
	for row, err := range c.Parameters(ctx, vhost, []record.Column{{Name: "component"}, {Name: "vhost"}, {Name: "name"}}) {
		if fail.KindOf(err) == fail.Denied {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		if row[0].Text() == "shovel" {
			declared[shovel{row[1].Text(), row[2].Text()}] = true
		}
	}
	return declared, true, nil
}

// mover is one that is listed. Without a state it is in an unknown one; none at all is for what nothing runs.
func mover(name string, state, blocked, why record.Value) health.Mover {
	m := health.Mover{Name: name, State: state.Text(), Blocked: blocked.Text(), Why: why.Text()}
	if m.State == "" {
		m.State = "in an unknown state"
	}
	return m
}

// FederationLinks are the links that nodes run.
func FederationLinks(ctx context.Context, c *broker.Client, vhost string) ([]health.Mover, error) {
	var found []health.Mover
	columns := []record.Column{{Name: "vhost"}, {Name: "upstream"}, {Name: "type"}, {Name: "exchange"}, {Name: "queue"}, {Name: "status"}, {Name: "error"}}
	for row, err := range c.FederationLinks(ctx, vhost, columns) {
		if err != nil {
			return nil, err
		}
		what := row[3].Text()
		if row[2].Text() == "queue" {
			what = row[4].Text()
		}
		name := "of " + row[2].Text() + " " + inVHost(what, row[0].Text()) + " to upstream " + row[1].Text()
		found = append(found, mover(name, row[5], nil, row[6]))
	}
	return found, nil
}

func inVHost(name, vhost string) string {
	if vhost == "" {
		return name
	}
	return name + " in virtual host " + vhost
}
