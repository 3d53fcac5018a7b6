package query

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

func queues() record.Table {
	return record.Table{
		Noun: "queues",
		Columns: []record.Column{
			{Name: "name"},
			{Name: "vhost"},
			{Name: "type"},
			{Name: "messages", Kind: record.Count},
			{Name: "messages_ready", Kind: record.Count},
			{Name: "consumers", Kind: record.Count},
			{Name: "memory", Kind: record.Bytes},
			{Name: "publish_rate", From: "message_stats.publish_details.rate", Kind: record.Rate},
			{Name: "idle", Kind: record.Seconds},
			{Name: "lag", Kind: record.Millis},
			{Name: "created", Kind: record.Timestamp},
			{Name: "durable", Kind: record.Flag},
			{Name: "members", Kind: record.List},
			{Name: "arguments", Kind: record.Map},
			{Name: "message_stats", Kind: record.Map},
			{Name: "garbage_collection", Kind: record.Map},
			{Name: "pid", Missing: "the HTTP API sends no pid"},
		},
		Default: []string{"name"},
		Open:    []string{"message_stats", "arguments", "garbage_collection", "backing"},
	}
}

// source picks the columns from the objects, as the broker client does.
func source(t testing.TB, columns []record.Column, objects ...string) iter.Seq2[record.Row, error] {
	t.Helper()
	return record.Stream(strings.NewReader("["+strings.Join(objects, ",")+"]"), columns)
}

func compile(t testing.TB, spec Spec, shown ...string) *Query {
	t.Helper()
	columns, err := queues().Select(shown)
	if err != nil {
		t.Fatal(err)
	}
	q, err := Compile(spec, queues(), columns)
	if err != nil {
		t.Fatalf("%+v: %v", spec, err)
	}
	return q
}

