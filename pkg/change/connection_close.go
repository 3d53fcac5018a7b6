package change

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// closedWithin is how long a closed connection may stay in the listing before that is an error.
const closedWithin = 10 * time.Second

// OwnReason is the reason that the client gets if no reason was given.
const OwnReason = "closed by an operator with rabbitctl"

// ByPid is the cause of an error about a connection that was given by its process identifier in place of its name.
type ByPid struct{}

func (ByPid) Error() string {
	return "the HTTP API knows connections by name, not by process identifier"
}

// CloseConnection closes a client's connection. rabbitctl also finds it by the name that a program gave it, and waits
// until it is gone.
func CloseConnection() Op {
	var name string
	reason := OwnReason
	return Op{
		Name: "close_connection", Noun: "connection", Loses: true, Removes: true,
		Params: []Param{Arg("connection", &name, ConnectionNames), reasonArg(&reason)},
		Check: func() error {
			if strings.HasPrefix(name, "<") {
				e := fail.Usagef("%s", ByPid{}.Error()).Next("rabbitctl list_connections name shows the names")
				e.Err = ByPid{}
				return e
			}
			return OneLine(reason)
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official {
				return Once("close connection "+name, "closed", func(ctx context.Context) error {
					return missingConnection(name, at.Broker.CloseConnection(ctx, name, reason))
				}), nil
			}
			return planClosing(ctx, at, name, reason)
		},
	}
}

// reasonArg returns the parameter for the reason that the client gets. The official tools require it; rabbitctl has a
// default, OwnReason.
func reasonArg(into *string) Param {
	p := FreeArg("reason", "what the client is told", into)
	p.Optional = true
	return p
}

// OneLine refuses a reason with control characters: it travels in an HTTP header, which a line break would end.
func OneLine(reason string) error {
	if strings.ContainsFunc(reason, unicode.IsControl) {
		return fail.Usagef("the reason contains a control character").Next("write it in one line")
	}
	return nil
}

func missingConnection(name string, err error) error {
	if broker.IsNotFound(err) {
		return &Missing{What: "connection", Name: name, Err: err}
	}
	return err
}

func planClosing(ctx context.Context, at Site, wanted, reason string) (*Plan, error) {
	raw, err := FindConnection(ctx, at.Broker, wanted)
	if err != nil {
		return nil, err
	}
	name := raw.At("name").Text()
	hits, err := closing(ctx, at.Broker, raw)
	if err != nil {
		return nil, err
	}
	apply := func(ctx context.Context) (Outcome, error) {
		if err := at.Broker.CloseConnection(ctx, name, reason); err != nil && !broker.IsNotFound(err) {
			return Outcome{}, err
		}
		if err := awaitGone(ctx, at, name); err != nil {
			return Outcome{Word: "incomplete"}, err
		}
		return Outcome{Word: "closed", Facts: hits}, nil
	}
	return &Plan{Hits: hits, Steps: []Step{{Action: "close connection " + name, Do: apply}}}, nil
}

// closing returns what the end of the connection affects.
func closing(ctx context.Context, c *broker.Client, raw record.Value) (record.Document, error) {
	columns := []record.Column{{Name: "name"}, ProgramName(),
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
		// Connections of some protocols have no channels, and some users may not see channels: the connection can be closed
		// anyway.
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

// awaitGone waits until the broker no longer lists the connection. The broker has already accepted the request to close
// it, so an error means only that the closing was not seen.
func awaitGone(ctx context.Context, at Site, name string) error {
	began := at.Now()
	still := func() error {
		return fail.New(fail.Incomplete,
			"the broker accepted the request to close connection %s, but still lists it after %s", name, at.Now().Sub(began).
				Round(time.Second)).
			Next("the listing can be some seconds old: once the connection is closed, %s says that it does not exist",
				fail.Command("show_connection", name))
	}
	for until := began.Add(closedWithin); ; {
		_, err := at.Broker.Connection(ctx, name)
		// A user without the tag monitoring gets status 500 if the connection does not exist.
		if broker.IsNotFound(err) || broker.Status(err) == 500 {
			return nil
		}
		if err != nil {
			return unseenClosing(err, name)
		}
		if at.Now().After(until) {
			return still()
		}
		switch err := at.Sleep(ctx, 200*time.Millisecond); {
		case fail.KindOf(err) == fail.Timeout:
			return still()
		case err != nil:
			return unseenClosing(err, name)
		}
	}
}

// unseenClosing says that the broker accepted the request, and that its effect is not known.
func unseenClosing(err error, name string) error {
	kind := fail.KindOf(err)
	if kind == fail.Timeout {
		kind = fail.Incomplete
	}
	return fail.New(kind,
		"the broker accepted the request to close connection %s, but it is not known whether it is closed: %w", name, err).
		Next("once the connection is closed, %s says that it does not exist", fail.Command("show_connection", name))
}
