package change

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// permitted has the permissions of a user in a virtual host.
type permitted struct {
	vhost string
	broker.Permission
}

// permissionsOf returns the permissions of a user in all virtual hosts. If the user does not exist, the error is a
// Missing.
func permissionsOf(ctx context.Context, c *broker.Client, user string) ([]permitted, error) {
	reader := record.NewReader(func(b *record.Binder, p *permitted) {
		b.Text("vhost", &p.vhost)
		b.Text("configure", &p.Configure)
		b.Text("write", &p.Write)
		b.Text("read", &p.Read)
	})
	var all []permitted
	for p, err := range reader.All(c.UserPermissions(ctx, user, reader.Columns())) {
		switch {
		case broker.IsNotFound(err):
			return nil, &Missing{What: "user", Name: user, Err: err}
		case err != nil:
			return nil, err
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b permitted) int { return strings.Compare(a.vhost, b.vhost) })
	return all, nil
}

// in returns the permission for one virtual host, and whether there is one.
func in(all []permitted, vhost string) (broker.Permission, bool) {
	for _, p := range all {
		if p.vhost == vhost {
			return p.Permission, true
		}
	}
	return broker.Permission{}, false
}

// patterns refuses a permission if one of its three patterns is surely no regular expression. Brokers would refuse such
// a pattern, or would accept it although it can match nothing.
func patterns(p broker.Permission) error {
	for _, one := range []struct{ name, text string }{{"CONFIGURE", p.Configure}, {"WRITE", p.Write}, {"READ", p.Read}} {
		if err := pattern(one.name, one.text); err != nil {
			return err
		}
	}
	return nil
}

// pattern refuses a text that is surely no regular expression: see topology.Uncompilable. name is what the error calls
// the text: WRITE.
func pattern(name, text string) error {
	if why := topology.Uncompilable(text); why != "" {
		return fail.Usagef("%s: %q is not a regular expression: %s", name, text, why)
	}
	return nil
}

// SetPermissions replaces the permissions of a user in a virtual host, or in several with --all-vhosts or --match.
func SetPermissions() Op {
	var user string
	var p broker.Permission
	var several vhostChoice
	return Op{
		Name: "set_permissions", Noun: "user", Scoped: true, Compares: true,
		Params: append(append([]Param{Arg("username", &user, UserNames)}, threePatterns(&p)...), several.params()...),
		Check:  several.check,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official {
				if err := needBoth(ctx, at, user); err != nil {
					return nil, err
				}
				return permit(at, at.VHost, user, p), nil
			}
			// The official tools leave this check to the broker, and print the broker's answer.
			if err := patterns(p); err != nil {
				return nil, err
			}
			if several.some() {
				return several.permitting(ctx, at, user, p)
			}
			has, err := permissionsOf(ctx, at.Broker, user)
			if err != nil {
				return nil, err
			}
			if err := needVHost(ctx, at); err != nil {
				return nil, err
			}
			return permitting(at, at.VHost, user, p, has), nil
		},
	}
}

func threePatterns(p *broker.Permission) []Param {
	return []Param{FreeArg("configure", "", &p.Configure), FreeArg("write", "", &p.Write), FreeArg("read", "", &p.Read)}
}

// needBoth returns an error if the user or the virtual host does not exist. The official tools make the same two
// requests.
func needBoth(ctx context.Context, at Site, user string) error {
	if err := needUser(ctx, at, user); err != nil {
		return err
	}
	return needVHost(ctx, at)
}

// needUser returns an error if the user does not exist.
func needUser(ctx context.Context, at Site, user string) error {
	_, err := at.Broker.User(ctx, user)
	if broker.IsNotFound(err) {
		return &Missing{What: "user", Name: user, Err: err}
	}
	return err
}

// needVHost returns an error if the virtual host does not exist. It also works for an administrator without access to
// the virtual host.
func needVHost(ctx context.Context, at Site) error {
	_, err := at.Broker.VHost(ctx, at.VHost)
	if broker.IsNotFound(err) {
		return &Missing{What: "vhost", Name: at.VHost, Err: err}
	}
	return err
}

