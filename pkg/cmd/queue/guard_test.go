package queue_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// lookAt answers the requests with which a destructive command looks once at the queue "orders". The queue has this
// type, this number of ready messages and this number of consumers.
func lookAt(s *brokertest.Server, kind, ready string, consumers int) {
	details := strings.TrimSuffix(strings.Repeat(`{"consumer_tag":"a"},`, consumers), ",")
	theQueue(s, `{"name":"orders","vhost":"/","type":"`+kind+`","state":"running","consumer_details":[`+details+`]}`)
	if kind == "classic" {
		s.JSON("GET"+atOrders+ownView, 200, `{"name":"orders","messages_ready":`+ready+`,"messages_unacknowledged":0}`)
	} else {
		counted(s, kind, ready)
	}
	s.JSON("GET"+atOrders+"/bindings", 200, `[]`)
}

// counted answers the request for the message count of a queue that is not classic. For a stream the count is in the
// statistics, for other types in the listing.
func counted(s *brokertest.Server, kind, ready string) {
	held := `"messages_ready":` + ready + `,"messages_unacknowledged":0,"messages":` + ready
	if kind == "stream" {
		s.JSON("GET"+atOrders, 200, `{"name":"orders","vhost":"/","type":"stream",`+held+`}`)
		return
	}
	s.JSON(listed, 200, `{"items":[{"name":"ORDERS","messages_ready":99},{"name":"orders","vhost":"/","type":"`+kind+`",`+
		held+`}]}`)
}

// listed is the request that looks up the queue "orders" in the listing.
const listed = "GET /api/queues/%2F?disable_stats=true&enable_queue_totals=true&name=%5Eorders%24&page=1&page_size=500&use_regex=true"

// TestGuards_oldFigures has consumers and messages that are younger than the figures of the first look. rabbitctl sees
// them because it waits and looks again.
func TestGuards_oldFigures(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"quorum", "stream", "x-of-a-plugin"} {
		for name, words := range map[string][]string{
			"consumer":          {"delete_queue", "orders", "--yes", "--if-unused"},
			"dry consumer":      {"delete_queue", "orders", "--dry-run", "--if-unused"},
			"message":           {"delete_queue", "orders", "--yes", "--if-empty"},
			"count":             {"delete_queue", "orders", "--yes", "--expect-messages", "0"},
			"purged count":      {"purge_queue", "orders", "--yes", "--expect-messages", "0"},
			"dry, purged count": {"purge_queue", "orders", "--dry-run", "--expect-messages", "0"},
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				s := brokertest.New(t)
				lookAt(s, kind, "0", 0)
				lookAt(s, kind, "3", 1)
				r := cmdtest.Run{Commands: queue.Commands()}.Do(t, s, words...)
				if fail.KindOf(r.Error) != fail.Data || !strings.HasPrefix(r.Error.Error(), "refused: ") {
					t.Errorf("%v", r.Error)
				}
			})
		}
	}
	t.Run("the broker sees a classic queue's consumer at once", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		lookAt(s, "classic", "0", 0)
		lookAt(s, "classic", "0", 0)
		s.JSON("DELETE"+atOrders+"?if-unused=true", 400,
			`{"error":"bad_request","reason":"queue 'orders' in vhost '/' in use"}`)
		run(t, "delete/in use", cmdtest.Run{}, s, "delete_queue", "orders", "--yes", "--if-unused")
	})
	t.Run("and a ready message", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		lookAt(s, "classic", "0", 0)
		lookAt(s, "classic", "0", 0)
		s.JSON("DELETE"+atOrders+"?if-empty=true", 400,
			`{"error":"bad_request","reason":"queue 'orders' in vhost '/' not empty"}`)
		run(t, "delete/not empty", cmdtest.Run{}, s, "delete_queue", "orders", "--yes", "--if-empty")
	})
	t.Run("a dry run waits for a classic queue's consumer", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		lookAt(s, "classic", "0", 0)
		lookAt(s, "classic", "0", 1)
		run(t, "delete/in use, dry run", cmdtest.Run{}, s, "delete_queue", "orders", "--dry-run", "--if-unused")
	})
	t.Run("quiet all the time", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		for range 3 { // the first look, one after the wait, one right before the deletion
			lookAt(s, "quorum", "0", 0)
		}
		s.Empty("DELETE"+atOrders+"?", 204) // the broker refuses conditions here
		gone(s)
		run(t, "delete/quorum", cmdtest.Run{}, s, "delete_queue", "orders", "--yes", "--if-unused", "--if-empty")
	})
	t.Run("nobody tells of consumers", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		for range 2 {
			theQueue(s, `{"name":"orders","vhost":"/","type":"quorum"}`)
			counted(s, "quorum", "0")
			s.JSON("GET"+atOrders+"/bindings", 200, `[]`)
		}
		run(t, "delete/consumers unknown", cmdtest.Run{}, s, "delete_queue", "orders", "--yes", "--if-unused")
	})
}

