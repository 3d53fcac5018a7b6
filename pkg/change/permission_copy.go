package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// topicPermitted says which routing keys a user may use with an exchange in a virtual host.
type topicPermitted struct {
	vhost string
	broker.TopicPermission
}

// CopyUserPermissions gives user TO all permissions and topic permissions of user FROM. TO keeps its other permissions.
func CopyUserPermissions() Op {
	var from, to string
	return Op{
		Name: "copy_user_permissions", Noun: "user", Compares: true,
		Params: []Param{Arg("from", &from, UserNames), Arg("to", &to, UserNames)},
		Check: func() error {
			if from == to {
				return fail.Usagef("FROM and TO are the same user")
			}
			return nil
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			wanted, wantedTopics, err := allPermissionsOf(ctx, at, from)
			if err != nil {
				return nil, err
			}
			has, hasTopics, err := allPermissionsOf(ctx, at, to)
			if err != nil {
				return nil, err
			}
			plan := &Plan{}
			hits := record.Section{Name: "permissions", Columns: record.Named("vhost", "exchange", "configure", "write", "read",
				"replaces")}
			replaced := 0
			for _, p := range wanted {
				sub := permitting(at, p.vhost, to, p.Permission, has)
				if sub.Done != nil {
					continue
				}
				now, some := in(has, p.vhost)
				hits.Rows = append(hits.Rows, copied(p.vhost, nil, record.Of(p.Configure), p.Write, p.Read, some,
					fmt.Sprintf("%q %q %q", now.Configure, now.Write, now.Read)))
				if some {
					replaced++
				}
				plan.add(sub.Steps[0], "virtual host "+p.vhost)
			}
			for _, t := range wantedTopics {
				now, some := topicIn(hasTopics, t)
				if some && now == t.TopicPermission {
					continue
				}
				hits.Rows = append(hits.Rows, copied(t.vhost, record.Of(t.Exchange), nil, t.Write, t.Read, some,
					fmt.Sprintf("%q %q", now.Write, now.Read)))
				if some {
					replaced++
				}
				plan.add(copyTopic(at, to, t, some), "virtual host "+t.vhost+", exchange "+t.Exchange)
			}
			if len(plan.Steps) == 0 {
				return Finished("unchanged"), nil
			}
			if replaced > 0 {
				plan.Dangers = []string{fmt.Sprintf("%s of user %s would be replaced", prose.Plural(replaced, "permission",
					"permissions"), to)}
			}
			plan.Hits = record.Document{hits}
			return plan, nil
		},
	}
}

func (p *Plan) add(s Step, item string) {
	s.Item = item
	p.Steps = append(p.Steps, s)
}

func copied(vhost string, exchange, configure record.Value, write, read string, replaces bool, has string) record.Row {
	var instead record.Value
	if replaces {
		instead = record.Of(has)
	}
	return record.Row{record.Of(vhost), exchange, configure, record.Of(write), record.Of(read), instead}
}

func copyTopic(at Site, to string, t topicPermitted, replaces bool) Step {
	word := "created"
	if replaces {
		word = "changed"
	}
	action := fmt.Sprintf("let user %s in virtual host %s write topics %q and read topics %q of exchange %s", to, t.vhost,
		t.Write, t.Read, t.Exchange)
	return Once(action, word, func(ctx context.Context) error {
		return at.Broker.SetTopicPermissions(ctx, t.vhost, to, t.TopicPermission)
	}).Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
		_, all, err := allPermissionsOf(ctx, at, to)
		if err != nil {
			return o, fail.New(fail.KindOf(err), "the topic permission was set, but cannot be read back: %w", err)
		}
		if now, some := topicIn(all, t); !some || now != t.TopicPermission {
			return o, fail.New(fail.Incomplete, "the broker accepted the topic permission of user %s for exchange %s, but "+
				"now it is different", to, t.Exchange).Next("did somebody else set it in the meantime?")
		}
		return o, nil
	}).Steps[0]
}

// topicIn searches the list all. It returns the topic permission for the virtual host and the exchange of the parameter
// like; false if there is none.
func topicIn(all []topicPermitted, like topicPermitted) (broker.TopicPermission, bool) {
	for _, t := range all {
		if t.vhost == like.vhost && t.Exchange == like.Exchange {
			return t.TopicPermission, true
		}
	}
	return broker.TopicPermission{}, false
}

// allPermissionsOf returns the permissions and topic permissions of a user in all virtual hosts.
func allPermissionsOf(ctx context.Context, at Site, user string) (all []permitted, topics []topicPermitted, err error) {
	if all, err = permissionsOf(ctx, at.Broker, user); err != nil {
		return nil, nil, err
	}
	reader := record.NewReader(func(b *record.Binder, p *topicPermitted) {
		b.Text("vhost", &p.vhost)
		b.Text("exchange", &p.Exchange)
		b.Text("write", &p.Write)
		b.Text("read", &p.Read)
	})
	for t, err := range reader.All(at.Broker.UserTopicPermissions(ctx, user, reader.Columns())) {
		if err != nil {
			return nil, nil, err
		}
		topics = append(topics, t)
	}
	return all, topics, nil
}
