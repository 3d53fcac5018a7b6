package change

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/timespan"
)

// ConnectionsAtOnce is how many connections are closed side by side.
const ConnectionsAtOnce = 8

// closings is one run of close_all_connections or close_all_user_connections.
type closings struct {
	user, node, reason string
	// everywhere is the official --global: all connections of the node that is asked.
	everywhere bool
	limit      int
	delay      time.Duration
	closed     int
}

// CloseAllConnections ends the connections to a virtual host, or to a node.
func CloseAllConnections() Op {
	c := &closings{reason: OwnReason}
	return Op{
		Name: "close_all_connections", Noun: "connection", Scoped: true, Loses: true,
		Params: []Param{reasonArg(&c.reason),
			{Name: "node", Help: "close connections to this node, in all virtual hosts", Role: Option, In: OwnOnly,
				Wide: true, Names: nodeNames, Set: textInto(&c.node)},
			Switch("global", "", &c.everywhere).Official(),
			WholeFlag("limit", "close at most this many; 0 is all", &c.limit),
			milliseconds("per-connection-delay", &c.delay).Official(), c.pace()},
		Check: func() error { return OneLine(c.reason) },
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if c.everywhere {
				c.node, c.limit = at.Node, 0
			}
			return c.plan(ctx, at)
		},
	}
}

// CloseAllUserConnections ends the connections of a user.
func CloseAllUserConnections() Op {
	c := &closings{reason: OwnReason}
	limit := WholeFlag("limit", "close at most this many; 0 is all", &c.limit).Own()
	return Op{
		Name: "close_all_user_connections", Noun: "connection", Loses: true,
		Params: []Param{Arg("username", &c.user, UserNames), reasonArg(&c.reason), limit, c.pace()},
		Check:  func() error { return OneLine(c.reason) },
		Plan:   c.plan,
	}
}

func (c *closings) pace() Param {
	return Param{Name: "delay", Help: "wait this long between two connections (500ms, 2s)", Role: Option, In: OwnOnly,
		Set: func(text string) (err error) {
			if c.delay, err = timespan.Parse(text); err != nil {
				return fail.Usagef("%s", err)
			}
			return nil
		}}
}

// milliseconds returns an option that takes a number of milliseconds. A negative number counts as 0.
func milliseconds(name string, into *time.Duration) Param {
	var n int
	p := WholeFlag(name, "", &n)
	set := p.Set
	p.Set = func(text string) error {
		err := set(text)
		*into = time.Duration(max(0, n)) * time.Millisecond
		return err
	}
	return p
}

// wants tells whether a connection is to be closed.
func (c *closings) wants(one ListedConnection, at Site) bool {
	switch {
	case c.user != "":
		return one.User == c.user
	case c.node != "":
		return one.Node == c.node
	}
	return one.VHost != "" && one.VHost == at.VHost // during its login a connection has no virtual host yet
}

func (c *closings) plan(ctx context.Context, at Site) (*Plan, error) {
	if !at.Official && c.limit < 0 {
		return nil, fail.Usagef("--limit %d: a limit cannot be negative", c.limit)
	}
	chosen, err := c.chosen(ctx, at)
	if err != nil {
		return nil, err
	}
	if c.limit > 0 && len(chosen) > c.limit {
		chosen = chosen[:c.limit]
	}
	plan := &Plan{AtOnce: ConnectionsAtOnce}
	for i, one := range chosen {
		plan.Steps = append(plan.Steps, Step{Item: one.Name, Action: "close connection " + one.Name,
			Do: func(ctx context.Context) (Outcome, error) { return c.close(ctx, at, one.Name, i, len(chosen)) }})
	}
	if at.Official {
		return plan, nil
	}
	if len(chosen) == 0 {
		return c.none(ctx, at)
	}
	if c.delay > 0 {
		plan.AtOnce = 1
	}
	plan.Summary = "close " + prose.Plural(len(chosen), "connection", "connections")
	plan.Hits = record.Document{ConnectionsHit(chosen)}
	if young := c.youngOnes(); young != "" {
		plan.Notes = []string{strings.TrimPrefix(young, "; ")}
	}
	unseen := UnseenConnections(ctx, at.Broker, c.user, c.node)
	if unseen != nil {
		plan.Notes = append(plan.Notes, unseen.Error())
	}
	plan.Finally = func(ctx context.Context, _ *Outcome) error {
		if err := AllClosed(ctx, at, chosen); err != nil || unseen == nil || len(chosen) == c.limit {
			return err
		}
		return OnlyListed(unseen)
	}
	return plan, Lasts(len(chosen), "connection", c.delay, at.Timeout())
}

// OnlyListed is the error after the listed connections were closed, if the listing may lack some: unseen says why.
func OnlyListed(unseen error) error {
	return fail.New(fail.Incomplete, "the listed connections are closed, but there may be others: %w", unseen).
		Advise(fail.HintOf(unseen))
}

