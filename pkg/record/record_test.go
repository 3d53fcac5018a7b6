package record

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func cells(t *testing.T, body string, columns ...Column) [][]string {
	t.Helper()
	var out [][]string
	for row, err := range Stream(strings.NewReader(body), columns) {
		if err != nil {
			t.Fatalf("stream: %v", err)
		}
		var line []string
		for _, v := range row {
			if v.Absent() {
				line = append(line, "-")
			} else {
				line = append(line, string(v))
			}
		}
		out = append(out, line)
	}
	return out
}

func TestStreamPicks(t *testing.T) {
	columns := []Column{
		{Name: "name"},
		{Name: "messages"},
		{Name: "leader", Else: "node"},
		{Name: "rate", From: "message_stats.publish_details.rate"},
		{Name: "arguments"},
		{Name: "arguments.x-max-length"},
		{Name: "arguments.a.b"},
		{Name: "pid", Missing: "no pid over HTTP"},
		{Name: "members", Else: "node", Kind: List},
		{Name: "kind", Const: Of("exchange")},
	}
	body := `[
	 {"name":"a\tb","messages":0,"node":"n1","message_stats":{"publish":1,"publish_details":{"rate":2.5}},"arguments":{"x-max-length":5,"a.b":true}},
	 {"pid":"1","name":"q","messages":null,"leader":"n2","message_stats":[],"arguments":[]},
	 {"name":"dup","name":"dup2","extra":{"deep":[1,{"name":"no"}]}},
	 []
	]`
	want := [][]string{
		{`"a\tb"`, `0`, `"n1"`, `2.5`, `{"x-max-length":5,"a.b":true}`, `5`, `true`, "-", `["n1"]`, `"exchange"`},
		{`"q"`, `null`, `"n2"`, "-", "[]", "-", "-", "-", "-", `"exchange"`},
		{`"dup2"`, "-", "-", "-", "-", "-", "-", "-", "-", `"exchange"`},
		{"-", "-", "-", "-", "-", "-", "-", "-", "-", `"exchange"`},
	}
	if diff := cmp.Diff(want, cells(t, body, columns...)); diff != "" {
		t.Error(diff)
	}
}

func TestStreamEmpty(t *testing.T) {
	if got := cells(t, " [ ] "); got != nil {
		t.Errorf("rows = %v", got)
	}
}

func TestStreamErrors(t *testing.T) {
	for _, body := range []string{"", "{}", "<html>", "[{\"name\":1}", "[{\"name\":", "[1,", "[{}}"} {
		var last error
		for _, err := range Stream(strings.NewReader(body), []Column{{Name: "name"}}) {
			last = err
		}
		if last == nil {
			t.Errorf("%q: no error", body)
		}
	}
}

