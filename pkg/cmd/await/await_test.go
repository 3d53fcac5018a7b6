package await_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/await"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

const (
	askOverview = "GET /api/overview"
	askNodes    = "GET /api/nodes?columns=name%2Crunning%2Ctype%2Cbeing_drained%2Cpartitions%2Capplications"
	askReady    = "GET /api/health/checks/ready-to-serve-clients"

	overview = `{"node":"rabbit@a","listeners":[{"node":"rabbit@a","protocol":"amqp","ip_address":"::","port":5672}]}`
	deaf     = `{"node":"rabbit@a","listeners":[]}`
	running  = `[{"name":"rabbit@a","running":true}]`
	refused  = `{"error":"not_authorised","reason":"Login failed"}`
)

func do(t *testing.T, s *brokertest.Server, words ...string) cmdtest.Result {
	t.Helper()
	lists := []verb.List{
		{
			Name: "list_things", Scoped: true, Rows: verb.OfVHost((*broker.Client).Exchanges),
			Table: record.Table{Noun: "things", Default: []string{"vhost", "name"}, Columns: []record.Column{{Name: "vhost"},
				{Name: "name"}, {Name: "size", Kind: record.Count}}},
		},
		{
			Name: "list_of", Args: []verb.Arg{{Name: "USER"}}, Rows: verb.OfArg((*broker.Client).UserPermissions),
			Table: record.Table{Noun: "permissions", Default: []string{"vhost"}, Columns: []record.Column{{Name: "vhost"}}},
		},
		{
			Name: "list_within", Args: []verb.Arg{{Name: "USER"}}, Scoped: true,
			Rows:  verb.OfArg((*broker.Client).UserPermissions),
			Table: record.Table{Noun: "permissions", Default: []string{"vhost"}, Columns: []record.Column{{Name: "vhost"}}},
		},
	}
	return cmdtest.Run{Commands: await.Commands(lists)}.Do(t, s, words...)
}

func TestAwaitReady(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	// These are the answers of a booting node: it closes the connection, sends an error, does not have the users yet, does
	// not listen yet.
	s.Handle(askOverview, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	s.JSON(askOverview, 500, `{"error":"Internal Server Error","reason":"noproc"}`)
	s.JSON(askOverview, 401, refused)
	for _, body := range []string{deaf, overview} {
		s.JSON(askOverview, 200, body)
		s.JSON(askNodes, 200, running)
		s.JSON(askReady, 404, `{"error":"Object Not Found","reason":"Not Found"}`)
	}
	got := do(t, s, "await_ready", "--interval", "100ms", "--timeout", "30s")
	if got.Error != nil || got.Out != "ready: rabbit@a: listener 5672 up, application running\n" || got.Err != "" {
		t.Errorf("%v %q %q", got.Error, got.Out, got.Err)
	}
}

func TestAwaitReady_inVain(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.Always(askOverview, 200, deaf)
	s.Always(askNodes, 200, running)
	s.Always(askReady, 200, `{"status":"ok"}`)
	// The last look can have so little time left that it only asks whether anything answers at all.
	s.Optional("GET /api/whoami", 200, `{"name":"u","tags":[]}`)
	got := do(t, s, "await_ready", "--interval", "100ms", "--timeout", "500ms")
	want := "http://BROKER is not ready after 500ms: rabbit@a listens for neither amqp nor amqp/ssl"
	if fail.KindOf(got.Error) != fail.Timeout || cmdtest.Hide(s, got.Error.Error()) != want || got.Out != "" {
		t.Errorf("%v %q", got.Error, got.Out)
	}
	if next := steps.Of(got.Error); !strings.HasPrefix(next, "use a longer --timeout; rabbitctl listeners shows ") {
		t.Errorf("next: %s", next)
	}
}

func TestAwaitReady_interrupted(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.Handle(askOverview, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	got := cmdtest.Run{Context: ctx, Commands: await.Commands(nil)}.Do(t, s, "await_ready")
	if fail.KindOf(got.Error) != fail.Canceled || got.Out != "" {
		t.Errorf("%v %q", got.Error, got.Out)
	}
}

const askThings = "GET /api/exchanges?columns=name%2Csize"

func TestWaitFor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		// bodies are the answers to successive requests.
		bodies []string
		words  []string
		out    string
	}{
		{"at once", []string{`[{"name":"a","size":1},{"name":"b","size":5}]`}, nil, "1 of 2 things (b)"},
		{"in the end", []string{`[]`, `[{"name":"b"}]`, `[{"name":"b","size":2}]`, `[{"name":"b","size":4}]`}, nil,
			"1 of 1 things (b)"},
		{"gone", []string{`[{"name":"b","size":4}]`, `[{"name":"b","size":3}]`}, []string{"--gone"}, "0 of 1 things"},
		{"gone is not unknown", []string{`[{"name":"b"}]`, `[{"name":"b","size":3}]`}, []string{"--gone"}, "0 of 1 things"},
		{"count", []string{`[{"name":"a","size":9},{"name":"b","size":4},{"name":"c","size":4}]`,
			`[{"name":"a","size":9},{"name":"b","size":4},{"name":"c","size":1}]`},
			[]string{"--count", "2"}, "2 of 3 things (a, b)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for _, b := range tt.bodies {
				s.JSON(askThings, 200, b)
				if b == "[]" {
					s.JSON("GET /api/vhosts?columns=name", 200, `[{"name":"/"}]`)
					s.JSON("GET /api/exchanges?columns=vhost", 200, `[{"vhost":"/"}]`)
				}
			}
			got := do(t, s, append([]string{"wait_for", "list_things where size > 3", "--interval", "100ms", "--timeout", "30s"},
				tt.words...)...)
			if got.Error != nil || got.Out != tt.out+"\n" {
				t.Errorf("%v %q", got.Error, got.Out)
			}
		})
	}
}

