package connection

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// closedWithin is how long a closed connection may stay in the listing.
const closedWithin = 10 * time.Second

// ownReason is what the client is told where nobody gave a reason.
const ownReason = "closed by an operator with rabbitctl"

func closeConnection() verb.Change {
	return verb.Change{
		Name:  "close_connection",
		Short: "Close a client connection",
		Long: `Close a client connection. The broker requeues the unacknowledged messages of its consumers; most clients
reconnect at once. CONNECTION is a name as in list_connections, or the name that the program gave its connection if no
other connection has it. rabbitmqctl takes a process identifier here, which the HTTP API does not have. The broker
sends REASON to the client and writes it to its log.

"closed" means that the broker no longer lists the connection, which can take some seconds. If the time runs out
first, the exit code is 75; the broker has accepted the request all the same.`,
		Example: `  rabbitctl close_connection '10.0.0.7:41544 -> 10.0.0.1:5672'
  rabbitctl close_connection stuck-worker-7 'does not acknowledge' --yes
  rabbitctl close_connection stuck-worker-7 --dry-run`,
		Args:        []verb.Arg{name(), {Name: "REASON", Optional: true}},
		Destructive: true,
		Validate: func(ask verb.Ask) error {
			// It travels in a header, where line ends would end it.
			if len(ask.Args) > 1 && strings.ContainsFunc(ask.Args[1], unicode.IsControl) {
				return fail.Usagef("REASON contains a control character").Next("write it in one line")
			}
			return nil
		},
		Plan: func(ctx context.Context, c *broker.Client, ask verb.Ask) (*change.Plan, error) {
			raw, err := find(ctx, c, ask.Args[0])
			if err != nil {
				return nil, err
			}
			reason := ownReason
			if len(ask.Args) > 1 {
				reason = ask.Args[1]
			}
			connection := raw.At("name").Text()
			hits, err := closing(ctx, c, raw)
			if err != nil {
				return nil, err
			}
			apply := func(ctx context.Context) (change.Outcome, error) {
				if err := c.CloseConnection(ctx, connection, reason); err != nil && !broker.IsNotFound(err) {
					return change.Outcome{}, err
				}
				return change.Outcome{Word: "closed", Facts: hits}, awaitGone(ctx, c, ask, connection)
			}
			return &change.Plan{
				Hits:  hits,
				Steps: []change.Step{{Action: "close connection " + connection, Do: apply}},
			}, nil
		},
	}
}

// closing is what the end of the connection hits.
func closing(ctx context.Context, c *broker.Client, raw record.Value) (record.Document, error) {
	columns := []record.Column{{Name: "name"}, {Name: "user_provided_name", Else: "client_properties.connection_name"},
		{Name: "user"}, {Name: "vhost"},
		{Name: "protocol"}, {Name: "connected_at", Kind: record.Timestamp}}
	s := record.Object("", columns, raw)
	channels, consumers, unacked, told := 0, int64(0), int64(0), true
	type channel struct{ consumers, unacked record.Value }
	reader := record.NewReader(func(b *record.Binder, ch *channel) {
		b.Value("consumer_count", func(v record.Value) { ch.consumers = v })
		b.Value("messages_unacknowledged", func(v record.Value) { ch.unacked = v })
	})
	for ch, err := range reader.All(c.ConnectionChannels(ctx, raw.At("name").Text(), reader.Columns())) {
		// Other protocols have no channels, and some users may not see them: the connection can be closed all the same.
		if kind := fail.KindOf(err); kind == fail.Denied || kind == fail.NotFound {
			told = false
			break
		}
		if err != nil {
			return nil, err
		}
		n, known := ch.unacked.Int()
		told = told && known
		unacked += n
		n, _ = ch.consumers.Int()
		consumers += n
		channels++
	}
	for _, f := range []struct {
		name  string
		value any
	}{{"channels", channels}, {"consumers", consumers}, {"messages_unacknowledged", unacked}} {
		s.Columns = append(s.Columns, record.Column{Name: f.name, Kind: record.Count})
		value := record.Of(f.value)
		if !told {
			value = nil
		}
		s.Rows[0] = append(s.Rows[0], value)
	}
	return record.Document{s}, nil
}

// awaitGone waits until the connection is seen to be gone. The broker has taken the order already, so an error is about
// that only.
func awaitGone(ctx context.Context, c *broker.Client, ask verb.Ask, name string) error {
	began := ask.Now()
	still := func() error {
		return fail.New(fail.Incomplete,
			"the broker accepted the request to close connection %s, but still lists it after %s", name, ask.Now().Sub(began).
				Round(time.Second)).
			Next("the listing can be some seconds old: once the connection is closed, rabbitctl show_connection %s says that it does not exist", fail.Word(name))
	}
	for until := began.Add(closedWithin); ; {
		_, err := c.Connection(ctx, name)
		// A user without the tag monitoring gets a failure of the broker's own where the name is not there.
		if broker.IsNotFound(err) || broker.Status(err) == 500 {
			return nil
		}
		if err != nil {
			return unseen(err, name)
		}
		if ask.Now().After(until) {
			return still()
		}
		switch err := ask.Sleep(ctx, 200*time.Millisecond); {
		case fail.KindOf(err) == fail.Timeout:
			return still()
		case err != nil:
			return unseen(err, name)
		}
	}
}

// unseen says that the broker has the order, and that it could not be seen what came of it.
func unseen(err error, name string) error {
	kind := fail.KindOf(err)
	if kind == fail.Timeout {
		kind = fail.Incomplete
	}
	return fail.New(kind,
		"the broker accepted the request to close connection %s, but it is not known whether it is closed: %w", name, err).
		Next("once the connection is closed, rabbitctl show_connection %s says that it does not exist", fail.Word(name))
}
