package survey

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// at once is how many parts are asked for side by side: more would only make the broker slower.
const atOnce = 4

// Examination asks for all facts that the rules of diagnose judge, side by side. A part that cannot be had is noted with
// the reason. An error means that the broker could not be asked at all. now is the moment for which certificates are
// judged. done hears of each part, once it is there.
func Examination(ctx context.Context, c *broker.Client, now time.Time, done func(part diagnose.Part, soFar, all int)) (diagnose.Facts, error) {
	f := diagnose.Facts{Unseen: map[diagnose.Part]string{}, NotOffered: map[diagnose.Part]bool{}, Endpoint: c.BaseURL(), Loopback: c.Loopback()}
	// One request first: where nobody answers, or nobody is let in, the others need not be tried.
	if _, err := c.Whoami(ctx); err != nil {
		return f, err
	}
	f.User = c.Username()
	asks := parts(c, now, &f)
	var mu sync.Mutex
	soFar := 0
	var wait sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, part := range slices.Sorted(maps.Keys(asks)) {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			err := asks[part](ctx)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case broker.IsNotFound(err), broker.IsNotOffered(err):
				f.NotOffered[part] = true
			case err != nil:
				f.Unseen[part] = err.Error()
			}
			soFar++
			done(part, soFar, len(asks))
		})
	}
	wait.Wait()
	if fail.KindOf(ctx.Err()) == fail.Canceled {
		return f, ctx.Err()
	}
	return f, nil
}

// parts are how to ask for each part. Each fills in fields of its own.
func parts(c *broker.Client, now time.Time, f *diagnose.Facts) map[diagnose.Part]func(context.Context) error {
	return map[diagnose.Part]func(context.Context) error{
		diagnose.OfAlarms: func(ctx context.Context) (err error) {
			f.Alarms, err = Alarms(ctx, c)
			return err
		},
		diagnose.OfNodes: func(ctx context.Context) (err error) {
			f.Nodes, err = Nodes(ctx, c)
			if err == nil && c.Loopback() {
				f.Volumes = volumes(f.Nodes)
			}
			return err
		},
		diagnose.OfView: func(ctx context.Context) (err error) {
			f.View, _, err = View(ctx, c)
			return err
		},
		diagnose.OfConnections: func(ctx context.Context) (err error) {
			f.Connections, _, err = StoppedConnections(ctx, c)
			return err
		},
		diagnose.OfOverview: func(ctx context.Context) (err error) {
			f.Overview, err = Overview(ctx, c)
			return err
		},
		diagnose.OfClock: func(ctx context.Context) error {
			asked := time.Now()
			at, err := c.Clock(ctx)
			if err == nil && !at.IsZero() {
				// The answer was dated somewhere between asking and now, and says whole seconds.
				f.Skew = at.Add(500 * time.Millisecond).Sub(asked.Add(time.Since(asked) / 2))
			}
			return err
		},
		diagnose.OfQueues: func(ctx context.Context) (err error) {
			f.Queues, err = Suspects(ctx, c)
			return err
		},
		diagnose.OfFlags: func(ctx context.Context) (err error) {
			f.Flags, err = FeatureFlags(ctx, c)
			return err
		},
		diagnose.OfDeprecated: func(ctx context.Context) error {
			used, err := UsedDeprecatedFeatures(ctx, c)
			for _, d := range used {
				f.Deprecated = append(f.Deprecated, d.Name)
			}
			return err
		},
		diagnose.OfUsers: func(ctx context.Context) error {
			return each(c.Users(ctx, named("name", "tags")), func(r record.Row) {
				u := diagnose.User{Name: r[0].Text()}
				r[1].Each(func(tag record.Value) { u.Tags = append(u.Tags, tag.Text()) })
				f.Users = append(f.Users, u)
			})
		},
		diagnose.OfDefaultUser: func(ctx context.Context) (err error) {
			f.DefaultUser, err = c.Accepts(ctx, "guest", "guest")
			return err
		},
		diagnose.OfReplicated: func(ctx context.Context) error {
			names, err := ReplicatedNames(nil, nil)
			if err == nil {
				f.Replicated, err = Replicated(ctx, c, "", names)
			}
			return err
		},
		diagnose.OfRouting: func(ctx context.Context) (err error) {
			f.Routing, err = Unroutable(ctx, c, "")
			return err
		},
		diagnose.OfShovels: func(ctx context.Context) (err error) {
			f.Shovels, _, err = Shovels(ctx, c, "")
			return err
		},
		diagnose.OfLinks: func(ctx context.Context) (err error) {
			f.Links, err = FederationLinks(ctx, c, "")
			return err
		},
		diagnose.OfTLS: func(ctx context.Context) (err error) {
			f.TLS, _, err = Certificates(ctx, c, now, nil, 30)
			return err
		},
	}
}
