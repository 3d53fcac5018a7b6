package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkBundle() verb.Check {
	var all bool
	var file string
	var members []member
	return verb.Check{
		Name:  "check",
		Short: "Run several checks side by side, with one verdict",
		Long: `Run several checks side by side, within one --timeout. The worst of their verdicts is the verdict of the
whole run: CRITICAL before WARNING before UNKNOWN. The first line names checks with that verdict; each check has a
line of its own below, unless all of them fail for the same reason.

--all runs every check that needs neither an argument nor a flag; so it runs neither check_queues nor check_node. Each
runs with its defaults, with one exception: if there is no shovel, no federation link, no TLS listener, or neither a
quorum queue nor a stream, the verdict of the check for these is OK. --all skips checks that the broker does not
offer, and names them. It also skips the following checks. Most of them matter only before an upgrade, or another
check covers them; check_unroutable is skipped because a single lost message makes it WARNING for some seconds:

  ` + strings.Join(slices.Sorted(leftOut), "\n  ") + `

--file runs the checks of a TOML file. Each [[check]] has a name, and may have the check's flags (a list if the flag
is repeatable), arguments (a list) and vhost. A check of the file that the broker does not offer is UNKNOWN. Each
check with the key state needs a state file of its own; with this key --contexts cannot be given. check_definitions,
check_drift, cluster_status, doctor and explain_* cannot be in the file.

  [[check]]
  name = "check_disk"
  warning = "3x"

  [[check]]
  name = "check_port_listener"
  arguments = ["5672"]`,
		Example: `  rabbitctl check --all
  rabbitctl check --file /etc/rabbitctl/checks.toml --timeout 20s
  rabbitctl check --all -o prometheus --output /var/lib/node_exporter/rabbitmq.prom`,
		Scoped: true,
		Flags: func(fs *pflag.FlagSet) {
			fs.BoolVar(&all, "all", false, "run every check that needs neither an argument nor a flag")
			fs.StringVar(&file, "file", "", "run the checks of a TOML `FILE`")
		},
		Validate: func(ask verb.Ask) (err error) {
			switch {
			case file != "" && all:
				err = fail.Usagef("--all and --file exclude each other")
			case file != "":
				members, err = fromFile(ask, file)
			case all:
				members = standard(ask)
			default:
				err = fail.Usagef("which checks? --all, or --file FILE").
					Next("rabbitctl check --help shows how such a file is written")
			}
			return err
		},
		Keeps: func() bool { return slices.ContainsFunc(members, func(m member) bool { return m.state != "" }) },
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			return together(ctx, c, ask, members)
		},
	}
}

// member is a check of a bundle.
type member struct {
	verb.Prepared
	// name is the name of the check, with a number if the bundle has the check more than once.
	name string
	// vhost is the virtual host that the file gives; "" means that of the command line.
	vhost string
	// state is the state file that the file gives; "" means none.
	state string
	// optional means that the check is left out if the broker does not offer it.
	optional bool
}

// leftOut yields the checks that --all does not run, in any order.
func leftOut(yield func(string) bool) {
	for _, name := range []string{
		"check_local_alarms", "check_certificate_expiration", "check_feature_flags",
		"check_if_any_deprecated_features_are_used",
		"check_if_cluster_has_classic_queue_mirroring_policy",
		"check_if_new_quorum_queue_replicas_have_finished_initial_sync",
		"check_if_node_is_mirror_sync_critical", "check_if_node_is_quorum_critical", "check_unroutable",
	} {
		if !yield(name) {
			return
		}
	}
}

// standard returns the checks that --all runs.
func standard(ask verb.Ask) []member {
	left := slices.Collect(leftOut)
	var members []member
	for _, c := range checks() {
		if slices.Contains(left, c.Name) || len(c.Args) > 0 && !c.Args[0].Optional {
			continue
		}
		p, err := c.Prepare(ask, nil, func(fs *pflag.FlagSet) error {
			switch c.Name {
			case "check_shovels", "check_federation", "check_certificates", "check_quorum":
				return fs.Set("missing", "ok")
			}
			return nil
		})
		if err != nil {
			// The check cannot run without a flag. So --all skips it, like a check that needs an argument.
			continue
		}
		members = append(members, member{Prepared: p, name: c.Name, optional: true})
	}
	return members
}

