package check_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const askUnroutable = "GET /api/vhosts?columns=name%2Cmessage_stats.drop_unroutable%2Cmessage_stats.drop_unroutable_details.rate" +
	"%2Cmessage_stats.return_unroutable%2Cmessage_stats.return_unroutable_details.rate"

func TestCheckUnroutable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, words, overview, vhosts string // vhosts "": they are not asked for
	}{
		{"none", "check_unroutable", brokertest.Recorded(t, "4.3", "overview"), ""},
		{"none json", "check_unroutable -o json", brokertest.Recorded(t, "4.3", "overview"), ""},
		{"nothing published yet", "check_unroutable", `{"rabbitmq_version":"4.3.6","rates_mode":"basic","message_stats":{}}`, ""},
		{"dropped and returned", "check_unroutable", brokertest.Recorded(t, "4.3", "overview-unroutable"),
			brokertest.Recorded(t, "4.3", "vhosts-unroutable")},
		{"json", "check_unroutable --critical 9.5 -o json", brokertest.Recorded(t, "3.10", "overview-unroutable"),
			brokertest.Recorded(t, "3.10", "vhosts-unroutable")},
		{"table", "check_unroutable -o table", brokertest.Recorded(t, "3.10", "overview-unroutable"),
			brokertest.Recorded(t, "3.10", "vhosts-unroutable")},
		{"within the limit", "check_unroutable --warning 10 --critical 20", brokertest.Recorded(t, "4.3", "overview-unroutable"),
			brokertest.Recorded(t, "4.3", "vhosts-unroutable")},
		{"virtual hosts have no rate yet", "check_unroutable", brokertest.Recorded(t, "4.3", "overview-unroutable"),
			`[{"name":"/"}]`},
		{"virtual hosts cannot be listed", "check_unroutable", brokertest.Recorded(t, "4.3", "overview-unroutable"),
			`403 {"error":"not_authorised","reason":"no"}`},
		{"a node is missing", "check_unroutable", brokertest.Recorded(t, "4.3", "overview"), ""},
		{"no rates", "check_unroutable", `{"rabbitmq_version":"4.3.6","rates_mode":"none","message_stats":{}}`, ""},
		{"no statistics", "check_unroutable",
			`{"rabbitmq_version":"4.3.6","rates_mode":"basic","disable_stats":true,"object_totals":{"queues":0}}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(nodesAsked, 200, `[{"name":"rabbit@a","running":true},{"name":"rabbit@b","running":`+
				strconv.FormatBool(tt.name != "a node is missing")+`}]`)
			s.JSON(overviewAsked, 200, tt.overview)
			if tt.vhosts != "" {
				status, body := brokertest.StatusOf(tt.vhosts)
				s.JSON(askUnroutable, status, body)
			}
			run(t, "check_unroutable/"+tt.name, cmdtest.Run{}, s, strings.Fields(tt.words)...)
		})
	}
	t.Run("may not see", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(nodesAsked, 401, brokertest.NotMonitor)
		expect(t, s, fail.Unknown, "it needs the tag monitoring", "check_unroutable")
	})
}
