package change

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// SetPermissionsGlobally replaces the permissions of a user in every virtual host. Only the official tool has this
// command; rabbitctl has set_permissions --all-vhosts.
func SetPermissionsGlobally() Op {
	var user string
	var p broker.Permission
	return Op{
		Name: "set_permissions_globally", Noun: "user",
		Params: append([]Param{Arg("username", &user, UserNames)}, threePatterns(&p)...),
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if err := needUser(ctx, at, user); err != nil {
				return nil, err
			}
			names, err := VHostNames(ctx, at.Broker, "")
			if err != nil {
				return nil, err
			}
			plan := &Plan{}
			for i, name := range names {
				step := permit(at, name, user, p).Steps[0]
				do := step.Do
				step.Do = func(ctx context.Context) (Outcome, error) {
					o, err := do(ctx)
					if err != nil {
						err = fmt.Errorf("after %d of %d virtual hosts: %w", i, len(names), err)
					}
					return o, err
				}
				plan.Steps = append(plan.Steps, step)
			}
			return plan, nil
		},
	}
}

// vhostChoice chooses several virtual hosts for a change of permissions, in place of the one of -p.
type vhostChoice struct {
	all   bool
	match string
}

func (w *vhostChoice) params() []Param {
	params := []Param{Switch("all-vhosts", "in all virtual hosts", &w.all),
		Flag("match", "in the virtual hosts whose name matches `REGEX`", &w.match)}
	for i := range params {
		params[i].In, params[i].Wide = OwnOnly, true
	}
	return params
}

// some reports whether the command line chooses several virtual hosts.
func (w *vhostChoice) some() bool { return w.all || w.match != "" }

func (w *vhostChoice) check() error {
	if _, err := regexp.Compile(w.match); err != nil {
		return fail.Usagef("--match: %v", err)
	}
	return nil
}

// names returns the chosen ones of the virtual hosts that the logged-in user may see, sorted. If there are none, it
// returns an error.
func (w *vhostChoice) names(ctx context.Context, at Site) ([]string, error) {
	names, err := VHostNames(ctx, at.Broker, "")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fail.New(fail.NotFound, "user %s sees no virtual host on %s", at.Broker.Username(), at.Broker.BaseURL()).
			Next("if the broker has no virtual host: rabbitctl add_vhost VHOST")
	}
	matches := regexp.MustCompile(w.match)
	chosen := slices.DeleteFunc(names, func(name string) bool { return !matches.MatchString(name) })
	if len(chosen) == 0 {
		return nil, fail.New(fail.NotFound, "no virtual host on %s matches %s", at.Broker.BaseURL(), w.match).
			Next("rabbitctl list_vhosts shows those that exist")
	}
	slices.Sort(chosen)
	return chosen, nil
}

// permitting returns the plan that gives a user the same permissions in all chosen virtual hosts, and then checks all
// of them by one request.
func (w *vhostChoice) permitting(ctx context.Context, at Site, user string, p broker.Permission) (*Plan, error) {
	has, err := permissionsOf(ctx, at.Broker, user)
	if err != nil {
		return nil, err
	}
	names, err := w.names(ctx, at)
	if err != nil {
		return nil, err
	}
	plan, replaced := &Plan{Now: "missing"}, 0
	s := record.Section{Name: "vhosts", Columns: record.Named("vhost", "configure", "write", "read")}
	for _, name := range names {
		now, some := in(has, name)
		if some && now == p {
			continue
		}
		word, row := "created", record.Row{record.Of(name), nil, nil, nil}
		if some {
			row = record.Row{record.Of(name), record.Of(now.Configure), record.Of(now.Write), record.Of(now.Read)}
			word, plan.Now = "changed", ""
			replaced++
		}
		s.Rows = append(s.Rows, row)
		step := permit(at, name, user, p).Steps[0]
		step.Item = name
		do := step.Do
		step.Do = func(ctx context.Context) (Outcome, error) {
			o, err := do(ctx)
			if err == nil {
				o.Word = word
			}
			return o, err
		}
		plan.Steps = append(plan.Steps, step)
	}
	if len(plan.Steps) == 0 {
		return Finished("unchanged"), nil
	}
	plan.Hits = record.Document{s}
	plan.Summary = fmt.Sprintf("let user %s configure %q, write %q and read %q in %s", user, p.Configure, p.Write, p.Read,
		ofChosen(len(plan.Steps), len(names)))
	if replaced > 0 {
		plan.Dangers = []string{"the new permissions replace those of user " + user + " in " +
			prose.Plural(replaced, "virtual host", "virtual hosts")}
	}
	plan.Finally = func(ctx context.Context, _ *Outcome) error {
		has, err := permissionsOf(ctx, at.Broker, user)
		if err != nil {
			return unreadPermissions(user, err)
		}
		lost, untouched := unheld(plan, names, func(name string) bool {
			now, some := in(has, name)
			return some && now == p
		})
		switch {
		case lost != nil:
			return otherPermissions(user, lost...)
		case untouched != nil:
			return fail.New(fail.Incomplete, "no change was needed in %s, but now the permissions of user %s are different "+
				"there", someVHosts(untouched), user).
				Next("run the same command again, unless somebody else has set other permissions on purpose")
		}
		return nil
	}
	return plan, nil
}

