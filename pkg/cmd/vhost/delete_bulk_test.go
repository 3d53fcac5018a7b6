package vhost_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/vhost"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestDeleteMany(t *testing.T) {
	t.Parallel()
	const (
		columns = "vhost%2Ctype%2Cmessages_ready%2Cmessages_unacknowledged%2Cname&disable_stats=true&enable_queue_totals=true "
		queues  = "GET /api/queues?columns=" + columns
		ofT1    = "GET /api/queues/t1?columns=" + columns
		some    = `200 [{"vhost":"t2","type":"classic","messages_ready":3,"messages_unacknowledged":1},{"vhost":"t3","type":"quorum","messages_ready":0,"messages_unacknowledged":0},{"vhost":"t4","type":"classic"}]`
		later   = `200 [{"vhost":"t3","type":"quorum","messages_ready":1,"messages_unacknowledged":0},{"vhost":"t4","type":"classic","messages_ready":0,"messages_unacknowledged":0}]`
		users   = "GET /api/permissions?columns=vhost "
		own     = users + `200 [{"vhost":"t1"},{"vhost":"t2"},{"vhost":"t2"},{"vhost":"t3"},{"vhost":"t4"},{"vhost":"/"}]`
		vhosts  = "GET /api/vhosts?columns=name%2Cprotected_from_deletion "
		all     = `200 [{"name":"t5"},{"name":"/"},{"name":"t4"},{"name":"t1"},{"name":"t2","protected_from_deletion":false},{"name":"t3"},{"name":"t6","protected_from_deletion":true}]`
		names   = "GET /api/vhosts?columns=name "
		remove  = "DELETE /api/vhosts/"
	)
	once := []string{queues + some, own, vhosts + all}
	and := func(more ...string) []string { return append(append([]string{}, once...), more...) }
	c := cmdtest.NewChange
	cmdtest.Changes(t, vhost.Commands, "delete_many", []cmdtest.ChangeCase{
		c("nothing chosen", "delete_vhosts --yes", "", nil),
		c("bad pattern", "delete_vhosts --match ( --yes", "", nil),
		c("no consent", "delete_vhosts --match .", "", nil),
		c("dry run", "delete_vhosts --match . --dry-run", "", once),
		c("no administrator", "delete_vhosts --match . --dry-run", "",
			[]string{queues + `200 []`, users + `401 {"error":"not_authorised","reason":"Not administrator user"}`}),
		c("dry run, in json", "delete_vhosts --match t1 --dry-run -o json", "", once),
		c("empty ones, dry run", "delete_vhosts --match . --if-empty --dry-run", "",
			and(queues+later, own, vhosts+all)),
		c("delete", "delete_vhosts --match t5 --yes", "", and(remove+"t5 204", names+`200 [{"name":"/"}]`)),
		c("gone meanwhile", "delete_vhosts --match t2 --yes", "", and(remove+"t2 "+cmdtest.NotFound, names+`200 []`)),
		c("protected meanwhile", "delete_vhosts --match t2 --yes", "",
			and(remove+"t2 "+`412 {"error":"precondition_failed","reason":"protected"}`, names+`200 []`)),
		c("filled meanwhile", "delete_vhosts --match t1 --if-empty --yes", "",
			and(ofT1+`200 [{"vhost":"t1","type":"classic","messages_ready":1,"messages_unacknowledged":0}]`, names+`200 []`)),
		c("there again", "delete_vhosts --match t2 --yes", "", and(remove+"t2 204", names+`200 [{"name":"t2"}]`)),
		c("refused", "delete_vhosts --match t2 --yes", "", and(remove+"t2 "+`400 {"error":"bad_request","reason":"no"}`)),
		c("nothing to do", "delete_vhosts --match t6 --yes", "", once),
	})
}