// TestDryRun_refusesWhatTheBrokerWould has deletions and purges that the broker refuses, so --dry-run refuses them,
// too.
func TestDryRun_refusesWhatTheBrokerWould(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"delete_queue", "purge_queue"} {
		for _, flag := range []string{"--dry-run", "--yes"} {
			for label, owner := range map[string]string{"": `{"name":"127.0.0.1:52920 -> 127.0.0.1:5672"}`,
				" of nobody yet": `[]`} {
				t.Run(command+" "+flag+" exclusive"+label, func(t *testing.T) {
					t.Parallel()
					s := brokertest.New(t)
					theQueue(s, `{"name":"orders","vhost":"/","type":"classic","exclusive":true,"owner_pid_details":`+owner+
						`,"consumer_details":[]}`)
					s.JSON("GET"+atOrders+ownView, 200, `{"name":"orders","messages_ready":0,"messages_unacknowledged":0}`)
					s.JSON("GET"+atOrders+"/bindings", 200, `[]`)
					run(t, "guard/"+command+" "+flag[2:]+" exclusive"+label, cmdtest.Run{}, s, command, "orders", flag)
				})
			}
		}
	}
	t.Run("delete --dry-run a queue whose node is down", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		theQueue(s, `{"name":"orders","vhost":"/","type":"classic","state":"stopped","node":"rabbit@c","consumer_details":[]}`)
		s.JSON("GET"+atOrders+ownView, 200, `{"name":"orders","state":"stopped"}`)
		s.JSON(listed, 200, `{"items":[{"name":"orders","vhost":"/","type":"classic"}]}`)
		s.JSON("GET"+atOrders+"/bindings", 200, `[]`)
		run(t, "guard/delete stopped dry-run", cmdtest.Run{}, s, "delete_queue", "orders", "--dry-run")
	})
	// 4.3 reports the state minority for a quorum queue without a majority of running members.
	t.Run("delete without a majority dry-run", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		theQueue(s, `{"name":"orders","vhost":"/","type":"quorum","state":"minority","node":"rabbit@a","consumer_details":[]}`)
		s.JSON(brokertest.Standing, 200, `[{"name":"rabbit@a","running":true},{"name":"rabbit@b","running":false}]`)
		s.JSON("GET"+atOrders+"/bindings", 200, `[]`)
		run(t, "guard/delete without a majority dry-run", cmdtest.Run{}, s, "delete_queue", "orders", "--dry-run")
	})
	for _, flag := range []string{"--dry-run", "--yes"} {
		t.Run("purge "+flag+" a queue whose node is down", func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			theQueue(s, `{"name":"orders","vhost":"/","type":"classic","state":"stopped","node":"rabbit@c"}`) // as 4.3 tells
			s.JSON("GET"+atOrders+ownView, 200, `{"name":"orders","state":"stopped"}`)
			s.JSON(listed, 200, `{"items":[{"name":"orders","vhost":"/","type":"classic"}]}`)
			s.JSON("GET"+atOrders+"/bindings", 200, `[]`)
			run(t, "guard/purge stopped "+flag[2:], cmdtest.Run{}, s, "purge_queue", "orders", flag)
		})
		t.Run("purge "+flag+" a stream", func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			lookAt(s, "stream", "3", 0)
			run(t, "guard/purge stream "+flag[2:], cmdtest.Run{}, s, "purge_queue", "orders", flag)
		})
	}
}

// TestDeclareQueue_unknownArgument: brokers silently accept an argument that they do not know, so rabbitctl prints a
// note.
func TestDeclareQueue_unknownArgument(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	absentQueue(s)
	s.Empty("PUT"+atOrders, 201)
	theQueue(s, `{"name":"orders","vhost":"/","type":"classic","durable":true,"auto_delete":false,"exclusive":false,"arguments":{"x-mesage-ttl":3,"x-team":"a"}}`)
	run(t, "declare/unknown argument", cmdtest.Run{}, s, "declare_queue", "orders", "--argument", "x-mesage-ttl:int=3",
		"--argument", "x-team=a")
}

// TestDeleteQueue_several: the command prints a row for each queue. If one queue is refused, no queue is changed,
// unless --keep-going is set.
func TestDeleteQueue_several(t *testing.T) {
	t.Parallel()
	const (
		a, b  = "GET /api/queues/%2F/a", "GET /api/queues/%2F/b"
		own   = "?disable_stats=true&enable_queue_totals=true "
		empty = `"messages_ready":0,"messages_unacknowledged":0}`
		is    = `"vhost":"/","type":"classic","state":"running","consumers":0}`
		left  = "GET /api/queues/%2F?columns=name&disable_stats=true " + `200 [{"name":"a"}]`
		enter = "GET /api/exchanges/%2F/amq.default " + `200 {"name":"","vhost":"/"}`
	)
	lookA := []string{a + ` 200 {"name":"a",` + is, a + own + `200 {"name":"a",` + empty, a + "/bindings 200 []"}
	and := func(more ...string) []string { return append(append([]string{}, lookA...), more...) }
	gone := append(append([]string{}, lookA...), "DELETE /api/queues/%2F/a? 204", a+" "+cmdtest.NotFound)
	c := cmdtest.NewChange
	cmdtest.Changes(t, queue.Commands, "several", []cmdtest.ChangeCase{
		c("one is missing", "delete_queue a b --yes", "", and(b+" "+cmdtest.NotFound, enter, left)),
		c("one may be missing", "delete_queue a b --yes --if-exists", "",
			append(and(b+" "+cmdtest.NotFound, enter), gone...)),
		c("dry run", "purge_queue a b --dry-run", "", and(b+` 200 {"name":"b",`+is, b+own+`200 {"name":"b",`+empty,
			b+"/bindings 200 []")),
		c("purge, one is missing", "purge_queue b a --yes --keep-going", "",
			append([]string{b + " " + cmdtest.NotFound, enter, left},
				append(append(and(), lookA...), append([]string{"DELETE /api/queues/%2F/a/contents 204"}, lookA...)...)...)),
		c("purge those of a file", "purge_queue --from-file - --yes --expect-messages 1", "a\n", lookA),
		c("keep going", "delete_queue b a --yes --keep-going -o json", "",
			append([]string{b + " " + cmdtest.NotFound, enter, left}, append(and(), gone...)...)),
	})
}