// ofChosen says in how many of the chosen virtual hosts permissions are changed.
func ofChosen(changed, chosen int) string {
	if changed == chosen {
		return prose.Plural(chosen, "chosen virtual host", "chosen virtual hosts")
	}
	return fmt.Sprintf("%d of the %d chosen virtual hosts (the rest needs no change)", changed, chosen)
}

// unheld returns the virtual hosts where the permissions are not as wanted after all steps of the plan: lost are those
// that the plan changed, and untouched those that needed no change.
func unheld(plan *Plan, vhosts []string, holds func(vhost string) bool) (lost, untouched []string) {
	for _, name := range vhosts {
		switch {
		case holds(name):
		case slices.ContainsFunc(plan.Steps, func(s Step) bool { return s.Item == name }):
			lost = append(lost, name)
		default:
			untouched = append(untouched, name)
		}
	}
	return lost, untouched
}

// someVHosts returns the words that name virtual hosts in a sentence. If there are many, they name only the first few.
func someVHosts(names []string) string {
	if len(names) == 1 {
		return "virtual host " + names[0]
	}
	return "virtual hosts " + prose.Few(names, 3)
}

// clearing returns the plan that removes a user's permissions in all chosen virtual hosts, and then checks all of them
// by one request.
func (w *vhostChoice) clearing(ctx context.Context, at Site, user string) (*Plan, error) {
	has, err := permissionsOf(ctx, at.Broker, user)
	if err != nil {
		return nil, err
	}
	names, err := w.names(ctx, at)
	if err != nil {
		return nil, err
	}
	plan := &Plan{}
	s := record.Section{Name: "vhosts", Columns: record.Named("vhost", "configure", "write", "read")}
	for _, name := range names {
		now, some := in(has, name)
		if !some {
			continue
		}
		s.Rows = append(s.Rows, record.Row{record.Of(name), record.Of(now.Configure), record.Of(now.Write),
			record.Of(now.Read)})
		step := taken(at, name, user).Steps[0]
		step.Item = name
		plan.Steps = append(plan.Steps, step)
	}
	if len(plan.Steps) == 0 {
		return nil, &Missing{What: "permission", Name: "of user " + user + " in the chosen virtual hosts", Names: nobody}
	}
	plan.Hits = record.Document{s}
	plan.Summary = fmt.Sprintf("remove all permissions of user %s in %s", user, ofChosen(len(plan.Steps), len(names)))
	plan.Finally = func(ctx context.Context, _ *Outcome) error {
		has, err := permissionsOf(ctx, at.Broker, user)
		if err != nil {
			return fail.New(fail.KindOf(err), "the permissions of user %s were taken away, but cannot be read back: %w", user, err)
		}
		lost, untouched := unheld(plan, names, func(name string) bool {
			_, some := in(has, name)
			return !some
		})
		const next = "run the same command again, unless somebody else has set new permissions on purpose"
		switch {
		case lost != nil:
			err := fail.New(fail.Incomplete, "the broker removed the permissions of user %s in %s, but now there are some again",
				user, someVHosts(lost)).Next(next)
			err.Err = &Unheld{Items: lost, Now: "there are permissions again"}
			return err
		case untouched != nil:
			return fail.New(fail.Incomplete, "user %s had no permissions in %s, but now there are some", user,
				someVHosts(untouched)).Next(next)
		}
		return nil
	}
	return plan, nil
}
