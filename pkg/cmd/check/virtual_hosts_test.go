package check_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestCheckVirtualHosts(t *testing.T) {
	t.Parallel()
	const (
		ask, list = checksAt + "virtual-hosts", "GET /api/vhosts?columns=name%2Ccluster_state"
		down      = `503 {"status":"failed","reason":"Some virtual hosts are down","virtual-hosts":["/","prod"]}`
		running   = `[{"name":"/","cluster_state":{"rabbit@a":"running","rabbit@b":"running"}}]`
	)
	tests := []struct {
		name, here, listed string
		want               fail.Kind
		says               string
	}{
		{"well", `{"status":"ok"}`, running, "", "OK - the only listed virtual host runs on all 2 nodes that report it"},
		{"down here", down,
			`[{"name":"/","cluster_state":{"rabbit@a":"stopped"}},{"name":"prod","cluster_state":{"rabbit@a":"stopped"}}]`,
			fail.Critical,
			"CRITICAL - virtual host / is stopped on rabbit@a; virtual host prod is stopped on rabbit@a\nnext: rabbitctl restart_vhost -p / --node rabbit@a"},
		{"down on another node", `{"status":"ok"}`,
			`[{"name":"a b","cluster_state":{"rabbit@a":"running","rabbit@b":"stopped"}}]`, fail.Critical,
			"virtual host a b is stopped on rabbit@b\nnext: rabbitctl restart_vhost -p 'a b' --node rabbit@b"},
		{"down here, and the listing is older", down, running, fail.Critical, "Some virtual hosts are down: /, prod"},
		{"the listing is closed", `{"status":"ok"}`, `401 {"error":"not_authorised","reason":"Not monitor user"}`,
			fail.Unknown, "Not monitor user"},
		{"down here, and the listing is closed", down, `401 {"error":"not_authorised","reason":"Not monitor user"}`,
			fail.Critical, "Some virtual hosts are down: /, prod"},
		{"down here, and the listing fails", down, `500 {"error":"internal","reason":"no"}`, fail.Critical,
			"Some virtual hosts are down: /, prod"},
		{"a node does not answer", `{"status":"ok"}`, `[{"name":"/","cluster_state":{"rabbit@a":"running","rabbit@b":"nodedown"}}]`,
			fail.Unknown, "no state of virtual hosts came from rabbit@b"},
		{"nothing is seen", `{"status":"ok"}`, `[]`, fail.Unknown, "has no access to any virtual host of"},
		{"nothing is listed", down, `[]`, fail.Critical, "Some virtual hosts are down: /, prod"},
		{"the listing fails", `{"status":"ok"}`, `500 {"error":"internal","reason":"no"}`, fail.Unknown, "UNKNOWN - "},
		{"not offered", `404 ` + brokertest.Recorded(t, "3.10", "404-endpoint"), "", fail.Unknown,
			"is not offered by this broker"},
		{"login", `401 ` + brokertest.Recorded(t, "4.3", "401-login"), "", fail.Unknown, "wrong password"},
		{"odd", `{"status":"yes"}`, "", fail.Unknown, "says neither ok nor failed"},
		{"no status", `{"well":"yes"}`, "", fail.Unknown, "an object without status"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			status, body := brokertest.StatusOf(tt.here)
			s.JSON(ask, status, body)
			if tt.listed != "" {
				status, body = brokertest.StatusOf(tt.listed)
				s.JSON(list, status, body)
			}
			if tt.listed == "[]" && tt.want == fail.Unknown {
				s.JSON("GET /api/vhosts?columns=name", 200, "[]")
			}
			got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_virtual_hosts")
			if kindOf(got.Error) != tt.want || !strings.Contains(got.Out, tt.says) {
				t.Errorf("%v\n%s", got.Error, got.Out)
			}
		})
	}
}