// fromFile returns the checks of a file.
func fromFile(ask verb.Ask, path string) ([]member, error) {
	data, err := ask.ReadFile(path)
	if err != nil {
		return nil, err
	}
	entries, err := parseChecks(path, data)
	if err != nil {
		return nil, err
	}
	times, owners := map[string]int{}, map[string]string{}
	var members []member
	for _, e := range entries {
		c, err := fresh(e.name)
		if err != nil {
			return nil, fail.Usagef("%s: %v", path, err).Next("rabbitctl help check_ lists the checks")
		}
		if e.vhost != "" && !c.Scoped {
			return nil, fail.Usagef("%s: %s is not about virtual hosts, so it takes no vhost", path, e.name)
		}
		p, err := c.Prepare(ask, e.arguments, func(fs *pflag.FlagSet) error {
			for _, s := range e.settings {
				if err := verb.SetFlag(fs, s.key, s.values); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			u := fail.Usagef("%s: %v", path, err)
			u.Kind, u.Hint = fail.KindOf(err), fail.HintOf(err)
			return nil, u
		}
		name := e.name
		if times[e.name]++; times[e.name] > 1 {
			name = fmt.Sprintf("%s_%d", e.name, times[e.name])
		}
		m := member{Prepared: p, name: name, vhost: e.vhost, state: e.setting("state")}
		if m.state != "" {
			if owner, taken := owners[m.state]; taken {
				return nil, fail.Usagef("%s: %s and %s have the same state file, %s: each would overwrite what the other keeps",
					path, owner, name, m.state)
			}
			owners[m.state] = name
		}
		members = append(members, m)
	}
	return members, nil
}

// fresh returns a new check of that name, without any flags set.
func fresh(name string) (verb.Check, error) {
	var names []string
	for _, c := range checks() {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return verb.Check{}, fmt.Errorf("no check %q%s", name, fail.DidYouMean(name, names))
}

// together runs the checks side by side. A check that fails with an error is UNKNOWN, and does not stop the others. An
// optional check that the broker does not offer is left out. Only an interruption is returned as an error.
func together(ctx context.Context, c *broker.Client, ask verb.Ask, members []member) (verb.Report, error) {
	reports := make([]verb.Report, len(members))
	errs := make([]error, len(members))
	var mu sync.Mutex
	waiting := map[string]bool{}
	say := func() {
		names := []string{}
		for _, m := range members {
			if waiting[m.name] {
				names = append(names, m.name)
			}
		}
		ask.Waiting("waiting for %s", strings.Join(first(names, 3), ", "))
	}
	for _, m := range members {
		waiting[m.name] = true
	}
	var wait sync.WaitGroup
	for i, m := range members {
		wait.Go(func() {
			vhost := m.vhost
			if vhost == "" {
				vhost = ask.VHost
			}
			reports[i], errs[i] = m.Report(ctx, c, ask, vhost)
			mu.Lock()
			defer mu.Unlock()
			delete(waiting, m.name)
			say()
		})
	}
	wait.Wait()
	var results []health.Named
	var absent []string
	var unanswered error
	for i, m := range members {
		if fail.KindOf(errs[i]) == fail.Unreachable {
			unanswered = errs[i]
		}
		switch err := errs[i]; {
		case fail.KindOf(err) == fail.Canceled:
			return verb.Report{}, err
		case m.optional && broker.IsNotOffered(err):
			absent = append(absent, m.name)
			continue
		case err != nil:
			reports[i] = verb.Unjudged(err)
		}
		results = append(results, health.Named{Check: m.name, Result: reports[i].Result})
	}
	r := verb.Report{Result: health.Bundle(results), Parts: results}
	var looked []string
	if of, known, why := ask.Away(ctx, unanswered); known {
		r.Details, r.Transports = append(r.Details, "next: "+steps.Of(why)), []string{verb.Erlang}
		looked = append(looked, "what node "+of.Node+
			" says of itself by Erlang distribution, since its management API does not answer")
	}
	if len(absent) > 0 {
		looked = append(looked, fmt.Sprintf("%d checks; not offered by this broker: %s", len(results),
			strings.Join(absent, ", ")))
	}
	r.LookedAt = strings.Join(looked, "; ")
	return r, nil
}
