package queue_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// someQueues has queues with a reason against deleting them, such as messages or consumers, and queues with none.
const someQueues = `200 [
	{"name":"tmp.b","vhost":"/","type":"classic","state":"running","exclusive":false,"messages_ready":0,"messages_unacknowledged":3,"consumers":1,"idle_since":"2026-01-01T00:00:00.000+00:00"},
	{"name":"tmp.a","vhost":"/","type":"classic","state":"running","exclusive":false,"messages_ready":0,"messages_unacknowledged":0,"consumers":0,"idle_since":"2026-01-01T00:00:00.000+00:00"},
	{"name":"tmp.c","vhost":"/","type":"classic","state":"running","exclusive":false,"messages_ready":0,"messages_unacknowledged":0,"consumers":1,"idle_since":"2026-03-04T05:06:00.000+00:00"},
	{"name":"tmp.d","vhost":"/","type":"classic","state":"running","exclusive":true,"messages_ready":0,"messages_unacknowledged":0,"consumers":0,"idle_since":"2026-01-01T00:00:00.000+00:00"},
	{"name":"tmp.e","vhost":"/","type":"quorum","state":"running","exclusive":false,"messages_ready":5,"messages_unacknowledged":0,"consumers":0},
	{"name":"tmp.f","vhost":"/","type":"stream","state":"running","exclusive":false,"messages_ready":null,"messages_unacknowledged":0,"consumers":0},
	{"name":"tmp.g","vhost":"/","type":"classic","state":"down","exclusive":false},
	{"name":"other","vhost":"/","type":"classic","state":"running","exclusive":false,"messages_ready":0,"messages_unacknowledged":0,"consumers":0}]`

const (
	askSome = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cstate%2Cexclusive%2Cmessages_ready%2C" +
		"messages_unacknowledged%2Cconsumers%2Cidle_since&node_stats_age=60&node_stats_incr=5 "
	askCounts = "GET /api/queues?columns=vhost%2Cname%2Cmessages%2Cmessages_ready%2Cmessages_unacknowledged" +
		"&disable_stats=true&enable_queue_totals=true "
	askLeft = "GET /api/queues?columns=vhost%2Cname&disable_stats=true "
)

func TestBulk(t *testing.T) {
	t.Parallel()
	look := []string{askSome + someQueues, askCounts + someQueues}
	and := func(more ...string) []string { return append(append([]string{}, look...), more...) }
	emptyOnes := strings.NewReplacer(`"messages_ready":0`, `"messages":0,"messages_ready":0`, `"messages_ready":null`,
		`"messages":0,"messages_ready":0`).Replace(someQueues)
	const remove, refused = "DELETE /api/queues/%2F/", `400 {"error":"bad_request","reason":"in use"}`
	c := cmdtest.NewChange
	cmdtest.Changes(t, queue.Commands, "bulk", []cmdtest.ChangeCase{
		c("nothing chosen", "delete_queues --yes", "", nil),
		c("bad pattern", "delete_queues --match ( --yes", "", nil),
		c("no consent", "delete_queues --match .", "", nil),
		c("delete, dry run", "delete_queues --match ^tmp --idle 1d --if-empty --if-unused --dry-run", "",
			append(and(), look...)),
		c("delete", "delete_queues --match ^tmp.a --idle 1d --yes", "",
			and(remove+"tmp.a? 204", askLeft+`200 [{"vhost":"/","name":"other"}]`)),
		c("delete, gone meanwhile", "delete_queues --match ^tmp.b --idle 1d --yes", "",
			and(remove+"tmp.b? "+cmdtest.NotFound, askLeft+`200 [{"vhost":"/","name":"other"}]`)),
		c("delete, one got a consumer", "delete_queues --match ^tmp.a --idle 1d --if-unused --yes", "",
			append(and(remove+"tmp.a?if-unused=true "+refused, askLeft+`200 []`), look...)),
		c("delete, the virtual host has stopped", "delete_queues --match ^tmp.a --idle 1d --if-unused --yes", "",
			append(and(remove+`tmp.a?if-unused=true 400 {"error":"bad_request","reason":"vhost '/' is down"}`), look...)),
		c("delete, nothing left to do", "delete_queues --match ^tmp.[bcd] --idle 1d --if-empty --if-unused --yes", "", look),
		c("delete, one is declared again", "delete_queues --match ^tmp.a --idle 1d --yes -o json", "",
			append(and(remove+"tmp.a? 204"), slices.Repeat([]string{askLeft + someQueues}, 9)...)),
		c("delete, refused", "delete_queues --match ^tmp.a --idle 1d --yes", "", and(remove+"tmp.a? "+refused)),
		c("delete, as expected", "delete_queues --match ^tmp.a --idle 1d --expect-messages 0 --yes", "",
			and(remove+"tmp.a? 204", askLeft+`200 []`)),
		c("delete, not as expected", "delete_queues --match ^tmp.a --idle 1d --expect-messages 1:5 --yes", "", look),
		c("delete, expected is nonsense", "delete_queues --match ^tmp.a --idle 1d --expect-messages many --yes", "", nil),
		c("delete, chosen by counts", "delete_queues --match ^tmp.a --where messages==0&&consumers==0 --yes", "",
			[]string{strings.Replace(askSome, "%2Cidle_since", "%2Cmessages", 1) + emptyOnes, askCounts + emptyOnes,
				remove + "tmp.a?if-empty=true&if-unused=true " + refused, askLeft + `200 []`}),
		c("delete, a stream chosen by counts", "delete_queues --match ^tmp.f --where messages==0 --dry-run", "",
			slices.Repeat([]string{strings.Replace(askSome, "%2Cidle_since", "%2Cmessages", 1) + emptyOnes,
				askCounts + emptyOnes}, 2)),
		c("purge, not as expected", "purge_queues --match ^tmp.[be] --expect-messages :4 --yes", "",
			slices.Repeat([]string{strings.Replace(askSome, "%2Cidle_since", "", 1) + someQueues, askCounts + someQueues}, 2)),
		c("purge, dry run", "purge_queues --match ^tmp --idle 1d --dry-run", "", look),
	})
}
