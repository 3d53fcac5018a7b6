package change

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// fastClock is a clock on which waiting takes no time.
type fastClock struct{ now *time.Time }

func (c fastClock) Now() time.Time { return *c.now }
func (c fastClock) Sleep(ctx context.Context, length time.Duration) error {
	*c.now = c.now.Add(length)
	return ctx.Err()
}

func (c fastClock) Until(ctx context.Context, within, _, most time.Duration, look func() (bool, error)) (bool, error) {
	for end := c.now.Add(within); ; _ = c.Sleep(ctx, most) {
		if is, err := look(); is || err != nil || c.now.After(end) {
			return is, err
		}
	}
}
func (c fastClock) Timeout() time.Duration { return 0 }
func (c fastClock) Waiting(string, ...any) {}
func (c fastClock) Note(string, ...any)    {}

// TestOneOff_doesNotEnd: a shovel that moves nothing for a long time, or that has nothing to do, is removed. The
// outcome says how much it has moved.
func TestOneOff_doesNotEnd(t *testing.T) {
	t.Parallel()
	const (
		shovel = "/api/parameters/shovel/%2F/rabbitctl%20src"
		there  = `{"name":"rabbitctl src","vhost":"/","component":"shovel","value":{"dest-queue":"dst"}}`
		counts = "?disable_stats=true&enable_queue_totals=true"
	)
	for name, c := range map[string]struct {
		at    []string // how many messages the queue has at each look; the last count stays
		moved int64
		says  string
	}{
		"stands still": {[]string{"5", "5", "3"}, 2, "shovel 'rabbitctl src' was removed: it moved nothing for 30s; up to 500 " +
			"messages may be in both queues"},
		"others took the rest": {[]string{"5", "4", "0"}, 5, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			count := func(queue, has string) string {
				return `{"vhost":"/","name":"` + queue + `","messages":` + has + `,"messages_ready":` + has +
					`,"messages_unacknowledged":0}`
			}
			for _, queue := range []string{"src", "dst"} {
				s.Always("GET /api/queues/%2F/"+queue, 200, `{"vhost":"/","name":"`+queue+
					`","type":"classic","state":"running","consumer_details":[]}`)
				s.Always("GET /api/queues/%2F/"+queue+"/bindings", 200, "[]")
			}
			last := len(c.at) - 1
			for _, has := range c.at[:last] {
				s.JSON("GET /api/queues/%2F/src"+counts, 200, count("src", has))
			}
			s.Always("GET /api/queues/%2F/src"+counts, 200, count("src", c.at[last]))
			s.Always("GET /api/queues/%2F/dst"+counts, 200, count("dst", "0"))
			s.Always("GET "+shovel, 200, there)
			s.Empty("DELETE "+shovel, 204)
			client, err := broker.New(broker.Options{BaseURL: s.URL, Username: "u"})
			if err != nil {
				t.Fatal(err)
			}
			now := time.Unix(0, 0)
			moved, err := oneOff{at: Site{Broker: client, VHost: "/", Clock: fastClock{&now}}, from: "src", to: "dst"}.
				move(t.Context())
			if moved != c.moved || (err == nil) != (c.says == "") {
				t.Fatalf("moved %d, %v", moved, err)
			}
			if err != nil && (!strings.Contains(err.Error(), c.says) || fail.KindOf(err) != fail.Incomplete) {
				t.Errorf("%v, want %s", err, c.says)
			}
		})
	}
}

// TestMigration_settled: a user who may not see shovels can complete an interrupted migration that used none. While the
// parking queue has a consumer, a migration is refused.
func TestMigration_settled(t *testing.T) {
	t.Parallel()
	for consumers, says := range map[string]string{
		`[]`: "",
		`[{"consumer_tag":"a"}]`: "refused: queue orders.migrating has 1 consumer: another run of this command may still " +
			"move its messages",
	} {
		s := brokertest.New(t)
		for queue, details := range map[string]string{"orders": "[]", "orders.migrating": consumers} {
			s.JSON("GET /api/parameters/shovel/%2F/rabbitctl%20"+queue, 401,
				`{"error":"not_authorised","reason":"User not authorised to access object"}`)
			s.Always("GET /api/queues/%2F/"+queue, 200,
				`{"vhost":"/","name":"`+queue+`","type":"classic","state":"running","consumer_details":`+details+`}`)
			s.Always("GET /api/queues/%2F/"+queue+"/bindings", 200, "[]")
			s.Always("GET /api/queues/%2F/"+queue+"?disable_stats=true&enable_queue_totals=true", 200,
				`{"vhost":"/","name":"`+queue+`","messages":5,"messages_ready":5,"messages_unacknowledged":0}`)
		}
		client, err := broker.New(broker.Options{BaseURL: s.URL, Username: "u"})
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(0, 0)
		m := &migration{name: "orders", at: Site{Broker: client, VHost: "/", Clock: fastClock{&now}}}
		err = m.settled(t.Context())
		if (err == nil) != (says == "") || err != nil && err.Error() != says {
			t.Errorf("consumers %s: %v", consumers, err)
		}
	}
}

// TestMigration_emptyWithoutAWay: if messages cannot be moved at all, an empty quorum queue causes no error, although
// its count can be out of date. A queue with messages causes one.
func TestMigration_emptyWithoutAWay(t *testing.T) {
	t.Parallel()
	for count, fails := range map[string]bool{"0": false, "2": true} {
		s := brokertest.New(t)
		s.Always("GET /api/queues/%2F/orders", 200,
			`{"vhost":"/","name":"orders","type":"quorum","state":"running","consumer_details":[]}`)
		s.Always("GET /api/queues/%2F?disable_stats=true&enable_queue_totals=true&name=%5Eorders%24&page=1&page_size=500"+
			"&use_regex=true", 200, `{"items":[{"vhost":"/","name":"orders","messages":`+count+`,"messages_ready":`+count+
			`,"messages_unacknowledged":0}]}`)
		s.Always("GET /api/queues/%2F/orders/bindings", 200, "[]")
		s.Always("GET /api/shovels/%2F?columns=name", 401, `{"error":"not_authorised","reason":"Not monitor user"}`)
		s.Always("GET /api/parameters/shovel/%2F/rabbitctl%20orders", 401,
			`{"error":"not_authorised","reason":"User not authorised to access object"}`)
		client, err := broker.New(broker.Options{BaseURL: s.URL, Username: "u"})
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(0, 0)
		m := &migration{name: "orders", via: byShovel, at: Site{Broker: client, VHost: "/", Clock: fastClock{&now}}}
		moved, _, err := m.move(t.Context(), "orders", "orders.migrating")
		if moved != 0 || (err != nil) != fails {
			t.Errorf("%s messages: moved %d, %v", count, moved, err)
		}
	}
}