// NoneListed is the error if no listed connection has to be closed, and the listing may lack some: unseen says why.
func NoneListed(unseen error) error {
	return fail.New(fail.Incomplete, "there may be connections that were not found: %w", unseen).
		Advise(fail.HintOf(unseen))
}

// UnseenConnections says why a listing of connections may lack some that are wanted; it returns nil if there is no
// reason. Reasons are, for example, a node that does not run or does not answer, and a user without the tag monitoring,
// to whom the API silently shows only this user's own connections. If only the connections of one user or of one node
// are wanted, the argument user or node names it; both are "" otherwise. Every user sees its own connections. If only
// the connections of one node are wanted, only that node matters.
func UnseenConnections(ctx context.Context, c *broker.Client, user, node string) error {
	told, err := c.Attendance(ctx)
	switch {
	case !told && user != c.Username():
		hidden := c.Hidden(ctx, "connections of other users")
		if fail.KindOf(hidden) == fail.Denied {
			// The tag monitoring would only show them: to close them, a user needs the tag administrator.
			return hidden.Next("run the same command as a user with the tag administrator: only such a user may close " +
				"connections of other users")
		}
		return hidden
	case err == nil || node == "":
		return err
	}
	if _, missing, e := c.Members(ctx); e == nil && !slices.Contains(missing, node) {
		return nil
	}
	return err
}

// none returns the plan for the case that no connection has to be closed. A node or a virtual host that does not exist
// is Missing. A user that the broker's own database lacks is only noted: another backend may know it.
func (c *closings) none(ctx context.Context, at Site) (*Plan, error) {
	note := "no connection to close was found" + c.youngOnes()
	switch {
	case c.user != "":
		names, err := UserNames(ctx, at.Broker, "")
		if err == nil && !slices.Contains(names, c.user) {
			note += "; the broker's own database has no user " + c.user + fail.DidYouMean(c.user, names)
		}
	case c.node != "":
		names, err := nodeNames(ctx, at.Broker, "")
		if err != nil {
			return nil, err
		}
		if !slices.Contains(names, c.node) {
			return nil, &Missing{What: "node", Name: c.node, Names: nodeNames}
		}
	default:
		if _, err := at.Broker.VHost(ctx, at.VHost); broker.IsNotFound(err) {
			return nil, &Missing{What: "vhost", Name: at.VHost, Err: err}
		} else if err != nil {
			return nil, err
		}
	}
	done := &Outcome{Word: "unchanged", Notes: []string{note}}
	if unseen := UnseenConnections(ctx, at.Broker, c.user, c.node); unseen != nil {
		done.Failed = NoneListed(unseen)
	}
	return &Plan{Done: done}, nil
}

// youngOnes says which connections the listing may lack. It returns "" if the connections of one user are to be closed,
// because the listing of one user's connections is complete.
func (c *closings) youngOnes() string {
	if c.user != "" {
		return ""
	}
	return "; connections that were opened in the last 5s may not be listed yet"
}

// chosen returns the connections that are to be closed, sorted by name; for the official tools in the order of the
// listing.
func (c *closings) chosen(ctx context.Context, at Site) ([]ListedConnection, error) {
	reader := record.NewReader(bindConnection)
	rows := at.Broker.Connections(ctx, reader.Columns())
	if c.user != "" && !at.Official {
		rows = at.Broker.UserConnections(ctx, c.user, reader.Columns())
	}
	var chosen []ListedConnection
	for one, err := range reader.All(rows) {
		if err != nil {
			return nil, err
		}
		if c.wants(one, at) {
			chosen = append(chosen, one)
		}
	}
	if !at.Official {
		slices.SortFunc(chosen, func(a, b ListedConnection) int { return strings.Compare(a.Name, b.Name) })
	}
	return chosen, nil
}

// close ends one of the chosen connections. The argument place is its position among them, from 0, and the argument of
// is their number. A connection that has gone meanwhile is no failure. For the official tools the outcome says how many
// are closed so far.
func (c *closings) close(ctx context.Context, at Site, name string, place, of int) (Outcome, error) {
	if place > 0 && c.delay > 0 {
		if err := at.Sleep(ctx, c.delay); err != nil {
			return Outcome{}, err
		}
	}
	err := at.Broker.CloseConnection(ctx, name, c.reason)
	gone := broker.IsNotFound(err) // it has gone by itself
	switch {
	case !at.Official && gone:
		return Outcome{Word: "absent"}, nil
	case !at.Official:
		return Outcome{Word: "closed"}, err
	case err != nil && !gone:
		return Outcome{}, fmt.Errorf("after %d of %d connections: %w", c.closed, of, err)
	case !gone:
		c.closed++
	}
	return Outcome{Word: "closed", Facts: record.Document{record.Fields("",
		record.Field{Column: record.Column{Name: "closed", Kind: record.Count}, Value: record.Of(c.closed)})}}, nil
}
