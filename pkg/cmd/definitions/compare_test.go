package definitions_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

// peer returns a fake broker of that release, with the answers that compare_brokers needs.
func peer(t *testing.T, release, nodes, flags string) *brokertest.Server {
	t.Helper()
	s := broker(t, release)
	s.JSON("GET /api/overview", 200, `{"rabbitmq_version":"`+release+`.1","erlang_version":"26","cluster_name":"`+release+
		`","object_totals":{"connections":3,"channels":4,"consumers":5,"queues":6},"queue_totals":{"messages":`+release[:1]+
		`0,"messages_ready":1,"messages_unacknowledged":2}}`)
	s.JSON("GET /api/nodes?columns=running%2Cenabled_plugins%2Capplications", 200, nodes)
	s.JSON("GET /api/feature-flags?columns=name%2Cstate", 200, flags)
	return s
}

func TestCompare(t *testing.T) {
	t.Parallel()
	const (
		oldNodes = `[{"running":true,"enabled_plugins":["rabbitmq_top","rabbitmq_shovel"],"applications":[` +
			`{"name":"rabbitmq_shovel","version":"3.10.1"},{"name":"rabbitmq_top","version":"3.10.1"}]}]`
		newNodes = `[{"running":true,"enabled_plugins":["rabbitmq_shovel","other"],"applications":[` +
			`{"name":"rabbitmq_shovel","version":"4.3.1"},{"name":"other","version":"1.0"}]},{"running":false}]`
		oldFlags = `[{"name":"quorum_queue","state":"enabled"},{"name":"stream_queue","state":"disabled"}]`
		newFlags = `[{"name":"stream_queue","state":"enabled"},{"name":"khepri_db","state":"enabled"}]`
	)
	for _, tt := range []struct{ name, words string }{
		{"all", "compare_brokers old new"},
		{"counts", "compare_brokers broker: new --where what=='count'&&result!='same' -o json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			old, recent := peer(t, "3.10", oldNodes, oldFlags), peer(t, "4.3", newNodes, newFlags)
			r := cmdtest.Run{Commands: definitions.Commands(), Env: inContexts(t, "old", old.URL, "new", recent.URL)}
			got := r.Do(t, old, strings.Fields(tt.words)...)
			got.Requests = nil // they are sent side by side
			golden.Check(t, "compare/"+tt.name, got.Golden(recent))
		})
	}
	t.Run("not declared", func(t *testing.T) {
		t.Parallel()
		old, recent := peer(t, "3.10", oldNodes, oldFlags), brokertest.New(t)
		recent.JSON("GET /api/overview", 200, `{"rabbitmq_version":"4.3.1","object_totals":{"queues":0},"queue_totals":{}}`)
		recent.JSON("GET /api/nodes?columns=running%2Cenabled_plugins%2Capplications", 200, newNodes)
		recent.JSON("GET /api/feature-flags?columns=name%2Cstate", 200, newFlags)
		recent.JSON("GET /api/definitions", 401, `{"error":"not_authorised","reason":"Not administrator user"}`)
		r := cmdtest.Run{Commands: definitions.Commands(), Env: inContexts(t, "old", old.URL, "new", recent.URL)}
		got := r.Do(t, old, "compare_brokers", "old", "new")
		if fail.KindOf(got.Error) != fail.Incomplete || !strings.Contains(got.Error.Error(),
			"the definitions of new cannot be read: ") || !strings.Contains(got.Out, "khepri_db") ||
			!strings.Contains(got.Out, "count\t\tmessages\t30\t0\tchanged\t\n") {
			t.Errorf("%v\n%s", got.Error, got.Out)
		}
	})
	t.Run("feature flags that 3.10 hides", func(t *testing.T) {
		t.Parallel()
		old, recent := brokertest.New(t), peer(t, "4.3", newNodes, newFlags)
		const no = `{"error":"not_authorised","reason":"Not administrator user"}`
		old.JSON("GET /api/overview", 200, `{"rabbitmq_version":"3.10.8","object_totals":{"queues":0},"queue_totals":{}}`)
		old.JSON("GET /api/nodes?columns=running%2Cenabled_plugins%2Capplications", 200, oldNodes)
		old.JSON("GET /api/feature-flags?columns=name%2Cstate", 401, no)
		old.JSON("GET /api/definitions", 401, no)
		r := cmdtest.Run{Commands: definitions.Commands(), Env: inContexts(t, "old", old.URL, "new", recent.URL)}
		got := r.Do(t, old, "compare_brokers", "old", "new")
		if fail.KindOf(got.Error) != fail.Incomplete || strings.Contains(got.Out, "feature flag") ||
			!strings.Contains(got.Error.Error(), "the feature flags and the definitions of old cannot be read: ") ||
			!strings.Contains(got.Out, "version\t\trabbitmq_version\t3.10.8\t") {
			t.Errorf("%v\n%s", got.Error, got.Out)
		}
	})
}

func TestCompare_refused(t *testing.T) {
	t.Parallel()
	for line, says := range map[string]string{
		"old":                      "B is missing",
		"old old":                  "A and B are the same: old",
		"old new":                  `there is no context "new"`,
		"old broker: --contexts x": "takes no --contexts",
		"old broker: nmae":         `did you mean "name"`,
	} {
		r := cmdtest.Run{Commands: definitions.Commands(), Env: inContexts(t, "old", "http://old.invalid")}
		got := r.Do(t, brokertest.New(t), append([]string{"compare_brokers"}, strings.Fields(line)...)...)
		if fail.KindOf(got.Error) != fail.Usage || !strings.Contains(got.Error.Error(), says) {
			t.Errorf("%s: %v", line, got.Error)
		}
	}
}
