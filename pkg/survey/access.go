package survey

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Self reports what the client's own user may do, as far as this user may know it. If the broker refuses the user
// because no tag allows the API, the Access has no tags, and Refused is set.
func Self(ctx context.Context, c *broker.Client) (diagnose.Access, error) {
	who, err := c.Whoami(ctx)
	if strings.Contains(strings.ToLower(broker.ReasonOf(err)), "not management user") {
		return diagnose.Access{User: c.Username(), Refused: true}, nil
	}
	if err != nil {
		return diagnose.Access{}, err
	}
	a := diagnose.Access{User: who.At("name").Text(), Tags: who.At("tags").Texts()}
	if slices.Contains(a.Tags, "administrator") {
		return granted(ctx, c, a)
	}
	if a.VHosts, err = record.Texts(c.VHosts(ctx, record.Named("name"))); err != nil {
		return a, err
	}
	// With this tag the broker lists all virtual hosts, also those that the user may not enter.
	a.All = slices.Contains(a.Tags, "monitoring")
	a.Entered, err = entered(ctx, c)
	return a, err
}

// AccessOf reports what a user may do. Only an administrator may ask about another user. For a user who is not in the
// broker's own database, the error is a Refusal with status 404.
func AccessOf(ctx context.Context, c *broker.Client, user string) (diagnose.Access, error) {
	u, err := c.User(ctx, user)
	if err != nil {
		return diagnose.Access{}, err
	}
	return granted(ctx, c, diagnose.Access{User: user, Tags: u.At("tags").Texts()})
}

// granted adds the facts that only an administrator may read.
func granted(ctx context.Context, c *broker.Client, a diagnose.Access) (diagnose.Access, error) {
	var err error
	if a.VHosts, err = record.Texts(c.VHosts(ctx, record.Named("name"))); err != nil {
		return a, err
	}
	a.All = true
	a.Grants, err = listed(ctx, c, within(a.User, (*broker.Client).UserPermissions), bindGrant)
	if broker.IsNotFound(err) {
		// The user comes from another auth backend, and only that backend knows the user's permissions.
		a.Entered, err = entered(ctx, c)
		return a, err
	}
	if err != nil {
		return a, err
	}
	a.Topics, err = listed(ctx, c, within(a.User, (*broker.Client).UserTopicPermissions),
		func(b *record.Binder, t *diagnose.TopicGrant) {
			b.Text("vhost", &t.VHost)
			b.Text("exchange", &t.Exchange)
			b.Text("write", &t.Write)
			b.Text("read", &t.Read)
		})
	a.Granted = true
	for _, g := range a.Grants {
		a.Entered = append(a.Entered, g.VHost)
	}
	return a, err
}

func bindGrant(b *record.Binder, g *diagnose.Grant) {
	b.Text("user", &g.User)
	b.Text("vhost", &g.VHost)
	b.Text("configure", &g.Configure)
	b.Text("write", &g.Write)
	b.Text("read", &g.Read)
}

// entered returns the virtual hosts in which the client's user has a permission. Each virtual host has exchanges, and
// the broker lists these only to users with a permission there.
func entered(ctx context.Context, c *broker.Client) ([]string, error) {
	var names []string
	for name, err := range record.EachText(c.Exchanges(ctx, "", record.Named("vhost"))) {
		if err != nil {
			return nil, err
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Accounts returns all users with their permissions, and the names of all queues and exchanges. It needs the tag
// administrator. It sees only names in virtual hosts that the client's user may enter. The result blind has the other
// virtual hosts in which users have permissions.
func Accounts(ctx context.Context, c *broker.Client) (all diagnose.Accounts, blind []string, err error) {
	all.Names = map[string][]string{}
	if all.Users, err = listed(ctx, c, (*broker.Client).Users, func(b *record.Binder, u *diagnose.User) {
		b.Text("name", &u.Name)
		b.Texts("tags", &u.Tags)
	}); err != nil {
		return all, nil, err
	}
	if all.Grants, err = listed(ctx, c, within("", (*broker.Client).Permissions), bindGrant); err != nil {
		return all, nil, err
	}
	type object struct{ vhost, name string }
	for _, rows := range []listing{within("", (*broker.Client).Exchanges), queuesIn("")} {
		objects, err := listed(ctx, c, rows, func(b *record.Binder, o *object) {
			b.Text("vhost", &o.vhost)
			b.Text("name", &o.name)
		})
		if err != nil {
			return all, nil, err
		}
		for _, o := range objects {
			all.Names[o.vhost] = append(all.Names[o.vhost], o.name)
		}
	}
	for _, g := range all.Grants {
		if len(all.Names[g.VHost]) == 0 && !slices.Contains(blind, g.VHost) {
			blind = append(blind, g.VHost)
		}
	}
	return all, blind, nil
}
