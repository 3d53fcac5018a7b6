package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// topicPermissionsOf returns the topic permissions of a user in a virtual host, by exchange.
func topicPermissionsOf(ctx context.Context, at Site, user string) (map[string]broker.TopicPermission, error) {
	type permitted struct {
		vhost string
		broker.TopicPermission
	}
	reader := record.NewReader(func(b *record.Binder, p *permitted) {
		b.Text("vhost", &p.vhost)
		b.Text("exchange", &p.Exchange)
		b.Text("write", &p.Write)
		b.Text("read", &p.Read)
	})
	all := map[string]broker.TopicPermission{}
	for p, err := range reader.All(at.Broker.UserTopicPermissions(ctx, user, reader.Columns())) {
		switch {
		case broker.IsNotFound(err):
			return nil, &Missing{What: "user", Name: user, Err: err}
		case err != nil:
			return nil, err
		}
		if p.vhost == at.VHost {
			all[p.Exchange] = p.TopicPermission
		}
	}
	return all, nil
}

// topicExchanges returns the names of the topic exchanges. The broker applies topic permissions to no other type of
// exchange.
func topicExchanges(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	type exchange struct{ name, kind string }
	reader := record.NewReader(func(b *record.Binder, e *exchange) {
		b.Text("name", &e.name)
		b.Text("type", &e.kind)
	})
	var names []string
	for e, err := range reader.All(c.Exchanges(ctx, vhost, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		if e.kind == "topic" {
			names = append(names, e.name)
		}
	}
	return names, nil
}

// SetTopicPermissions sets with which routing keys a user may write to an exchange and read from it. It replaces the
// present topic permission.
func SetTopicPermissions() Op {
	var user string
	var p broker.TopicPermission
	exchange := FreeArg("exchange", "", &p.Exchange)
	exchange.Names = topicExchanges
	return Op{
		Name: "set_topic_permissions", Noun: "topic permission", Scoped: true, Compares: true,
		Params: []Param{Arg("username", &user, UserNames), exchange, FreeArg("write", "", &p.Write),
			FreeArg("read", "", &p.Read)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			action := fmt.Sprintf("let user %s in virtual host %s write topics %q and read topics %q of exchange %s", user,
				at.VHost, p.Write, p.Read, p.Exchange)
			plan := Once(action, "changed", func(ctx context.Context) error {
				return at.Broker.SetTopicPermissions(ctx, at.VHost, user, p)
			})
			if at.Official {
				return plan, needBoth(ctx, at, user)
			}
			for name, text := range map[string]string{"WRITE": p.Write, "READ": p.Read} {
				if err := pattern(name, text); err != nil {
					return nil, err
				}
			}
			all, err := topicPermissionsOf(ctx, at, user)
			if err != nil {
				return nil, err
			}
			if err := needVHost(ctx, at); err != nil {
				return nil, err
			}
			if plan.Notes, err = topicExchange(ctx, at, p.Exchange); err != nil {
				return nil, err
			}
			return permittingTopics(at, user, p, all, plan), nil
		},
	}
}

// topicExchange returns a note if topic permissions do not apply to an exchange because of its type, and an error if
// the exchange does not exist: 4.3 then refuses the permissions, and 3.10 accepts them.
func topicExchange(ctx context.Context, at Site, name string) ([]string, error) {
	if name == "" {
		return nil, fail.Usagef("EXCHANGE is empty")
	}
	if !broker.Addressable(name) {
		return nil, fail.Usagef("EXCHANGE: the HTTP API cannot address the name %q", name)
	}
	e, err := at.Broker.Exchange(ctx, at.VHost, name)
	switch {
	case broker.IsNotFound(err):
		return nil, &Missing{What: "exchange", Name: name, VHost: at.VHost, Err: err}
	case err != nil:
		return nil, err
	}
	if kind := e.At("type").Text(); kind != "topic" {
		return []string{fmt.Sprintf("exchange %s is of type %s: the broker looks at topic permissions of topic exchanges only",
			name, kind)}, nil
	}
	return nil, nil
}

// permittingTopics compares the plan with the user's present topic permissions, and completes it.
func permittingTopics(at Site, user string, p broker.TopicPermission, all map[string]broker.TopicPermission,
	plan *Plan) *Plan {
	now, some := all[p.Exchange]
	notes := plan.Notes
	switch {
	case some && now == p:
		return Finished("unchanged")
	case some:
		plan.Steps[0].Action += fmt.Sprintf(" (before: %q and %q)", now.Write, now.Read)
	default:
		plan.Now = "missing"
	}
	return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
		if o.Notes = notes; !some {
			o.Word = "created"
		}
		all, err := topicPermissionsOf(ctx, at, user)
		switch {
		case err != nil:
			return o, fail.New(fail.Incomplete, "the topic permissions of user %s were set, but cannot be read back: %w", user,
				err)
		case all[p.Exchange] != p:
			return o, fail.New(fail.Incomplete, "the broker accepted the topic permissions of user %s for exchange %s, but "+
				"now they are different", user, p.Exchange).
				Next("run the same command again, unless somebody else has set other permissions on purpose")
		}
		return o, nil
	})
}
