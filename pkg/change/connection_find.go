package change

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ProgramName is the column with the name that a program gave its connection.
func ProgramName() record.Column {
	return record.Column{Name: "user_provided_name", Else: "client_properties.connection_name"}
}

// ConnectionNames returns the names of the client connections that the user may see: without the tag monitoring only
// the user's own.
func ConnectionNames(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	return record.Texts(c.Connections(ctx, record.Named("name")))
}

// FindConnection looks a connection up by its name, and if there is none of that name, by the name that a program gave
// it. If several connections have that name, it returns an error.
func FindConnection(ctx context.Context, c *broker.Client, wanted string) (record.Value, error) {
	raw, err := c.Connection(ctx, wanted)
	// A user without the tag monitoring gets status 500 if the name does not exist.
	if !broker.IsNotFound(err) && broker.Status(err) != 500 {
		return raw, err
	}
	var named, programs []string
	type connection struct{ name, program string }
	reader := record.NewReader(func(b *record.Binder, one *connection) {
		b.Text("name", &one.name)
		b.Column(ProgramName(), func(v record.Value) { one.program = v.Text() })
	})
	for one, err := range reader.All(c.Connections(ctx, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		programs = append(programs, one.name, one.program)
		if one.program == wanted {
			named = append(named, one.name)
		}
	}
	switch len(named) {
	case 0:
		e := fail.New(fail.NotFound, "connection %s does not exist on %s%s", wanted, c.BaseURL(), fail.DidYouMean(wanted,
			programs)).
			Next("rabbitctl list_connections name user_provided_name shows those that exist")
		e.Err = &Missing{What: "connection", Name: wanted, Err: err}
		return nil, e
	case 1:
		return c.Connection(ctx, named[0])
	}
	return nil, fail.New(fail.Data, "%d connections are called %s: %s", len(named), wanted,
		strings.Join(named[:min(len(named), 3)], ", ")).
		Next("give the name of one of them; rabbitctl list_connections name user_provided_name shows them all")
}