// permit returns the plan that sets one permission.
func permit(at Site, vhost, user string, p broker.Permission) *Plan {
	action := fmt.Sprintf("let user %s in virtual host %s configure %q, write %q and read %q", user, vhost, p.Configure,
		p.Write, p.Read)
	return Once(action, "changed", func(ctx context.Context) error {
		return at.Broker.SetPermissions(ctx, vhost, user, p)
	})
}

// permitting returns the plan of permit, compared with the user's present permissions.
func permitting(at Site, vhost, user string, p broker.Permission, has []permitted) *Plan {
	now, some := in(has, vhost)
	plan := permit(at, vhost, user, p)
	switch {
	case some && now == p:
		return Finished("unchanged")
	case some:
		plan.Steps[0].Action += fmt.Sprintf(", in place of %q, %q and %q", now.Configure, now.Write, now.Read)
		if at.Broker.Username() == user {
			plan.Dangers = []string{"user " + user + " is the one that this command logs in as"}
		}
	default:
		plan.Now = "missing"
	}
	return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
		if !some {
			o.Word = "created"
		}
		has, err := permissionsOf(ctx, at.Broker, user)
		if err != nil {
			return o, unreadPermissions(user, err)
		}
		if got, some := in(has, vhost); !some || got != p {
			return o, otherPermissions(user, vhost)
		}
		return o, nil
	})
}

func unreadPermissions(user string, err error) error {
	return fail.New(fail.KindOf(err), "the permissions of user %s were set, but cannot be read back: %w", user, err)
}

func otherPermissions(user string, vhosts ...string) error {
	err := fail.New(fail.Incomplete, "the broker accepted the permissions of user %s in %s, but they are different now",
		user, someVHosts(vhosts)).
		Next("run the same command again, unless somebody else has set other permissions on purpose")
	err.Err = &Unheld{Items: vhosts, Now: "the permissions are different now"}
	return err
}

// ClearPermissions removes a user's access to a virtual host, or to several with --all-vhosts or --match.
func ClearPermissions() Op {
	var user string
	var several vhostChoice
	return Op{
		Name: "clear_permissions", Noun: "permission", Scoped: true, Loses: true, Removes: true,
		Params: append([]Param{Arg("username", &user, UserNames)}, several.params()...),
		Check:  several.check,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if several.some() {
				return several.clearing(ctx, at, user)
			}
			plan := taken(at, at.VHost, user)
			if at.Official {
				return plan, nil
			}
			return clearing(ctx, at, user, plan)
		},
	}
}

// taken returns the plan that removes one permission.
func taken(at Site, vhost, user string) *Plan {
	return Once(fmt.Sprintf("remove all permissions of user %s in virtual host %s", user, vhost), "cleared",
		func(ctx context.Context) error {
			err := at.Broker.ClearPermissions(ctx, vhost, user)
			if broker.IsNotFound(err) {
				return &Missing{What: "permission", Name: "of user " + user, VHost: vhost, Err: err, Names: nobody}
			}
			return err
		})
}

// clearing adds to the plan the permissions that the user loses. If the user has none in the virtual host, the error is
// a Missing.
func clearing(ctx context.Context, at Site, user string, plan *Plan) (*Plan, error) {
	has, err := permissionsOf(ctx, at.Broker, user)
	switch {
	case unreadable(err, user):
		plan.Notes = []string{unknownHits}
		return plan, nil
	case err != nil:
		return nil, err
	}
	if err := needVHost(ctx, at); err != nil {
		return nil, err
	}
	now, some := in(has, at.VHost)
	if !some {
		return nil, &Missing{What: "permission", Name: "of user " + user, VHost: at.VHost, Names: nobody}
	}
	field := func(name, text string) record.Field {
		return record.Field{Column: record.Column{Name: name}, Value: record.Of(text)}
	}
	plan.Hits = record.Document{record.Fields("", field("user", user), field("vhost", at.VHost),
		field("configure", now.Configure), field("write", now.Write), field("read", now.Read))}
	return plan, nil
}
