package queues

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

func columnsOf(names string) []record.Column {
	var all []record.Column
	for _, n := range strings.Fields(names) {
		all = append(all, record.Column{Name: n})
	}
	return all
}

// TestPlanFor: the wanted columns and the known facts determine what List requests from the broker.
func TestPlanFor(t *testing.T) {
	t.Parallel()
	const (
		plain = "&disable_stats=true"
		live  = plain + "&enable_queue_totals=true"
	)
	few := scale{told: true, queues: 1999}
	many := scale{told: true, queues: 2000, consumers: 4000}
	tests := []struct {
		name    string
		columns string
		facts   facts
		want    string
		// joins names what is requested separately.
		joins string
	}{
		// The counts of streams come from further requests, which need the virtual host and the name.
		{"counts", "name messages messages_ready messages_unacknowledged", facts{},
			"name,messages,messages_ready,messages_unacknowledged,vhost,type" + live, "streams"},
		{"what it was declared with", "vhost name type durable auto_delete exclusive arguments", facts{},
			"vhost,name,type,durable,auto_delete,exclusive,arguments" + plain, ""},
		{"its state", "name durable state", facts{}, "name,durable,state" + live, ""},
		{"name only", "name", facts{}, "name" + plain, ""},
		{"users name the members of arguments", "name arguments.x-max.length arguments", facts{}, "name,arguments" + plain,
			""},
		// Not every type of queue reports its node, leader and policy without the statistics.
		{"node", "name node", facts{}, "name,node", ""},
		{"a policy", "name policy", facts{}, "name,policy", ""},
		{"a rate", "name message_stats.publish_details.rate", facts{}, "name,message_stats.publish_details.rate", ""},
		{"sizes of messages, at any number of queues", "name message_bytes", facts{size: many}, "name,message_bytes", ""},
		{"counts beside statistics are read from the queues", "name messages memory", facts{},
			"name,messages,memory,vhost,type", "counts"},
		{"a program has one request", "name messages memory", facts{alone: true}, "name,messages,memory", ""},
		{"a program counts streams too", "name messages", facts{alone: true}, "name,messages,vhost,type" + live, "streams"},

		{"consumers of a number of queues that is not known", "name consumers", facts{}, "name,consumers", ""},
		{"consumers of few queues", "name consumers", facts{size: few}, "name,consumers", ""},
		{"consumers of many queues", "name consumers", facts{size: many}, "name,consumers,vhost,type" + plain, "consumers"},
		{"consumers of many queues, with counts", "name messages consumers", facts{size: many},
			"name,messages,consumers,vhost,type" + live, "streams consumers"},
		{"consumers of many queues, with what only the statistics have", "name consumers memory", facts{size: many},
			"name,consumers,memory", ""},
		{"consumers of many queues, for a program", "name consumers", facts{size: many, alone: true}, "name,consumers", ""},
		{"very many consumers", "name consumers", facts{size: scale{told: true, queues: 2000, consumers: 4001}},
			"name,consumers", ""},
		{"consumers without statistics", "name consumers", facts{size: scale{told: true, statisticsOff: true, queues: 2000}},
			"name,consumers", ""},
		{"consumers while a node tells nothing yet", "name consumers messages", facts{size: many, noFigures: true},
			"name,consumers,messages,vhost,type", "counts"},
		{"consumers while a node is missing", "name consumers", facts{size: many, sick: true},
			"name,consumers,messages,state,node,leader,vhost,type", "mend"},

		{"counts while a node is missing", "name messages", facts{sick: true}, "name,messages,state,node,leader,vhost,type" +
			live, "streams mend"},
		{"names while a node is missing", "name", facts{sick: true}, "name,messages,state,node,leader,vhost,type" + live,
			"mend"},
		{"statistics while a node is missing have their own counts", "name messages memory", facts{sick: true},
			"name,messages,memory,state,node,leader,vhost,type", "mend"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := tt.facts
			f.columns = columnsOf(tt.columns)
			p := planFor(f)
			if diff := cmp.Diff(f.columns, p.columns[:p.shown]); diff != "" {
				t.Errorf("the columns asked for come first:\n%s", diff)
			}
			got, err := url.QueryUnescape(p.query().Encode())
			if err != nil {
				t.Fatal(err)
			}
			want := "columns=" + tt.want
			if !strings.Contains(want, plain) {
				want += "&node_stats_age=60&node_stats_incr=5" // so that the broker does not answer from its cache
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.joins, strings.Join(joins(p), " ")); diff != "" {
				t.Errorf("apart: %s", diff)
			}
			if n := len(p.columns); (p.streams || p.consumers || p.counts || p.mend) && cmp.Diff(keyColumns(),
				p.columns[n-3:]) != "" {
				t.Errorf("the last columns are not the keys: %v", p.columns)
			}
		})
	}
}

func joins(p plan) []string {
	var all []string
	for _, j := range []struct {
		name string
		is   bool
	}{{"streams", p.streams}, {"consumers", p.consumers}, {"counts", p.counts}, {"mend", p.mend}} {
		if j.is {
			all = append(all, j.name)
		}
	}
	return all
}

// TestPlanFor_columns: two columns that are read from the same member request it once. A column that the API does not
// have is not requested.
func TestPlanFor_columns(t *testing.T) {
	t.Parallel()
	for want, columns := range map[string][]record.Column{
		"columns=name&disable_stats=true": {{Name: "name"}, {Name: "pid", Missing: "no pids"},
			{Name: "one", Const: record.Of(1)}},
		"columns=leader,node&node_stats_age=60&node_stats_incr=5": {{Name: "leader", Else: "node"}},
		"columns=slave_nodes&node_stats_age=60&node_stats_incr=5": {{Name: "slave_pids", From: "slave_nodes"},
			{Name: "mirror_pids", From: "slave_nodes"}},
	} {
		got, err := url.QueryUnescape(planFor(facts{columns: columns}).query().Encode())
		if err != nil || got != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
}

// TestSizeMatters: the number of queues and consumers is requested only if the plan depends on it.
func TestSizeMatters(t *testing.T) {
	t.Parallel()
	for columns, want := range map[string]bool{"name": false, "name messages": false, "name consumers": true,
		"consumers messages": true, "consumers memory": false} {
		if got := (facts{columns: columnsOf(columns)}).sizeMatters(); got != want {
			t.Errorf("%s: %v", columns, got)
		}
	}
	if (facts{columns: columnsOf("consumers"), alone: true}).sizeMatters() {
		t.Error("a program has one request at any size")
	}
}

// TestTellOfMetrics: during a long wait, a note recommends the metrics if they have the wanted columns.
func TestTellOfMetrics(t *testing.T) {
	t.Parallel()
	for column, want := range map[string]string{"messages": "still waiting; --source prometheus lists very many queues in a fraction of the time", "state": ""} {
		said := ""
		tellOfMetrics(Wish{}, columnsOf(column))
		tellOfMetrics(Wish{Waiting: func(what fail.Advice) { said += steps.Words(what) }}, withStateBeside(columnsOf(column)))
		if said != want {
			t.Errorf("%s: %q", column, said)
		}
	}
}