// TestWaitFor_absent: no row is left when an object that the listing names is gone.
func TestWaitFor_absent(t *testing.T) {
	t.Parallel()
	const missing = `{"error":"Object Not Found","reason":"Not Found"}`
	for name, c := range map[string]struct {
		words   []string
		answers []string
		out     string
		kind    fail.Kind
	}{
		"user": {[]string{"list_of ann", "--gone"}, []string{"users/ann/permissions?columns=vhost 404"},
			"0 permissions: http://BROKER has no such object: users/ann/permissions\n", ""},
		"user, no row": {[]string{"list_of ann", "--count", "0"}, []string{"users/ann/permissions?columns=vhost 404"},
			"0 permissions: http://BROKER has no such object: users/ann/permissions\n", ""},
		"user, one row": {[]string{"list_of ann"}, []string{"users/ann/permissions?columns=vhost 404"}, "", fail.Timeout},
		"where the user has access": {[]string{"list_within ann", "--gone"},
			[]string{"users/ann/permissions?columns=vhost 404"}, "", fail.Timeout},
		"virtual host": {[]string{"list_things", "-p", "v", "--gone"}, []string{"exchanges/v?columns=name 404",
			"exchanges/v/amq.default 404", `vhosts?columns=name 200 [{"name":"/"}]`,
			`whoami 200 {"name":"u","tags":["monitoring"]}`},
			"0 things: virtual host v does not exist on http://BROKER, or user monitor has no access to it\n", ""},
		"virtual host, of a user who does not see all": {[]string{"list_things", "-p", "v", "--gone"},
			[]string{"exchanges/v?columns=name 404", "exchanges/v/amq.default 404", `vhosts?columns=name 200 [{"name":"/"}]`,
				`whoami 200 {"name":"u","tags":["management"]}`}, "", fail.Timeout},
		"virtual host without access": {[]string{"list_things", "-p", "v", "--gone"},
			[]string{"exchanges/v?columns=name 404", "exchanges/v/amq.default 404", `vhosts?columns=name 200 [{"name":"v"}]`},
			"", fail.Denied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for _, answer := range c.answers {
				request, answer, _ := strings.Cut(answer, " ")
				status, body := brokertest.StatusOf(answer + "  ")
				if status == http.StatusNotFound {
					body = missing
				}
				s.Always("GET /api/"+request, status, body)
			}
			limit := "30s"
			if c.kind == fail.Timeout {
				limit = "500ms"
			}
			got := do(t, s, append([]string{"wait_for", "--interval", "100ms", "--timeout", limit}, c.words...)...)
			if cmdtest.Hide(s, got.Out) != c.out || fail.KindOf(got.Error) != c.kind {
				t.Errorf("%q %v", got.Out, got.Error)
			}
		})
	}
}

