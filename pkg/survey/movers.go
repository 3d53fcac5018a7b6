package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Shovels returns the shovels that nodes run, and the declared shovels that no node runs. declaredSeen tells whether
// this user may list the declared shovels.
func Shovels(ctx context.Context, c *broker.Client, vhost string) (found []health.Mover, declaredSeen bool, err error) {
	declared, declaredSeen, err := declaredShovels(ctx, c, vhost)
	if err != nil {
		return nil, false, err
	}
	running, err := listed(ctx, c, within(vhost, (*broker.Client).Shovels), func(b *record.Binder, s *runningShovel) {
		b.Text("vhost", &s.vhost)
		b.Text("name", &s.name)
		b.Value("state", func(v record.Value) { s.State = stateOf(v) })
		b.Text("blocked_status", &s.Blocked)
		b.Text("reason", &s.Why)
	})
	if err != nil {
		return nil, false, err
	}
	for _, s := range running {
		delete(declared, s.shovel)
		s.Name = inVHost(s.name, s.vhost)
		found = append(found, s.Mover)
	}
	if len(declared) == 0 {
		return found, declaredSeen, nil
	}
	// A shovel can delete itself when its queue is empty. This may have happened between the two requests, so ask again.
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

type runningShovel struct {
	shovel
	health.Mover
}

// declaredShovels lists the declared shovels. seen is false for a user without the tag policymaker.
func declaredShovels(ctx context.Context, c *broker.Client,
	vhost string) (declared map[shovel]bool, seen bool, err error) {
	type parameter struct {
		component string
		shovel
	}
	all, err := listed(ctx, c, within(vhost, (*broker.Client).Parameters), func(b *record.Binder, p *parameter) {
		b.Text("component", &p.component)
		b.Text("vhost", &p.vhost)
		b.Text("name", &p.name)
	})
	if fail.KindOf(err) == fail.Denied {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	declared = map[shovel]bool{}
	for _, p := range all {
		if p.component == "shovel" {
			declared[p.shovel] = true
		}
	}
	return declared, true, nil
}

// stateOf returns the state of a listed shovel or link. It never returns "", which stands for a shovel that no node
// runs.
func stateOf(v record.Value) string {
	if state := v.Text(); state != "" {
		return state
	}
	return "in an unknown state"
}

// FederationLinks returns the federation links that nodes run.
func FederationLinks(ctx context.Context, c *broker.Client, vhost string) ([]health.Mover, error) {
	type link struct {
		vhost, upstream, kind, exchange, queue string
		health.Mover
	}
	links, err := listed(ctx, c, within(vhost, (*broker.Client).FederationLinks), func(b *record.Binder, l *link) {
		b.Text("vhost", &l.vhost)
		b.Text("upstream", &l.upstream)
		b.Text("type", &l.kind)
		b.Text("exchange", &l.exchange)
		b.Text("queue", &l.queue)
		b.Value("status", func(v record.Value) { l.State = stateOf(v) })
		b.Text("error", &l.Why)
	})
	if err != nil {
		return nil, err
	}
	found := make([]health.Mover, len(links))
	for i, l := range links {
		what := l.exchange
		if l.kind == "queue" {
			what = l.queue
		}
		l.Name = "of " + l.kind + " " + inVHost(what, l.vhost) + " to upstream " + l.upstream
		found[i] = l.Mover
	}
	return found, nil
}

func inVHost(name, vhost string) string {
	if vhost == "" {
		return name
	}
	return name + " in virtual host " + vhost
}
