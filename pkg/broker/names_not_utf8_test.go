package broker_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// TestMute: if the name of one queue is not UTF-8, 4.3 answers 500 to every listing that would show this name. The
// client then lists the queues of all other virtual hosts.
func TestMute(t *testing.T) {
	t.Parallel()
	const typesOnly = "?columns=type&disable_stats=true"
	type lists map[string]func(ctx context.Context, c *broker.Client, vhost string) iter.Seq2[record.Row, error]
	column := []record.Column{{Name: "name"}}
	for how, list := range (lists{
		"listed": func(ctx context.Context, c *broker.Client, vhost string) iter.Seq2[record.Row, error] {
			return listQueues(ctx, c, vhost, column)
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
				sentence(t, end)
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

// TestMute_another: if a broker fails for another reason, the error must not blame a name that is not UTF-8.
func TestMute_another(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/queues"+nameOnly, 500, "")
	s.JSON("GET /api/queues?columns=type&disable_stats=true", 500, "")
	for _, err := range listQueues(t.Context(), client(t, s.URL), "", []record.Column{{Name: "name"}}) {
		if fail.KindOf(err) != fail.Unavailable || !strings.Contains(err.Error(), "failed with status 500") {
			t.Errorf("%s: %v", fail.KindOf(err), err)
		}
	}
}

// TestMute_everyListing: every listing that shows names says why 4.3 cannot list them. If the listing fails without
// names, too, the error does not blame them.
func TestMute_everyListing(t *testing.T) {
	t.Parallel()
	type rows = iter.Seq2[record.Row, error]
	type listing func(context.Context, *broker.Client, string, []record.Column) rows
	all := func(list func(*broker.Client, context.Context, []record.Column) rows) listing {
		return func(ctx context.Context, c *broker.Client, _ string, columns []record.Column) rows {
			return list(c, ctx, columns)
		}
	}
	of := func(list func(*broker.Client, context.Context, string, []record.Column) rows) listing {
		return func(ctx context.Context, c *broker.Client, vhost string, columns []record.Column) rows {
			return list(c, ctx, vhost, columns)
		}
	}
	for path, list := range map[string]listing{"users": all((*broker.Client).Users),
		"vhosts":      all((*broker.Client).VHosts),
		"user-limits": all((*broker.Client).UserLimits), "connections": all((*broker.Client).Connections),
		"channels": all((*broker.Client).Channels), "policies/v": of((*broker.Client).Policies),
		"operator-policies/v": of((*broker.Client).OperatorPolicies), "vhost-limits/v": of((*broker.Client).VHostLimits),
		"consumers/v": of((*broker.Client).Consumers), "parameters": of((*broker.Client).Parameters),
		"vhosts/v/permissions":       of((*broker.Client).Permissions),
		"vhosts/v/topic-permissions": of((*broker.Client).TopicPermissions),
		"users/v/permissions":        of((*broker.Client).UserPermissions),
		"users/v/topic-permissions":  of((*broker.Client).UserTopicPermissions),
		"vhosts/v/connections":       of((*broker.Client).VHostConnections),
		"parameters/federation-upstream": of(func(c *broker.Client, ctx context.Context, _ string, columns []record.Column) rows {
			return c.FederationUpstreams(ctx, "", columns)
		})} {
		for _, another := range []bool{false, true} {
			t.Run(fmt.Sprint(path, another), func(t *testing.T) {
				t.Parallel()
				s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					at := "/api/" + path
					if path == "vhosts" {
						at = "/api/exchanges" // the listing of virtual hosts fails whatever is asked for
					}
					if columns := r.URL.Query().Get("columns"); r.URL.Path != at || another ||
						strings.Contains(columns, "name") || strings.Contains(columns, "vhost") {
						w.WriteHeader(http.StatusInternalServerError)
						return
					}
					w.Header().Set("Content-Type", "application/json")
					io.WriteString(w, "[{}]")
				}))
				defer s.Close()
				says, kind := "a name there is not UTF-8", fail.Incomplete
				if another {
					says, kind = "failed with status 500", fail.Unavailable
				}
				for _, err := range list(t.Context(), client(t, s.URL), "v", record.Named("name", "vhost")) {
					if fail.KindOf(err) != kind || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "vhost") {
						t.Errorf("%s: %v", fail.KindOf(err), err)
					}
					if points := strings.Contains(steps.Of(err), "help name-not-utf-8"); points == another {
						t.Errorf("next: %s", steps.Of(err))
					}
				}
			})
		}
	}
}

// TestMute_definitions: at a name that is not UTF-8, 4.3 breaks off in the middle of the definitions. The next step
// then mentions such names beside other possible causes.
func TestMute_definitions(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/definitions", 200, `{"rabbit_version":"4.3.6","users":[{"na`)
	_, err := client(t, s.URL).Definitions(t.Context())
	if !strings.Contains(err.Error(), "broke off") || !strings.Contains(steps.Of(err), "help name-not-utf-8") {
		t.Errorf("%v, next: %s", err, steps.Of(err))
	}
}
