package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// EnableSourceTracking makes a node count login attempts by user and address, until the node restarts.
func EnableSourceTracking() Op {
	return sourceTracking("enable_auth_attempt_source_tracking", "count login attempts by user and address", "enabled",
		true)
}

// DisableSourceTracking makes a node stop counting login attempts by user and address, until the node restarts.
func DisableSourceTracking() Op {
	return sourceTracking("disable_auth_attempt_source_tracking", "stop counting login attempts by user and address",
		"disabled", false)
}

func sourceTracking(name, action, word string, on bool) Op {
	return Op{
		Name: name, Noun: "node", Erlang: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			state := erlang.Atom("false")
			if on {
				state = "true"
			}
			plan := Once(action, word, func(ctx context.Context) error {
				return at.do(ctx, action, "application", "set_env", erlang.Atom("rabbit"),
					erlang.Atom("track_auth_attempt_source"), state)
			})
			if at.Official {
				return plan, nil
			}
			tracks, err := inside.TracksSources(ctx, at.Erlang)
			if err != nil {
				return nil, err
			}
			if tracks == on {
				return plan.Already("unchanged"), nil
			}
			plan.Notes = []string{"the setting holds until the node restarts"}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				tracks, err := inside.TracksSources(ctx, at.Erlang)
				if err == nil && tracks != on {
					err = fail.New(fail.Unavailable, "the node answered ok, but nothing changed")
				}
				o.Notes = append(o.Notes, plan.Notes...)
				return o, err
			}), nil
		},
	}
}

// RefreshTrustStore makes a node read the certificates of its trust store again.
func RefreshTrustStore() Op {
	const module, plugin = "rabbit_trust_store", "rabbitmq_trust_store"
	return Op{
		Name: "refresh_trust_store", Noun: "node", Erlang: true,
		Plan: func(_ context.Context, at Site) (*Plan, error) {
			const action = "read the certificates of the trust store again"
			return Once(action, "refreshed", func(ctx context.Context) error {
				err := at.do(ctx, action, module, "refresh")
				if erldist.IsMissing(err) {
					return inside.WithoutFunction(ctx, at.Erlang, module, plugin, "3.10")
				}
				return inside.WithoutPlugin(err, plugin)
			}), nil
		},
	}
}

// ReconcileVHosts starts virtual hosts on the nodes on which they do not run.
func ReconcileVHosts() Op {
	return Op{
		Name: "reconcile_vhosts", Noun: "node", NamesNodes: true, Erlang: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			const action = "start all virtual hosts on the nodes where they do not run"
			plan := Once(action, "started", func(ctx context.Context) error {
				err := at.do(ctx, action, "rabbit_vhosts", "reconcile_once")
				if erldist.IsMissing(err) {
					return fail.New(fail.Unavailable, "the node's release cannot reconcile virtual hosts: that needs "+
						"RabbitMQ 3.13.4 or later").Next("rabbitctl restart_vhost -p VHOST starts a stopped virtual host")
				}
				return err
			})
			if at.Official {
				return plan, nil
			}
			plan.Notes = []string{"the nodes go on starting them after the answer: rabbitctl check_virtual_hosts says whether " +
				"all run"}
			return plan, at.running(ctx)
		},
	}
}