func TestSelect(t *testing.T) {
	table := Table{
		Noun:    "queues",
		Columns: []Column{{Name: "name"}, {Name: "messages", Kind: Count}, {Name: "message_stats", Kind: Map}},
		Default: []string{"name"},
		Open:    []string{"message_stats"},
	}
	tests := []struct {
		words []string
		want  string
		err   string
	}{
		{nil, "name", ""},
		{[]string{"messages,name", " name "}, "messages name", ""},
		{[]string{"message_stats.publish_details.rate"}, "message_stats.publish_details.rate", ""},
		{[]string{"mesages"}, "", `queues have no column "mesages", did you mean "messages"?`},
		{[]string{"name.first"}, "", `queues have no column "name.first"`},
	}
	for _, tt := range tests {
		columns, err := table.Select(tt.words)
		if tt.err != "" {
			if err == nil || err.Error() != tt.err || fail.KindOf(err) != fail.Usage {
				t.Errorf("%v: err = %v, want %s", tt.words, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(Table{Columns: columns}.Names(), " "); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.words, got, tt.want)
		}
	}
}

func TestValue(t *testing.T) {
	tests := []struct {
		raw  string
		text string
		num  float64
		ok   bool
	}{
		{`"a\u00e4\ud83d\ude00\n"`, "aä😀\n", 0, false},
		{`"NaN"`, "NaN", 0, false},
		{`12`, "12", 12, true},
		{`-1.5e3`, "-1.5e3", -1500, true},
		{`null`, "", 0, false},
		{`{ "a": [1, 2] }`, `{"a":[1,2]}`, 0, false},
		{`true`, "true", 0, false},
	}
	for _, tt := range tests {
		v := Value(tt.raw)
		if v.Text() != tt.text {
			t.Errorf("%s: text %q, want %q", tt.raw, v.Text(), tt.text)
		}
		if n, ok := v.Number(); n != tt.num || ok != tt.ok {
			t.Errorf("%s: number %v %v", tt.raw, n, ok)
		}
	}
	if n, ok := Value("9007199254740993").Int(); !ok || n != 9007199254740993 {
		t.Errorf("large int: %d %v", n, ok)
	}
	if !Value(nil).Absent() || Value("null").Absent() || Value("null").Known() {
		t.Error("absent and null are told apart")
	}
}

func TestValueEachAndAt(t *testing.T) {
	var got []string
	Value(`[{"a":{"b":1}},{"a":2},3]`).Each(func(v Value) { got = append(got, string(v.At("a.b"))) })
	if diff := cmp.Diff([]string{"1", "", ""}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzStream(f *testing.F) {
	f.Add(`[{"name":"a","message_stats":{"x":1}},{"name":null}]`)
	f.Add(`[{"name":"\ud800"}]`)
	columns := []Column{{Name: "name"}, {Name: "message_stats.x"}, {Name: "message_stats"}, {Name: "l", Else: "name"}}
	f.Fuzz(func(t *testing.T, body string) {
		for row, err := range Stream(strings.NewReader(body), columns) {
			if err == nil && len(row) != len(columns) {
				t.Fatalf("row has %d cells", len(row))
			}
			for _, v := range row {
				v.Text()
				v.Number()
				v.Decode()
			}
		}
	})
}

// The rate of a counter of bytes is in bytes per second.
func TestFind_rates(t *testing.T) {
	table := Table{Open: []string{"recv_oct_details", "message_stats", "mem_used_details", "message_bytes_details",
		"reductions_details"}}
	for name, want := range map[string]Kind{
		"recv_oct_details.rate": ByteRate, "mem_used_details.rate": ByteRate, "message_bytes_details.rate": ByteRate,
		"message_stats.publish_details.rate": Rate, "reductions_details.rate": Rate,
	} {
		if c, ok := table.Find(name); !ok || c.Kind != want {
			t.Errorf("%s: %s", name, c.Kind)
		}
	}
}

// Clients choose the names of headers, so the name of a header does not determine its kind.
func TestFind_foreign(t *testing.T) {
	table := Table{Open: []string{"headers", "arguments"}, Foreign: []string{"headers"}}
	for name, want := range map[string]Kind{"headers.total_bytes": Text, "headers.a.rate": Text, "headers.x_details": Text,
		"arguments.x-max-length-bytes": Bytes} {
		if c, ok := table.Find(name); !ok || c.Kind != want {
			t.Errorf("%s: %s", name, c.Kind)
		}
	}
}

// A text that the API sends for a missing value is unset in columns that name this text. In other columns it is a text.
func TestUnset(t *testing.T) {
	table := Table{Noun: "things", Open: []string{"details"}, Columns: []Column{{Name: "user"},
		{Name: "host", From: "details.peer_host", Unset: "undefined"}}}
	columns, err := table.Select([]string{"user", "host", "details.peer_port"})
	if err != nil {
		t.Fatal(err)
	}
	for object, want := range map[string]string{
		`{"user":"undefined","details":{"peer_host":"undefined","peer_port":"undefined"}}`: `"undefined",,`,
		`{"user":"a","details":{"peer_host":"10.0.0.1","peer_port":5}}`:                    `"a","10.0.0.1",5`,
	} {
		row, err := NewPicker(columns).Pick([]byte(object))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(row[0]) + "," + string(row[1]) + "," + string(row[2]); got != want {
			t.Errorf("%s: %s", object, got)
		}
	}
}

// TestQuoted: every byte of a name comes back, also beside characters that JSON escapes.
func TestQuoted(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "a", `a"b\`, "a\xff", "a\xff\"\\\n\x01\xc3", "\u2028\xfe\t", "é\"\xc3\xa9\xe2"} {
		if got := Quoted([]byte(name)); got.Text() != name {
			t.Errorf("%q became %q, as %s", name, got.Text(), got)
		}
	}
}