// collect runs the query and joins the texts of each row with spaces; an error is the last element.
func collect(rows iter.Seq2[record.Row, error]) []string {
	var out []string
	for row, err := range rows {
		if err != nil {
			out = append(out, "error: "+err.Error())
			continue
		}
		var cells []string
		for _, v := range row {
			cells = append(cells, v.Text())
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

func TestColumns(t *testing.T) {
	q := compile(t, Spec{Where: `consumers == 0 && messages > arguments["x-max-length"]`, Match: []string{"a"},
		Sort: "-memory,vhost"}, "messages", "vhost")
	got := strings.Join(record.Table{Columns: q.Columns()}.Names(), " ")
	if want := "messages vhost arguments.x-max-length consumers name memory"; got != want {
		t.Errorf("columns %q, want %q", got, want)
	}
}

func TestWhere(t *testing.T) {
	const row = `{"name":"orders","vhost":"/","type":"quorum","messages":1500,"consumers":0,"memory":50000000,
	  "message_stats":{"publish":7,"publish_details":{"rate":2.5}},"idle":600,"lag":90000,"created":1769850000000,
	  "durable":true,"members":["a@1","b@2"],"arguments":{"x-max-length":5,"x-name":"n","x-flag":true,"t":{"u":[1,2.5]}},
	  "garbage_collection":{"minor_gcs":3}}`
	tests := []struct {
		where string
		want  bool
	}{
		{`messages > 1000 && consumers == 0`, true},
		{`messages > 1000 and not (consumers > 0)`, true},
		{`messages == 1500.0`, true},
		{`messages % 7 == 2`, true},
		{`messages / 2 == 750`, true},
		{`-messages < 0`, true},
		{`messages in [1, 1500]`, true},
		{`messages in 1000..2000`, true},
		{`type in ["classic"]`, false},
		{`type not in ["classic"]`, true},
		{`name == "orders" && vhost == '/'`, true},
		{`name startsWith "ord" && name endsWith "rs" && name contains "de"`, true},
		{`name matches "^o.*s$"`, true},
		{`name matches vhost`, false},
		{`upper(name) == "ORDERS"`, true},
		{`len(name) == 6`, true},
		{`name | upper() == "ORDERS"`, true},
		{`name[0:3] == "ord" and name[:-1] == "order"`, true},
		{`durable`, true},
		{`!durable`, false},
		{`durable ? messages > 1 : consumers > 1`, true},
		{`let m = messages; m > 1 && m < 2000`, true},
		{`message_stats.publish_details.rate > 2`, true},
		{`publish_rate == 2.5`, true},
		{`message_stats.publish == 7`, true},
		{`message_stats["publish"] == 7`, true},
		{`message_stats?.publish == 7`, true},
		{`arguments["x-max-length"] > 4`, true},
		{`arguments["x-name"] == "n" && arguments["x-flag"]`, true},
		{`arguments["x-" + "name"] == "n"`, true},
		{`arguments.t.u[1] == 2.5`, true},
		{`"x-name" in arguments`, true},
		{`garbage_collection.minor_gcs >= 3`, true},
		{`any(members, # startsWith "b@")`, true},
		{`all(members, # contains "@")`, true},
		{`len(members) == 2 && "a@1" in members && members[0] == "a@1"`, true},
		{`count(members, # == "a@1") == 1`, true},
		{`memory >= "50MB" && memory < "50MiB"`, true},
		{`"50MB" <= memory`, true},
		{`idle >= "10m" && idle < "1d" && lag == "90s" && lag > "0d1m"`, true},
		{`created > "2026-01-01" && created < "2027-01-01T00:00:00Z"`, true},

		// An unknown value meets no condition.
		{`messages_ready > 0`, false},
		{`messages_ready == 0`, false},
		{`messages_ready != 0`, false},
		{`!(messages_ready > 0)`, false},
		{`not (messages_ready == 0)`, false},
		{`messages_ready == nil`, true},
		{`messages_ready != nil`, false},
		{`messages == nil`, false},
		{`nil != messages`, true},
		{`messages_ready > 0 || true`, true},
		{`messages > 1 || messages_ready > 0`, true},
		{`messages_ready > 0 || messages > 1`, true},
		{`messages_ready > 0 && false`, false},
		{`!(messages_ready > 0 && messages < 1)`, true},
		{`!(messages < 1 && messages_ready > 0)`, true},
		{`!(messages_ready > 0 && messages > 1)`, false},
		{`messages + messages_ready > 0`, false},
		{`(messages_ready ?? 0) == 0`, true},
		{`messages_ready in [0]`, false},
		{`messages_ready not in [0]`, false},
		{`messages_ready > 0 ? true : true`, false},
		{`messages_ready > messages_ready`, false},
		{`messages / 0 > 1`, false},
		{`messages % 0 == 0`, false},
		{`arguments["no"] == "x"`, false},
		{`arguments["no"] != "x"`, false},
		{`arguments["no"] == nil`, true},
		{`arguments["no"]["deeper"] == nil`, true},
		{`any(arguments["no"], # == 1)`, false},
		{`any(members, # > 5) || none(members, # > 5)`, true},
		{`arguments["x-name"] > 5`, false},
		{`arguments["x-name"] == 5`, false},
		{`arguments["x-max-length"] + "a" == "5a"`, false},
		{`int(name) > 5`, false},
		{`!(int(name) > 5)`, false},
		{`members[7] == nil && members[-1] == "b@2"`, true},
		{`len(backing.q) > 1`, false},
	}
	for _, tt := range tests {
		q := compile(t, Spec{Where: tt.where}, "name")
		got := collect(q.Rows(source(t, q.Columns(), row)))
		if len(got) == 1 != tt.want {
			t.Errorf("%s: got %v, want %v", tt.where, got, tt.want)
		}
	}
}

func TestWhereOddValues(t *testing.T) {
	tests := []struct {
		row, where string
		want       bool
	}{
		{`{"name":5}`, `name == "5"`, true},
		{`{"name":true}`, `name == "true"`, true},
		{`{"name":{"a":1}}`, `name contains "a"`, true},
		{`{"messages":"NaN"}`, `messages >= 0 || messages < 0`, false},
		{`{"messages":"NaN"}`, `messages == nil`, true},
		{`{"messages":1.5}`, `messages > 1`, true},
		{`{"messages":1e3}`, `messages == 1000`, true},
		{`{"messages":99999999999999999999}`, `messages > 1`, true},
		{`{"durable":"true"}`, `durable`, true},
		{`{"durable":7}`, `durable || !durable`, false},
		{`{"arguments":[]}`, `len(arguments) == 0`, true},
		{`{"arguments":[]}`, `arguments["a"] == nil`, true},
		{`{"arguments":"x"}`, `len(arguments) >= 0`, false},
		{`{"members":"x"}`, `len(members) >= 0`, false},
		{`{"arguments":{"a.b":1}}`, `arguments["a.b"] == 1`, true},
		{`{"arguments":{"a":"x"}}`, `arguments["a"]`, false},
		{`{"arguments":{"p":"("},"name":"n"}`, `name matches arguments["p"]`, false},
		{`7`, `messages == nil`, true},
	}
	for _, tt := range tests {
		q := compile(t, Spec{Where: tt.where}, "name")
		got := collect(q.Rows(source(t, q.Columns(), tt.row)))
		if len(got) == 1 != tt.want {
			t.Errorf("%s on %s: got %v, want %v", tt.where, tt.row, got, tt.want)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	tests := []struct {
		spec Spec
		want string
	}{
		{Spec{Where: `messges > 1`},
			`--where: queues have no column "messges", did you mean "messages"? (character 1 of "messges > 1")`},
		{Spec{Where: `zzz`}, `--where: queues have no column "zzz" (character 1 of "zzz")`},
		{Spec{Where: `name.first == "x"`}, `--where: type string has no field first (character 6`},
		{Spec{Where: `$env == 1`}, `--where: queues have no column "$env" (character 1 of "$env == 1")`},
		{Spec{Where: `messages > "x"`},
			`--where: invalid operation: > (mismatched types number and text) (character 10 of "messages > \"x\"")`},
		{Spec{Where: `name > 5`},
			`--where: invalid operation: > (mismatched types text and number) (character 6 of "name > 5")`},
		{Spec{Where: `durable > 1`},
			`--where: invalid operation: > (mismatched types flag and number) (character 9 of "durable > 1")`},
		{Spec{Where: `messages + 1`},
			`--where: the filter is a number, not true or false; compare it with something (character 1 of "messages + 1")`},
		{Spec{Where: `name`},
			`--where: the filter is a text, not true or false; compare it with something (character 1 of "name")`},
		{Spec{Where: `nil`}, `--where: the filter is nil, so no row passes (character 1`},
		{Spec{Where: `lenn(name) > 1`}, `--where: no function "lenn", did you mean "len"? (character 1 of "lenn(name) > 1")`},
		{Spec{Where: `name.foo() > 1`}, `--where: a column has no functions (character 6 of "name.foo() > 1")`},
		{Spec{Where: `messages >`}, `--where: the filter ends too early (character `},
		{Spec{Where: `messages = 5`}, `--where: unexpected "=" (character 10 of "messages = 5")`},
		{Spec{Where: `messages > 5 AND messages < 7`}, `--where: unexpected "AND" (character `},
		{Spec{Where: `messages = 1`}, `--where: `},
		{Spec{Where: `name matches "("`}, `--where: `},
		{Spec{Where: `memory > "50XB"`},
			`--where: "50XB" is not a size, such as 50MB (of 1000) or 50MiB (of 1024) (character 10 of "memory > \"50XB\"")`},
		{Spec{Where: `idle > "soon"`}, `--where: "soon" is not a duration`},
		{Spec{Where: `created > "soon"`}, `--where: "soon" is not a time`},
		{Spec{Where: `pid == "x"`},
			`--where: column "pid" is always empty here: the HTTP API sends no pid (character 1 of "pid == \"x\"")`},
		{Spec{Where: `backing == 1`},
			`--where: name a member of "backing", as in backing["key"] (character 1 of "backing == 1")`},
		{Spec{Where: `let name = 1; name == 1`}, `--where: let name uses the name of a column`},
		{Spec{Where: "messages\n> \"x\""},
			`--where: invalid operation: > (mismatched types number and text) (character 10 of "messages\n> \"x\"")`},
		{Spec{Where: strings.Repeat("(", 100000)}, `--where: `},
		{Spec{Match: []string{"a(b"}}, `--match "a(b": missing closing )`},
		{Spec{Match: []string{"é[z-a]"}}, `--match "é[z-a]": invalid character class range: "z-a" (character 3)`},
		{Spec{Exclude: []string{`^(?!dlq)`}},
			`--exclude "^(?!dlq)": no look-ahead or look-behind in these regular expressions (character 2)`},
		{Spec{Sort: "-mesages"}, `--sort: queues have no column "mesages", did you mean "messages"?`},
		{Spec{Sort: "name,,vhost"}, `--sort "name,,vhost": a column's name is missing`},
		{Spec{Sort: "-"}, `--sort "-": a column's name is missing`},
		{Spec{Sort: "pid"}, `--sort: column "pid" is always empty here: the HTTP API sends no pid`},
		{Spec{Limit: -1}, `--limit -1: a limit cannot be negative`},
	}
	for _, tt := range tests {
		_, err := Compile(tt.spec, queues(), queues().Columns[:1])
		if err == nil {
			t.Errorf("%.60v: no error", tt.spec)
			continue
		}
		if fail.KindOf(err) != fail.Usage || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60v: kind %s, %q", tt.spec, fail.KindOf(err), err)
		}
		if !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%.60v:\n got %.300s\nwant %s", tt.spec, err, tt.want)
		}
	}
	_, err := Compile(Spec{Where: `arguments.x-max-length > 1`}, queues(), nil)
	if !strings.Contains(steps.Of(err), `arguments["x-max-length"]`) {
		t.Errorf("%v: hint %q", err, steps.Of(err))
	}
}

func TestMatch(t *testing.T) {
	rows := []string{`{"name":"orders"}`, `{"name":"orders.dlq"}`, `{"name":"mail"}`, `{"vhost":"/"}`}
	tests := []struct {
		match, exclude []string
		want           []string
	}{
		{nil, nil, []string{"orders", "orders.dlq", "mail", ""}},
		{[]string{"^ord"}, nil, []string{"orders", "orders.dlq"}},
		{[]string{"^mail$", "dlq"}, nil, []string{"orders.dlq", "mail"}},
		{nil, []string{"dlq", "^mail"}, []string{"orders", ""}},
		{[]string{"ord"}, []string{`\.dlq$`}, []string{"orders"}},
	}
	for _, tt := range tests {
		q := compile(t, Spec{Match: tt.match, Exclude: tt.exclude}, "name")
		if diff := cmp.Diff(tt.want, collect(q.Rows(source(t, q.Columns(), rows...)))); diff != "" {
			t.Errorf("%v %v: %s", tt.match, tt.exclude, diff)
		}
	}
	users := record.Table{Noun: "users", Columns: []record.Column{{Name: "n", Kind: record.Count}, {Name: "user"}}}
	q, err := Compile(Spec{Match: []string{"a"}}, users, users.Columns[:1])
	if err != nil {
		t.Fatal(err)
	}
	got := collect(q.Rows(source(t, q.Columns(), `{"n":1,"user":"anna"}`, `{"n":2,"user":"otto"}`)))
	if diff := cmp.Diff([]string{"1"}, got); diff != "" {
		t.Error(diff)
	}
	users = record.Table{Noun: "users", Name: "user", Columns: []record.Column{{Name: "vhost"}, {Name: "user"}}}
	if q, err = Compile(Spec{Match: []string{"a"}}, users, users.Columns[1:]); err != nil {
		t.Fatal(err)
	}
	got = collect(q.Rows(source(t, q.Columns(), `{"vhost":"a","user":"otto"}`, `{"vhost":"/","user":"anna"}`)))
	if diff := cmp.Diff([]string{"anna"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSortAndLimit(t *testing.T) {
	rows := []string{
		`{"name":"q-10","messages":5,"members":["b"],"arguments":{"x":1}}`,
		`{"name":"q-2","messages":12,"arguments":{"x":"a"}}`,
		`{"name":"q-1","messages":null,"arguments":{"x":10}}`,
		`{"name":"Q-3","messages":5}`,
		`{"name":"q-02","messages":"NaN"}`,
		`{"messages":0}`,
	}
	tests := []struct {
		sort  string
		limit int
		want  []string
	}{
		{"", 2, []string{"q-10", "q-2"}},
		{"name", 0, []string{"Q-3", "q-1", "q-02", "q-2", "q-10", ""}},
		{"-name", 0, []string{"q-10", "q-2", "q-02", "q-1", "Q-3", ""}},
		{"messages", 0, []string{"", "q-10", "Q-3", "q-2", "q-1", "q-02"}},
		{"-messages", 0, []string{"q-2", "q-10", "Q-3", "", "q-1", "q-02"}},
		{"-messages, name", 0, []string{"q-2", "Q-3", "q-10", "", "q-1", "q-02"}},
		{"-messages,name", 3, []string{"q-2", "Q-3", "q-10"}},
		{"messages", 1, []string{""}},
		{"messages", 2, []string{"", "q-10"}},
		{"arguments.x", 3, []string{"q-10", "q-1", "q-2"}},
		{"messages", 100, []string{"", "q-10", "Q-3", "q-2", "q-1", "q-02"}},
	}
	for _, tt := range tests {
		q := compile(t, Spec{Sort: tt.sort, Limit: tt.limit}, "name")
		if diff := cmp.Diff(tt.want, collect(q.Rows(source(t, q.Columns(), rows...)))); diff != "" {
			t.Errorf("%q %d: %s", tt.sort, tt.limit, diff)
		}
	}
}

func TestLimitedHeapIsTheSortedFront(t *testing.T) {
	var rows []string
	for i := range 500 {
		rows = append(rows, fmt.Sprintf(`{"name":"q%d","messages":%d}`, i, i*7919%50))
	}
	all := compile(t, Spec{Sort: "-messages"}, "name", "messages")
	want := collect(all.Rows(source(t, all.Columns(), rows...)))
	for _, limit := range []int{1, 2, 10, 49, 499, 500, 501} {
		q := compile(t, Spec{Sort: "-messages", Limit: limit}, "name", "messages")
		if diff := cmp.Diff(want[:min(limit, 500)], collect(q.Rows(source(t, q.Columns(), rows...)))); diff != "" {
			t.Errorf("limit %d: %s", limit, diff)
		}
	}
}

func TestSourceError(t *testing.T) {
	broken := func(columns []record.Column) iter.Seq2[record.Row, error] {
		return record.Stream(strings.NewReader(`[{"name":"b"},{"name":"a"}`), columns)
	}
	for sort, want := range map[string][]string{"": {"b", "a", "error"}, "name": {"a", "b", "error"}} {
		q := compile(t, Spec{Sort: sort}, "name")
		got := collect(q.Rows(broken(q.Columns())))
		if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || !strings.HasPrefix(got[2], "error") {
			t.Errorf("sort %q: %v", sort, got)
		}
	}
}

func TestStopsReading(t *testing.T) {
	read, closed := 0, false
	endless := func(yield func(record.Row, error) bool) {
		defer func() { closed = true }()
		for yield(record.Row{record.Of("q")}, nil) {
			read++
		}
	}
	q := compile(t, Spec{Limit: 3}, "name")
	if got := collect(q.Rows(endless)); len(got) != 3 || read != 2 || !closed {
		t.Errorf("rows %v, read %d, closed %v", got, read, closed)
	}
	q, read, closed = compile(t, Spec{}, "name"), 0, false
	for range q.Rows(endless) {
		break
	}
	if !closed {
		t.Error("the source goes on after its reader stopped")
	}
	// If the reader stops early, a sorted query must not yield the error afterwards.
	q = compile(t, Spec{Sort: "name"}, "name")
	for range q.Rows(func(yield func(record.Row, error) bool) {
		_ = yield(record.Row{record.Of("a")}, nil) && yield(nil, io.ErrUnexpectedEOF)
	}) {
		break
	}
}

func TestTotals(t *testing.T) {
	rows := []string{
		`{"name":"a","messages":2,"memory":9007199254740993,"message_stats":{"publish_details":{"rate":0.5}}}`,
		`{"name":"b","messages":3,"memory":1,"message_stats":{"publish_details":{"rate":1}}}`,
		`{"name":"c","messages":null,"memory":"NaN"}`,
	}
	q := compile(t, Spec{Totals: true}, "name", "messages", "memory", "publish_rate", "consumers")
	for range 2 {
		collect(q.Rows(source(t, q.Columns(), rows...)))
	}
	want := Totals{
		Cells:   record.Row{nil, record.Value("5"), record.Value("9007199254740994"), record.Value("1.5"), nil},
		Rows:    3,
		Unknown: []int{0, 1, 1, 1, 3},
	}
	if diff := cmp.Diff(want, q.Totals()); diff != "" {
		t.Error(diff)
	}
	q = compile(t, Spec{Totals: true, Sort: "-messages", Limit: 1}, "messages")
	collect(q.Rows(source(t, q.Columns(), rows...)))
	if diff := cmp.Diff(Totals{Cells: record.Row{record.Value("3")}, Rows: 1, Unknown: []int{0}}, q.Totals()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Totals{}, compile(t, Spec{}, "name").Totals()); diff != "" {
		t.Error(diff)
	}
}

func TestNatural(t *testing.T) {
	ordered := []string{"", "0", "00", "1", "01", "2", "10", "10a", "99999999999999999999998", "99999999999999999999999",
		"a", "a1", "a01", "a2", "a2b", "a10", "b"}
	for i, a := range ordered {
		for j, b := range ordered {
			got := natural(a, b)
			if (got < 0) != (i < j) && !(strings.TrimLeft(a, "a0") == strings.TrimLeft(b, "a0")) || (got == 0) != (i == j) {
				t.Errorf("natural(%q, %q) = %d", a, b, got)
			}
			if (natural(b, a) < 0) != (got > 0) {
				t.Errorf("natural(%q, %q) is not symmetric", a, b)
			}
		}
	}
}

func TestRerunIsIndependent(t *testing.T) {
	q := compile(t, Spec{Where: "messages > 1", Sort: "name", Limit: 5}, "name")
	for range 3 {
		got := collect(q.Rows(source(t, q.Columns(), `{"name":"b","messages":2}`, `{"name":"a","messages":3}`,
			`{"name":"c"}`)))
		if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
			t.Fatal(diff)
		}
	}
}

func FuzzWhere(f *testing.F) {
	for _, s := range []string{
		`messages > 1000 && consumers == 0`, `arguments["x-max-length"] > 1`, `any(members, # == "a")`, `memory > "50MB"`,
		`let x = messages; x ?? 1 > 2`, `name matches "("`, `name | upper() == "A" ? true : false`,
		`reduce(members, #acc + #) == ""`,
		`sortBy(members, #)[0] == members[1:2][0]`, `{"a": messages}.a > 1`, `[1,2,nil][messages] > 0`,
		`-(1..messages)[0] ** 2 < 1`,
	} {
		f.Add(s)
	}
	row := record.Row{}
	f.Fuzz(func(t *testing.T, where string) {
		q, err := Compile(Spec{Where: where}, queues(), queues().Columns)
		if err != nil {
			var e *fail.Error
			if !errors.As(err, &e) || e.Kind != fail.Usage || strings.Contains(err.Error(), "\n") {
				t.Fatalf("%q: %v", where, err)
			}
			return
		}
		for range q.Rows(func(yield func(record.Row, error) bool) { _ = yield(row, nil) && yield(nil, nil) }) {
			continue
		}
	})
}

func FuzzSort(f *testing.F) {
	f.Add("-messages,name", "q-2", "q-10")
	f.Add("name", "a01", "a1")
	f.Fuzz(func(t *testing.T, sort, a, b string) {
		if x, y := natural(a, b), natural(b, a); (x < 0) != (y > 0) || (x == 0) != (a == b) {
			t.Fatalf("natural(%q, %q) = %d, %d", a, b, x, y)
		}
		q, err := Compile(Spec{Sort: sort, Limit: 2}, queues(), queues().Columns[:1])
		if err != nil {
			if fail.KindOf(err) != fail.Usage {
				t.Fatal(err)
			}
			return
		}
		for range q.Rows(func(yield func(record.Row, error) bool) {
			for _, s := range []string{a, b, a} {
				if !yield(record.Row{record.Of(s), record.Of(s), record.Of(s)}, nil) {
					return
				}
			}
		}) {
			continue
		}
	})
}

func manyRows(n int) []record.Row {
	rows := make([]record.Row, n)
	for i := range rows {
		rows[i] = record.Row{
			record.Value(fmt.Sprintf(`"queue-%d"`, i)), record.Value(fmt.Sprint(i % 3000)), record.Value("0"),
			record.Value(fmt.Sprint(i * 10)),
		}
	}
	return rows
}

func benchmark(b *testing.B, spec Spec) {
	q := compile(b, spec, "name", "messages", "consumers", "memory")
	rows := manyRows(100_000)
	for b.Loop() {
		for range q.Rows(func(yield func(record.Row, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}) {
			continue
		}
	}
	b.ReportAllocs()
}

func BenchmarkWhere100k(b *testing.B) {
	benchmark(b, Spec{Where: `messages > 1000 && consumers == 0`})
}

func BenchmarkWhereText100k(b *testing.B) {
	benchmark(b, Spec{Where: `name matches "^queue-1" && memory > "1MB"`})
}
func BenchmarkSort100k(b *testing.B)    { benchmark(b, Spec{Sort: "-messages,name"}) }
func BenchmarkTop10Of100k(b *testing.B) { benchmark(b, Spec{Sort: "-messages,name", Limit: 10}) }
func BenchmarkMatch100k(b *testing.B)   { benchmark(b, Spec{Match: []string{"7$"}}) }
func BenchmarkTotals100k(b *testing.B)  { benchmark(b, Spec{Totals: true}) }

// Clients choose the names in a foreign object, such as JSON in a message. So a value in it can have any type, whatever
// its name is.
func TestWhere_foreign(t *testing.T) {
	table := record.Table{Noun: "messages", Columns: []record.Column{{Name: "json"}}, Open: []string{"json"},
		Foreign: []string{"json"}}
	for where, want := range map[string]map[string]bool{
		`json.bytes == "5"`:      {`{"json":{"bytes":"5"}}`: true, `{"json":{"bytes":5}}`: false},
		`json.rate == 5`:         {`{"json":{"rate":"5"}}`: false, `{"json":{"rate":5}}`: true},
		`json[1].id == 3`:        {`{"json":[{},{"id":3}]}`: true, `{"json":{}}`: false},
		`json.a.b[0]["c d"] > 1`: {`{"json":{"a":{"b":[{"c d":2}]}}}`: true, `{"json":{"a":{"b":[]}}}`: false},
		`json == 7`:              {`{"json":7}`: true, `{"json":"7"}`: false},
		`json == "a"`:            {`{"json":"a"}`: true, `{}`: false},
		`json == nil`:            {`{}`: true, `{"json":[]}`: false},
	} {
		q, err := Compile(Spec{Where: where, Sort: "json.a"}, table, nil)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		for object, pass := range want {
			for row, err := range source(t, q.Columns(), object) {
				if got, _ := q.Judge()(row); got != pass || err != nil {
					t.Errorf("%s of %s: %v, %v", where, object, got, err)
				}
			}
		}
	}
}
