package queues_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// TestMute: if one name is not UTF-8, 4.3 answers 500 to every listing with names. Read and List then list the queues
// of all other virtual hosts.
func TestMute(t *testing.T) {
	t.Parallel()
	const nameOnly = "?columns=name&disable_stats=true"
	const typesOnly = "?columns=type&disable_stats=true"
	type lists map[string]func(ctx context.Context, c *broker.Client, vhost string) iter.Seq2[record.Row, error]
	column := []record.Column{{Name: "name"}}
	for how, list := range (lists{
		"Read": func(ctx context.Context, c *broker.Client, vhost string) iter.Seq2[record.Row, error] {
			return queues.Read(ctx, c, vhost, column)
		},
		"List": func(ctx context.Context, c *broker.Client, vhost string) iter.Seq2[record.Row, error] {
			return queues.List(ctx, c, queues.Wish{VHost: vhost}, column)
		},
	}) {
		for _, vhost := range []string{"", "latin"} {
			t.Run(how+" "+vhost, func(t *testing.T) {
				t.Parallel()
				s := brokertest.New(t)
				s.JSON("GET /api/queues/latin"+nameOnly, 500, "")
				s.JSON("GET /api/queues/latin"+typesOnly, 200, `[{"type":"classic"}]`)
				if vhost == "" {
					s.JSON("GET /api/queues"+nameOnly, 500, "")
					s.JSON("GET /api/queues"+typesOnly, 200, `[{"type":"classic"}]`)
					s.JSON("GET /api/vhosts?columns=name", 200, `[{"name":"a"},{"name":"latin"},{"name":"shut"},{"name":"z"}]`)
					s.JSON("GET /api/queues/a"+nameOnly, 200, `[{"name":"one"}]`)
					s.JSON("GET /api/queues/shut"+nameOnly, 401,
						`{"error":"not_authorised","reason":"User not authorised to access virtual host"}`)
					s.JSON("GET /api/queues/z"+nameOnly, 200, `[{"name":"two"}]`)
				}
				var got []string
				var end error
				for row, err := range list(t.Context(), client(t, s.URL), vhost) {
					if end = err; err == nil {
						got = append(got, row[0].Text())
					}
				}
				if fail.KindOf(end) != fail.Incomplete || !strings.Contains(end.Error(),
					"the queues of virtual host latin cannot be listed: a name there is not UTF-8") {
					t.Errorf("%s: %v", fail.KindOf(end), end)
				}
				if want := map[string]string{"": "one two", "latin": ""}[vhost]; strings.Join(got, " ") != want {
					t.Errorf("%v, want %s", got, want)
				}
			})
		}
	}
}
