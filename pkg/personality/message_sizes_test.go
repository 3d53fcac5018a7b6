package personality_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

func TestMessageSizes(t *testing.T) {
	const counted = "rabbitmq_message_size_bytes_bucket{protocol=\"amqp091\",le=\"100\"} 3\nrabbitmq_message_size_bytes_bucket{protocol=\"amqp091\",le=\"1000\"} 4\n" +
		"rabbitmq_message_size_bytes_bucket{protocol=\"amqp091\",le=\"+Inf\"} 4\n"
	for _, tt := range []struct {
		name, metrics, standing, out, errs string
		listed                             bool
	}{
		{name: "counted", metrics: counted, listed: true,
			out: "\"Message Size\",\"Count\",\"Percentage\"\n\"below 100B\",\"3\",\"75.00\"\n" +
				"\"between 100B and 1KB\",\"1\",\"25.00\"\n\"above 100MB\",\"0\",\"0.00\"\n"},
		{name: "release does not count", metrics: "rabbitmq_queues 1\n", listed: true,
			errs: "RabbitMQ 4.3.6 does not count messages by size"},
		{name: "no metrics", errs: "0 of 1 running nodes serve metrics"},
		{name: "one node of two", listed: true,
			standing: `[{"name":"rabbit@a","running":true},{"name":"rabbit@b","running":true}]`,
			errs:     "1 of 2 running nodes serve metrics"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := brokertest.New(t)
			s.JSON(whoAnswers, 200, of43)
			listeners := "[]"
			if tt.listed {
				u, _ := url.Parse(s.URL)
				listeners = fmt.Sprintf(`[{"node":"rabbit@a","protocol":"http/prometheus","port":%s}]`, u.Port())
			}
			s.JSON(brokertest.Listeners, 200, `{"node":"rabbit@a","listeners":`+listeners+`}`)
			if tt.standing != "" {
				s.JSON(brokertest.Standing, 200, tt.standing)
			}
			if tt.metrics != "" {
				s.JSON(brokertest.ClusterID, 401, `{"error":"not_authorized","reason":"User not policymaker"}`)
				s.Handle(brokertest.Identity, brokertest.Metrics("rabbitmq_identity_info{rabbitmq_node=\"rabbit@a\"} 1\n"))
				s.Handle("GET /metrics", brokertest.Metrics(tt.metrics))
			}
			out, errs, err := as(t, s, "", "rabbitmq-diagnostics", "message_size_stats", "--formatter", "csv")
			if out != tt.out || !strings.Contains(errs, tt.errs) || tt.errs == "" != (err == nil) || err != nil &&
				fail.KindOf(err) != fail.Unavailable {
				t.Errorf("%q %q %v", out, errs, err)
			}
		})
	}
}
