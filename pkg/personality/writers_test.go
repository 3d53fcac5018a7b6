package personality

import (
	"slices"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// These are some of the shares that rabbitmq-diagnostics memory_breakdown of 4.3.6 printed. It computes percentages
// from the largest total, which it does not print. The rss here is a total from which all printed percentages follow.
const measuredMemory = `{"connection_other":2768,"mnesia":0,"code":24812559,"plugins":997036,"other_proc":15088968,
	"reserved_unallocated":78196736,"strategy":"rss","total":{"erlang":61000000,"rss":139808768,"allocated":61612032}}`

func TestShares(t *testing.T) {
	t.Parallel()
	all, total := sharesOf(record.Value(measuredMemory))
	const want = `[{reserved_unallocated,#{bytes => 78196736,percentage => 55.93}},
 {code,#{bytes => 24812559,percentage => 17.75}},
 {other_proc,#{bytes => 15088968,percentage => 10.79}},
 {plugins,#{bytes => 997036,percentage => 0.71}},
 {connection_other,#{bytes => 2768,percentage => 0.0}},
 {mnesia,#{bytes => 0,percentage => 0.0}}]`
	terms := erlang.List{}
	for _, s := range all {
		terms = append(terms, erlang.Tuple{erlang.Atom(s.name), s.term()})
	}
	if got := erlang.Lines(terms, 1, 0); got != want || total != 139808768 {
		t.Errorf("total %d, %s", total, got)
	}
	table := shareTable(all)
	names := []string{"reserved_unallocated.percentage", "reserved_unallocated.bytes", "plugins.percentage",
		"plugins.bytes", "other_proc.percentage", "other_proc.bytes", "mnesia.percentage", "mnesia.bytes",
		"connection_other.percentage", "connection_other.bytes", "code.percentage", "code.bytes"}
	cells := []string{"55.93", "78196736", "0.71", "997036", "10.79", "15088968", "0.0", "0", "0.0", "2768", "17.75",
		"24812559"}
	var got []string
	for _, cell := range table.rows[0] {
		got = append(got, erlang.Cell(cell))
	}
	if !slices.Equal(table.names, names) || !slices.Equal(got, cells) || len(table.rows) != 1 {
		t.Errorf("%q %q", table.names, got)
	}
}

// The figures are those of 3.10.8 and 4.3.6: the bytes with --formatter csv, and the results with --unit mb.
func TestInUnit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		bytes      int64
		unit, want string
	}{
		{997036, "mb", "0.997"}, {651896, "mb", "0.6519"}, {125488, "mb", "0.1255"}, {152048, "mb", "0.152"},
		{5152, "mb", "0.0052"}, {2768, "MB", "0.0028"}, {36255686, "mb", "36.2557"}, {0, "mb", "0.0"},
		{997036, "bytes", "997036"},
	} {
		if got := inUnit(tt.bytes, tt.unit); got != tt.want {
			t.Errorf("%d bytes in %s are %s, want %s", tt.bytes, tt.unit, got, tt.want)
		}
	}
	for unit, want := range map[string]float64{"MiB": 1 << 20, "gb": 1e9, "TIB": 1 << 40} {
		if got, ok := unitBytes(unit); got != want || !ok {
			t.Errorf("%s is %v bytes, %v", unit, got, ok)
		}
	}
	if _, ok := unitBytes("kb"); ok {
		t.Error("kb is no unit of the official tools")
	}
}

func TestAlarmTerm(t *testing.T) {
	t.Parallel()
	// cluster_status --formatter json of 4.3.6 prints the members of this object in another order, which has no meaning.
	const want = `{"node":"rabbit@a","resource":"disk","type":"resource_limit"}`
	if got := erlang.JSON(alarmTerm(broker.Alarm{Node: "rabbit@a", Resource: "disk"})); got != want {
		t.Error(got)
	}
}

// Ports are sorted as numbers, not as text, and each port is named once, as in check_port_connectivity.
func TestSortedPorts(t *testing.T) {
	t.Parallel()
	got := sortedPorts([]listener{{port: "15672"}, {port: "5672"}, {port: "25672"}, {port: "5672"}})
	if !slices.Equal(got, []string{"5672", "15672", "25672"}) {
		t.Error(got)
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Error:\nqueue\n  orders  is gone\n  next: rabbitmqctl list_queues": "queue orders is gone",
		"plain": "plain",
	} {
		if got := oneLine(&fault{fail.Data, text}); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestElsewhere(t *testing.T) {
	t.Parallel()
	if want := []string{"rabbitmqctl", "rabbitmq-diagnostics", "rabbitmq-queues", "rabbitmq-streams", "rabbitmq-plugins",
		"rabbitmq-upgrade"}; !slices.Equal(Tools(), want) {
		t.Error(Tools())
	}
	for name, kind := range map[string]fail.Kind{"memory_breakdown": fail.Usage, "exec": fail.Unavailable} {
		if err := Elsewhere(name); fail.KindOf(err) != kind {
			t.Errorf("%s: %v, which is %s", name, err, fail.KindOf(err))
		}
	}
	if err := Elsewhere("no_such_command"); err != nil {
		t.Error(err)
	}
}
