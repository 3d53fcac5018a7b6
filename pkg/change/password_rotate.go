package change

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// RotatePassword gives a user another password, and lists the user's connections that were opened before: each stays
// open, but a client that logs in with a password needs the new one to connect again.
func RotatePassword() Op {
	var name, password string
	wait := false
	return Op{
		Name: "rotate_password", Noun: "user",
		Params: []Param{Arg("username", &name, UserNames), SecretArg(&password),
			Switch("wait", "wait until no connection is left that was opened before the change, as long as --timeout allows",
				&wait)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			a, err := accountOf(ctx, at.Broker, name)
			if err != nil {
				return nil, err
			}
			old := oldConnections{at: at, user: name}
			if err := old.remember(ctx); err != nil {
				return nil, err
			}
			plan := Once("change the password of user "+name+", who has "+old.many(), "changed",
				func(ctx context.Context) error {
					// Connections that are opened before the change is confirmed have the old password, too.
					if err := old.remember(ctx); err != nil {
						return err
					}
					return a.newPassword(ctx, at, name, password)
				}).Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				o, err := letsIn(ctx, at, name, password, o)
				if err != nil {
					return o, err
				}
				return old.report(ctx, o, wait)
			})
			if plan.Hits, err = old.section(ctx); err != nil {
				return nil, err
			}
			if at.Broker.Username() == name {
				plan.Dangers = []string{"user " + name + " is the one that this command logs in as"}
			}
			return plan, nil
		},
	}
}

// oldConnections lists the user's connections that were opened before the change, also without a password. A
// connection's name has the client's port, so the client's next connection has another name.
type oldConnections struct {
	at    Site
	user  string
	names map[string]bool
}

func (c *oldConnections) now(ctx context.Context) ([]string, error) {
	return record.Texts(c.at.Broker.UserConnections(ctx, c.user, record.Named("name")))
}

func (c *oldConnections) remember(ctx context.Context) error {
	names, err := c.now(ctx)
	c.names = map[string]bool{}
	for _, name := range names {
		c.names[name] = true
	}
	return err
}

func (c *oldConnections) many() string {
	return prose.Plural(len(c.names), "open connection", "open connections")
}

// look forgets the old connections that are closed by now.
func (c *oldConnections) look(ctx context.Context) error {
	names, err := c.now(ctx)
	if err != nil {
		return err
	}
	open := map[string]bool{}
	for _, name := range names {
		if c.names[name] {
			open[name] = true
		}
	}
	c.names = open
	return nil
}

// none adds to the outcome that the broker lists none of the old connections any more, and why it may not list all.
func (c *oldConnections) none(ctx context.Context, o Outcome, wait bool) Outcome {
	unseen := UnseenConnections(ctx, c.at.Broker, c.user, "")
	if unseen != nil && wait {
		o.Failed = fail.New(fail.Incomplete, "the password of user %s is changed, but it is not known whether connections "+
			"with the old password are still open: %w", c.user, unseen).Advise(fail.HintOf(unseen))
		return o
	}
	note := "the broker no longer lists any connection that it listed before the change of the password"
	if unseen != nil {
		note += ", but may not list all: " + fail.InWords(unseen).Error()
	}
	o.Notes = append(o.Notes, note)
	return o
}

// report lists the old connections that are still open. With wait, it first waits until they are closed.
func (c *oldConnections) report(ctx context.Context, o Outcome, wait bool) (Outcome, error) {
	err := c.look(ctx)
	if err == nil && wait && len(c.names) > 0 {
		_, err = c.at.Until(ctx, 365*24*time.Hour, time.Second, 5*time.Second, func() (bool, error) {
			c.at.Waiting("%s with the old password", c.many())
			err := c.look(ctx)
			return len(c.names) == 0, err
		})
	}
	if len(c.names) == 0 && err == nil {
		return c.none(ctx, o, wait), nil
	}
	// The time budget may be used up, but the open connections must be listed anyway.
	told, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	var unseen error
	unknown := err != nil && fail.KindOf(err) != fail.Timeout && fail.KindOf(err) != fail.Canceled
	if o.Facts, unseen = c.section(told); unseen != nil || unknown {
		o.Facts = nil
	}
	left := fmt.Sprintf("connections opened before the change: %d; each stays open, but a client with a "+
		"password needs the new one to connect again", len(c.names))
	switch {
	case fail.KindOf(err) == fail.Canceled:
		// The change itself did not fail, so report returns no error: if this command generated the password, it must still
		// be shown.
		o.Failed = fail.New(fail.Canceled, "interrupted; the password of user %s is changed", c.user)
	case unknown && wait:
		o.Failed = fail.New(fail.Incomplete, "the password of user %s is changed, but which connections with the old password are "+
			"still open is not known: %w", c.user, err).Advise(fail.HintOf(err))
	case wait:
		o.Failed = fail.New(fail.Timeout, "the password of user %s is changed; %s", c.user, left)
	case err != nil:
		o.Notes = append(o.Notes, "which connections with the old password are still open is not known: "+err.Error())
	default:
		o.Notes = append(o.Notes, left)
	}
	return o, nil
}

// section lists the connections. The details come from the statistics, where a new connection appears some seconds
// late.
func (c *oldConnections) section(ctx context.Context) (record.Document, error) {
	s := record.Section{Name: "connections", Optional: true, Columns: []record.Column{{Name: "application"},
		{Name: "peer"}, {Name: "vhost"}, {Name: "connected_at", Kind: record.Timestamp}, {Name: "connection"}}}
	if len(c.names) == 0 {
		return nil, nil
	}
	type connection struct {
		name, given, product, host, port, vhost string
		at                                      record.Value
	}
	reader := record.NewReader(func(b *record.Binder, x *connection) {
		b.Text("name", &x.name)
		b.Text("client_properties.connection_name", &x.given)
		b.Text("client_properties.product", &x.product)
		b.Text("peer_host", &x.host)
		b.Text("peer_port", &x.port)
		b.Text("vhost", &x.vhost)
		b.Value("connected_at", func(v record.Value) { x.at = v })
	})
	seen := map[string]bool{}
	for x, err := range reader.All(c.at.Broker.Connections(ctx, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		if !c.names[x.name] {
			continue
		}
		seen[x.name] = true
		if x.given == "" {
			x.given = x.product
		}
		s.Rows = append(s.Rows, record.Row{record.Of(x.given), record.Of(x.host + ":" + x.port), record.Of(x.vhost), x.at,
			record.Of(x.name)})
	}
	for _, name := range slices.Sorted(maps.Keys(c.names)) {
		if !seen[name] {
			s.Rows = append(s.Rows, record.Row{nil, nil, nil, nil, record.Of(name)})
		}
	}
	return record.Document{s}, nil
}