func TestWaitFor_ends(t *testing.T) {
	t.Parallel()
	t.Run("in vain", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.Always(askThings, 200, `[{"name":"a","size":9},{"name":"b"}]`)
		got := do(t, s, "wait_for", "list_things", "where", "size > 3", "--gone", "--interval", "100ms", "--timeout", "500ms")
		want := "waited for list_things where size > 3 to have no row, and gave up after 500ms: 1 of 2 things (a); 1 more may match: the broker has not sent a value that the filter needs"
		if fail.KindOf(got.Error) != fail.Timeout || got.Error.Error() != want {
			t.Error(got.Error)
		}
	})
	t.Run("a mistyped virtual host", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		const missing = `{"error":"Object Not Found","reason":"Not Found"}`
		s.Always("GET /api/exchanges/prdo?columns=name", 404, missing)
		s.Always("GET /api/exchanges/prdo/amq.default", 404, missing)
		s.Always("GET /api/vhosts?columns=name", 200, `[{"name":"prod"}]`)
		got := do(t, s, "wait_for", "list_things", "-p", "prdo", "--interval", "100ms", "--timeout", "500ms")
		if fail.KindOf(got.Error) != fail.Timeout || !strings.Contains(got.Error.Error(),
			`virtual host prdo does not exist`) || !strings.Contains(got.Error.Error(), `did you mean "prod"?`) ||
			!strings.HasPrefix(steps.Of(got.Error), "rabbitctl list_vhosts shows the virtual hosts") {
			t.Errorf("%v; next %q", got.Error, steps.Of(got.Error))
		}
	})
	t.Run("a user who sees nothing", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askThings, 200, "[]")
		s.JSON("GET /api/vhosts?columns=name", 200, `[{"name":"/"}]`)
		s.JSON("GET /api/exchanges?columns=vhost", 200, "[]")
		got := do(t, s, "wait_for", "list_things where size > 3", "--gone")
		if fail.KindOf(got.Error) != fail.Denied || !strings.Contains(got.Error.Error(),
			"has no access to any virtual host") {
			t.Error(got.Error)
		}
	})
	t.Run("a wrong password", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/users/ann/permissions?columns=vhost", 401, refused)
		got := do(t, s, "wait_for", "list_of ann")
		if fail.KindOf(got.Error) != fail.Denied {
			t.Error(got.Error)
		}
	})
	for name, words := range map[string][]string{
		"nothing": nil, "no such listing": {"list_thing"}, "no such column": {"list_things where seize > 3"},
		"no filter":            {"list_things where"},
		"an argument too many": {"list_things a"}, "an argument too few": {"list_of"}, "both": {"list_things", "--gone",
			"--count", "1"},
		"below zero": {"list_things", "--count", "-1"}, "too often": {"list_things", "--interval", "1ms"},
		"an empty name": {"list_of", ".."},
	} {
		t.Run("usage "+name, func(t *testing.T) {
			t.Parallel()
			got := do(t, brokertest.New(t), append([]string{"wait_for"}, words...)...)
			if fail.KindOf(got.Error) != fail.Usage || strings.Contains(got.Error.Error(), "\n") {
				t.Error(got.Error)
			}
		})
	}
}
