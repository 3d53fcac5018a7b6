package queues

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// The counts of a queue whose virtual host is stopped are unknown, whatever the broker reports. The bodies were sent by
// 3.10 and 4.3, with the totals and from the statistics.
func TestAsTheyAre(t *testing.T) {
	const (
		totals = `{"name":"c","type":"rabbit_classic_queue","state":"stopped","totals":null}`
		stats  = `{"name":"c","type":"classic","state":"stopped","messages":0,"consumers":0}`
		well   = `{"name":"w","type":"quorum","state":"running","messages":7,"consumers":0}`
	)
	tests := []struct{ columns, body, want string }{
		{"name type state messages consumers", totals, `"c" "classic" "stopped" - -`},
		{"name type state messages consumers", stats, `"c" "classic" "stopped" - -`},
		{"name type state messages consumers", well, `"w" "quorum" "running" 7 0`},
		{"type", totals, `"classic"`},
		{"name messages", well, `"w" 7`},
		{"state", stats, `"stopped"`},
	}
	for _, tt := range tests {
		var columns []record.Column
		for _, name := range strings.Fields(tt.columns) {
			columns = append(columns, record.Column{Name: name})
		}
		var cells []string
		for row, err := range asTheyAre(columns, record.Stream(strings.NewReader("["+tt.body+"]"), columns)) {
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range row {
				if v == nil {
					v = record.Value("-")
				}
				cells = append(cells, string(v))
			}
		}
		if got := strings.Join(cells, " "); got != tt.want {
			t.Errorf("%s of %s: %s, want %s", tt.columns, tt.body, got, tt.want)
		}
	}
}

// The state is requested along with counts, and does not change where the counts come from.
func TestWithStateBeside(t *testing.T) {
	for _, tt := range []struct{ columns, want string }{
		{"name messages", "columns=name,messages,state,vhost,type&disable_stats=true&enable_queue_totals=true"},
		{"name consumers", "columns=name,consumers,state&node_stats_age=60&node_stats_incr=5"},
		{"name messages memory", "columns=name,messages,memory,state,vhost,type&node_stats_age=60&node_stats_incr=5"},
		{"name messages state", "columns=name,messages,state,vhost,type&disable_stats=true&enable_queue_totals=true"},
		{"name durable", "columns=name,durable&disable_stats=true"},
	} {
		var columns []record.Column
		for _, name := range strings.Fields(tt.columns) {
			columns = append(columns, record.Column{Name: name})
		}
		query, _ := url.QueryUnescape(planFor(facts{columns: withStateBeside(columns)}).query().Encode())
		if query != tt.want {
			t.Errorf("%s: %s, want %s", tt.columns, query, tt.want)
		}
	}
	rows := cut(asTheyAre(withStateBeside([]record.Column{{Name: "name"}, {Name: "messages"}}),
		func(yield func(record.Row, error) bool) {
			yield(record.Row{record.Of("c"), record.Of(0), record.Of("stopped")}, nil)
		}), 2)
	for row, err := range rows {
		if err != nil || len(row) != 2 || row[1].Known() {
			t.Errorf("%q, %v", row, err)
		}
	}
}
