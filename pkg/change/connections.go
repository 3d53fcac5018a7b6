package change

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ListedConnection is a row of a listing of connections. VHost is "" while the client logs in.
type ListedConnection struct{ Name, User, VHost, Node string }

func bindConnection(b *record.Binder, one *ListedConnection) {
	b.Text("name", &one.Name)
	b.Text("user", &one.User)
	b.Text("vhost", &one.VHost)
	b.Text("node", &one.Node)
}

// ConnectionsHit returns the table of connections for a preview.
func ConnectionsHit(all []ListedConnection) record.Section {
	s := record.Section{Name: "connections", Columns: record.Named("name", "user", "vhost", "node")}
	for _, one := range all {
		s.Rows = append(s.Rows, record.Row{record.Of(one.Name), record.Of(one.User), record.Of(one.VHost),
			record.Of(one.Node)})
	}
	return s
}

// AllClosed checks that the closed connections are gone. It lists all names, and repeats that for some seconds while a
// closed connection is still listed.
func AllClosed(ctx context.Context, at Site, closed []ListedConnection) error {
	var still []string
	_, err := at.Until(ctx, closedWithin, 200*time.Millisecond, time.Second, func() (bool, error) {
		still = nil
		names, err := ConnectionNames(ctx, at.Broker, "")
		there := map[string]bool{}
		for _, name := range names {
			there[name] = true
		}
		for _, one := range closed {
			if there[one.Name] {
				still = append(still, one.Name)
			}
		}
		return len(still) == 0, err
	})
	switch {
	case err != nil:
		return fail.New(fail.Incomplete,
			"the broker accepted the requests, but it is not known whether the connections are closed: %w", err)
	case len(still) > 0:
		return fail.New(fail.Incomplete, "the broker accepted the requests, but still lists %s (first: %s)",
			prose.Plural(len(still), "connection", "connections"), still[0]).
			Next("the listing can be some seconds old: rabbitctl list_connections name")
	}
	return nil
}
