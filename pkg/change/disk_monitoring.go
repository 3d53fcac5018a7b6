package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// ActivateDiskMonitoring lets a node watch its free disk space again.
func ActivateDiskMonitoring() Op {
	return diskMonitoring("activate_free_disk_space_monitoring", "watch the free disk space", "activated", true)
}

// DeactivateDiskMonitoring lets a node no longer watch its free disk space: a disk that fills then raises no alarm.
func DeactivateDiskMonitoring() Op {
	op := diskMonitoring("deactivate_free_disk_space_monitoring", "stop watching the free disk space", "deactivated",
		false)
	op.Loses = true
	return op
}

// diskMonitoring returns the change that makes a node watch its free disk space (on), or stop watching it. No call
// tells whether the node watches it, so the change reads the internal state of the node's disk monitor.
func diskMonitoring(name, action, word string, on bool) Op {
	return Op{
		Name: name, Noun: "node", Erlang: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			state := erlang.Atom("false")
			if on {
				state = "true"
			}
			plan := Once(action, word, func(ctx context.Context) error {
				return at.do(ctx, action, "rabbit_disk_monitor", "set_enabled", state)
			})
			if at.Official {
				return plan, nil
			}
			if err := at.running(ctx); err != nil {
				return nil, err
			}
			if watched, known, err := survey.DiskWatched(ctx, at.Erlang); err == nil && known && watched == on {
				return plan.Already("unchanged"), nil
			}
			plan = plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				watched, known, err := survey.DiskWatched(ctx, at.Erlang)
				switch {
				case err == nil && !known:
					o.Notes = append(o.Notes, "the node answered ok; its release does not report whether it watches its disk")
				case err == nil && watched != on:
					err = fail.New(fail.Unavailable, "the node answered ok, but nothing changed").Next("look in the node's log")
				}
				return o, err
			})
			if !on {
				plan.Notes = []string{"a disk that fills raises no alarm then, an alarm that is on stays, a limit cannot be set, and " +
					"the figures for the disk stay as they are"}
			}
			return plan, nil
		},
	}
}
