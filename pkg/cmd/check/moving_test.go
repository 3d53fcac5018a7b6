package check_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	askParameters = "GET /api/parameters?columns=component%2Cvhost%2Cname"
	askShovels    = "GET /api/shovels?columns=vhost%2Cname%2Cstate%2Cblocked_status%2Creason"
	askLinks      = "GET /api/federation-links?columns=vhost%2Cupstream%2Ctype%2Cexchange%2Cqueue%2Cstatus%2Cerror"
	mayNotSee     = `{"error":"not_authorised","reason":"User not authorised to access object"}`
)

func TestCheckShovels(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, shovels, declared string
		words                   []string
		kind                    fail.Kind
		says                    string
	}{
		{"running", `[{"vhost":"/","name":"a","state":"running"}]`, "", nil, "",
			"looked at: 1 of 2 virtual hosts; not seen: shovels that are declared"},
		{"terminated", `[{"vhost":"/","name":"a","state":"terminated","reason":"no queue"}]`, "", nil, fail.Critical,
			"shovel a in virtual host / is terminated (no queue)"},
		{"in flow control", `[{"vhost":"/","name":"a","state":"flow","blocked_status":"flow"}]`, "", nil, "",
			"OK - 1 of 1 shovel running"},
		{"blocked", `[{"vhost":"/","name":"a","state":"blocked","blocked_status":"blocked"}]`, "", nil, fail.Warning,
			"WARNING - shovel a in virtual host / is blocked by its destination"},
		{"running but blocked", `[{"vhost":"/","name":"a","state":"running","blocked_status":"blocked"}]`, "", nil,
			fail.Warning, "blocked by its destination"},
		{"static", `[{"name":"a","state":"starting"}]`, "", nil, fail.Warning, "shovel a is starting"},
		{"no state", `[{"vhost":"/","name":"a"}]`, "", nil, fail.Critical, "in an unknown state"},
		{"run by nobody", `[]`,
			`[{"component":"shovel","vhost":"/","name":"a"},{"component":"federation-upstream","vhost":"/","name":"u"}]`, nil,
			fail.Critical,
			"shovel a in virtual host / is declared, but no node runs it"},
		{"none", `[]`, "[]", nil, fail.Unknown, "next: --missing ok says that there may be none"},
		{"none is well", `[]`, "[]", []string{"--missing", "ok"}, "", "OK - there are no shovels"},
		{"none is critical", `[]`, "[]", []string{"--missing", "critical"}, fail.Critical, "CRITICAL - there are no shovels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			if tt.declared == "" {
				s.JSON(askParameters, 401, mayNotSee)
			} else {
				s.Always(askParameters, 200, tt.declared)
			}
			s.JSON(askShovels, 200, tt.shovels)
			s.JSON(askVHosts, 200, `[{"name":"/"},{"name":"hidden"}]`)
			s.JSON(askExchanges, 200, `[{"vhost":"/"},{"vhost":"/"}]`)
			got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, append([]string{"check_shovels"}, tt.words...)...)
			if kindOf(got.Error) != tt.kind || !strings.Contains(got.Out, tt.says) {
				t.Errorf("%v\n%s", got.Error, got.Out)
			}
		})
	}
}

// For a user without access to any virtual host, the listing is always empty. So the check is UNKNOWN, even with
// --missing ok.
func TestCheckShovels_blind(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]string{"check_shovels": askShovels, "check_federation": askLinks} {
		s := brokertest.New(t)
		if name == "check_shovels" {
			s.JSON(askParameters, 401, mayNotSee)
		}
		s.JSON(request, 200, `[]`)
		s.JSON(askVHosts, 200, `[{"name":"/"}]`)
		s.JSON(askExchanges, 200, `[]`)
		got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, name, "--missing", "ok")
		if kindOf(got.Error) != fail.Unknown || !strings.Contains(got.Out,
			"UNKNOWN - user monitor has no access to any virtual host") {
			t.Errorf("%v\n%s", got.Error, got.Out)
		}
	}
}

func TestCheckShovels_pluginOff(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON(askParameters, 200, `[]`)
	s.JSON(askShovels, 404, brokertest.Recorded(t, "3.10", "404-endpoint"))
	got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_shovels")
	if kindOf(got.Error) != fail.Unknown || !strings.Contains(got.Out, "its plugin rabbitmq_shovel_management is off") {
		t.Errorf("%v\n%s", got.Error, got.Out)
	}
}

func TestCheckFederation(t *testing.T) {
	t.Parallel()
	for links, want := range map[string]string{
		`[{"vhost":"/","upstream":"u","type":"exchange","exchange":"x","status":"running"}]`:                "OK - 1 of 1 link running",
		`[{"vhost":"/","upstream":"u","type":"queue","queue":"q","status":"error","error":"econnrefused"}]`: "CRITICAL - link of queue q in virtual host / to upstream u is in error (econnrefused)",
		`[{"vhost":"/","upstream":"u","type":"queue","queue":"q","exchange":"","status":"starting"}]`:       "WARNING - link of queue q in virtual host / to upstream u is starting",
		`[]`: "UNKNOWN - there are no links",
	} {
		s := brokertest.New(t)
		s.JSON(askLinks, 200, links)
		s.JSON(askVHosts, 200, `[{"name":"/"}]`)
		s.JSON(askExchanges, 200, `[{"vhost":"/"}]`)
		got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_federation")
		if !strings.HasPrefix(got.Out, want) {
			t.Errorf("want %s, got\n%s", want, got.Out)
		}
	}
}
