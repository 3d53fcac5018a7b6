package limit_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/limit"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestVHostChanges(t *testing.T) {
	t.Parallel()
	const (
		ask     = "GET /api/vhost-limits/v?columns=value "
		none    = `200 []`
		some    = `200 [{"vhost":"v","value":{"max-queues":5}}]`
		other   = `200 [{"vhost":"v","value":{"max-connections":7}}]`
		put     = "PUT /api/parameters/vhost-limits/v/limits 204"
		remove  = "DELETE /api/parameters/vhost-limits/v/limits "
		nowhere = ask + cmdtest.NotFound
		shut    = "GET /api/exchanges/v/amq.default " + cmdtest.NotFound
		names   = "GET /api/vhosts?columns=name " + `200 [{"name":"w"}]`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, limit.Commands, "vhost", []cmdtest.ChangeCase{
		c("set", `set_vhost_limits -p v {"max-queues":5}`, "", []string{ask + none, put, ask + some}),
		c("set others", `set_vhost_limits -p v {"max-connections":7}`, "", []string{ask + some, put, ask + other}),
		c("set again", `set_vhost_limits -p v {"max-queues":5}`, "", []string{ask + some}),
		c("set, taken otherwise", `set_vhost_limits -p v {"max-queues":6}`, "", []string{ask + some, put, ask + some}),
		c("set, compared", `set_vhost_limits -p v {"max-queues":6} --check`, "", []string{ask + some}),
		c("set, missing", `set_vhost_limits -p v {"max-queues":6} --check`, "", []string{ask + none}),
		c("set, dry run", `set_vhost_limits -p v {} --dry-run`, "", []string{ask + some}),
		c("set nowhere", `set_vhost_limits -p v {"max-queues":5}`, "", []string{nowhere, shut, names}),
		c("set, no such limit", `set_vhost_limits -p v {"max-ques":5}`, "", nil),
		c("set, no number", `set_vhost_limits -p v {"max-queues":"5"}`, "", nil),
		c("set, no whole number", `set_vhost_limits -p v {"max-queues":5.5}`, "", nil),
		c("set, no object", `set_vhost_limits -p v [5]`, "", nil),
		c("set, no JSON", `set_vhost_limits -p v {`, "", nil),
		c("clear", "clear_vhost_limits -p v --yes", "", []string{ask + some, remove + "204"}),
		c("clear, dry run", "clear_vhost_limits -p v --dry-run", "", []string{ask + some}),
		c("clear none", "clear_vhost_limits -p v --yes", "", []string{ask + none}),
		c("clear none, which is no failure", "clear_vhost_limits -p v --yes --if-exists", "", []string{ask + none}),
		c("clear, gone meanwhile", "clear_vhost_limits -p v --yes --if-exists", "",
			[]string{ask + some, remove + cmdtest.NotFound}),
		c("clear nowhere", "clear_vhost_limits -p v --yes --if-exists", "", []string{nowhere, shut, names}),
		c("clear without consent", "clear_vhost_limits -p v", "", nil),
	})
}

func TestUserChanges(t *testing.T) {
	t.Parallel()
	const (
		ask      = "GET /api/user-limits/pa?columns=value "
		none     = `200 []`
		channels = `200 [{"user":"pa","value":{"max-channels":9}}]`
		both     = `200 [{"user":"pa","value":{"max-connections":7,"max-channels":9}}]`
		limit1   = "/api/user-limits/pa/max-channels 204"
		limit2   = "/api/user-limits/pa/max-connections 204"
		nobody   = ask + cmdtest.NotFound
		names    = "GET /api/users?columns=name " + `200 [{"name":"pb"}]`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, limit.Commands, "user", []cmdtest.ChangeCase{
		c("set both", `set_user_limits pa {"max-connections":7,"max-channels":9}`, "",
			[]string{ask + none, "PUT " + limit1, ask + channels, "PUT " + limit2, ask + both}),
		c("set both, one is refused", `set_user_limits pa {"max-connections":7,"max-channels":9}`, "",
			[]string{ask + none, "PUT " + limit1, ask + channels, "PUT " + strings.Replace(limit2, "204",
				`400 {"error":"bad_request","reason":"no"}`, 1)}),
		c("set one more", `set_user_limits pa {"max-connections":7,"max-channels":9}`, "",
			[]string{ask + channels, "PUT " + limit2, ask + both}),
		c("set another", `set_user_limits pa {"max-channels":9}`, "",
			[]string{ask + `200 [{"user":"pa","value":{"max-channels":8}}]`, "PUT " + limit1, ask + channels}),
		c("set again", `set_user_limits pa {"max-channels":9}`, "", []string{ask + both}),
		c("set, taken otherwise", `set_user_limits pa {"max-channels":9}`, "",
			[]string{ask + none, "PUT " + limit1, ask + none}),
		c("set, compared", `set_user_limits pa {"max-channels":8} --check`, "", []string{ask + both}),
		c("set, missing", `set_user_limits pa {"max-channels":8} --check`, "", []string{ask + none}),
		c("set, dry run", `set_user_limits pa {"max-channels":8} --dry-run`, "", []string{ask + both}),
		c("set for nobody", `set_user_limits pa {"max-channels":8}`, "", []string{nobody, names}),
		c("set, no such limit", `set_user_limits pa {"max-queues":5}`, "", nil),
		c("set nothing", `set_user_limits pa {}`, "", nil),
		c("clear", "clear_user_limits pa max-channels --yes", "", []string{ask + both, "DELETE " + limit1}),
		c("clear all", "clear_user_limits pa all --yes", "", []string{ask + both, "DELETE " + limit2, "DELETE " + limit1}),
		c("clear, dry run", "clear_user_limits pa all --dry-run", "", []string{ask + channels}),
		c("clear none", "clear_user_limits pa max-connections --yes", "", []string{ask + channels}),
		c("clear none, which is no failure", "clear_user_limits pa all --yes --if-exists", "", []string{ask + none}),
		c("clear, no such limit", "clear_user_limits pa max-queues --yes", "", nil),
		c("clear of nobody", "clear_user_limits pa all --yes --if-exists", "", []string{nobody, names}),
	})
}
