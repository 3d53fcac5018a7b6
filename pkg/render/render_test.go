package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

var update = flag.Bool("update", false, "write the golden files again")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (run with -update to accept):\n%s", name, diff)
	}
}

func columns() []record.Column {
	return []record.Column{
		{Name: "vhost"}, {Name: "name"}, {Name: "messages", Kind: record.Count}, {Name: "memory", Kind: record.Bytes},
		{Name: "publish_rate", Kind: record.Rate}, {Name: "use", Kind: record.Ratio}, {Name: "idle", Kind: record.Seconds},
		{Name: "lag", Kind: record.Millis}, {Name: "created", Kind: record.Timestamp}, {Name: "durable", Kind: record.Flag},
		{Name: "members", Kind: record.List}, {Name: "arguments", Kind: record.Map},
	}
}

func raw(cells ...string) record.Row {
	row := make(record.Row, len(cells))
	for i, c := range cells {
		if c != "" {
			row[i] = record.Value(c)
		}
	}
	return row
}

func rows() []record.Row {
	return []record.Row{
		raw(`"/"`, `"orders"`, `1234567`, `83600000000`, `12.34`, `0.985`, `273600`, `312000`, `1769850000000`, `true`,
			`["rabbit@a","rabbit@b"]`,
			`{"x-queue-type":"quorum","x-max-length":100,"x-x":"","t":{"in":true,"no":null},"l":["a",1],"u":"\u65e5\u672c"}`),
		raw(`"tenant/%2F"`, `"tab\tnewline\nesc\u001b[31m"`, `0`, `0`, `0`, `0`, `0`, `0`, `"never"`, `false`, `[]`, `[]`),
		raw(`"no"`, `" edges "`, `null`, ``, `null`, ``, `null`, ``, `null`, ``, `null`, ``),
		raw(`"0123"`, `"日本語-😀"`, `7`, `999949`, `0.04`, `1`, `59`, `999`, `0`, `true`, `["a, b"]`, `{"a b":"c=d"}`),
		raw(`"1e3"`, `"a|b `+"`c`"+` <d> *e* \\f\"g\" _h_ i_j"`, `12`, `1500`, `1234.5`, `0.5`, `86400`, `60000`,
			`1769850000000`, `true`, `["x"]`, `{}`),
		raw(`"10:30"`, "\"not utf-8 \xff\xfe\"", `1`, `1`, `1`),
		raw(`"~"`, "\"rtl \u202e zero\u200bwidth \u0085 c1\"", `1`),
		raw(`"`+strings.Repeat("v", 255)+`"`, `"`+strings.Repeat("n", 255)+`"`, `"NaN"`),
	}
}

func listing(t testing.TB, f Format, o Options, columns []record.Column, rows []record.Row) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := New(f, &b, columns, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Row(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func terminal(width int) Options { return Options{Terminal: true, Width: width, Zone: time.UTC} }

// formats returns all formats. The format template has a template text.
func formats() []Help {
	all := Formats()
	for i := range all {
		if all[i].Format == Template {
			all[i].Format = Template + "={{json .}}"
		}
	}
	return all
}

// file returns the name of the format for golden files.
func file(f Format) string {
	name, _, _ := strings.Cut(string(f), "=")
	return name
}

func TestListings(t *testing.T) {
	for _, h := range formats() {
		golden(t, "list_pipe."+file(h.Format), listing(t, h.Format, Options{Zone: time.UTC}, columns(), rows()))
		golden(t, "list_terminal."+file(h.Format), listing(t, h.Format, terminal(160), columns(), rows()))
		golden(t, "empty."+file(h.Format), listing(t, h.Format, Options{}, columns(), nil))
		golden(t, "no_headers."+file(h.Format), listing(t, h.Format, Options{NoHeaders: true}, columns()[:3], rows()[:1]))
	}
	if got := listing(t, Table, Options{NoHeaders: true}, columns(), nil); len(got) != 0 {
		t.Errorf("no rows, no header: %q", got)
	}
}

func TestTotals(t *testing.T) {
	for _, h := range formats() {
		var b bytes.Buffer
		w, err := New(h.Format, &b, columns()[:5], Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows()[:4] {
			if err := w.Row(r[:5]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Totals(raw(``, ``, `1234574`, `83600999949`, `12.38`), 4, []int{0, 0, 1, 1, 2}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if has := strings.Contains(b.String(), "1234574"); has != HasTotals(h.Format) {
			t.Errorf("%s: HasTotals is %v, sums written: %v", h.Format, !has, has)
		}
		golden(t, "totals."+file(h.Format), b.Bytes())
	}
}

func document() record.Document {
	return record.Document{
		record.Fields("", record.Field{Column: record.Column{Name: "name"}, Value: record.Of("rabbit@a")},
			record.Field{Column: record.Column{Name: "version"}, Value: nil}),
		record.Fields("memory", record.Field{Column: record.Column{Name: "used", Kind: record.Bytes},
			Value: record.Of(83600000000)},
			record.Field{Column: record.Column{Name: "limit", Kind: record.Bytes}, Value: record.Of(90000000000)},
			record.Field{Column: record.Column{Name: "tags", Kind: record.Map}, Value: record.Value(`{"a":"\u001b[1m"}`)}),
		{Name: "nodes", Columns: []record.Column{{Name: "name"}, {Name: "messages", Kind: record.Count}},
			Rows: []record.Row{raw(`"a"`, `1`), raw(`"b\tc"`, ``)}},
		{Name: "alarms", Columns: []record.Column{{Name: "name"}}},
		record.Fields("disk", record.Field{Column: record.Column{Name: "free", Kind: record.Bytes}, Value: record.Of(1)}),
	}
}

func TestDocuments(t *testing.T) {
	for _, h := range formats() {
		for name, o := range map[string]Options{"pipe": {}, "terminal": {Terminal: true, Width: 80, Colour: true}} {
			var b bytes.Buffer
			if err := Document(h.Format, &b, document(), o); err != nil {
				t.Fatal(err)
			}
			golden(t, "document_"+name+"."+file(h.Format), b.Bytes())
		}
	}
	var b bytes.Buffer
	if err := Document(JSONL, &b, record.Document{document()[2]}, Options{}); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	table := document()[2]
	table.Name = ""
	if err := Document(JSONL, &b, record.Document{table}, Options{}); err != nil ||
		b.String() != `[{"name":"a","messages":1},{"name":"b\tc","messages":null}]`+"\n" {
		t.Errorf("%v %q", err, b.String())
	}
	for _, h := range formats() {
		if err := Document(h.Format, io.Discard, nil, Options{}); err != nil {
			t.Errorf("%s: an empty document: %v", h.Format, err)
		}
	}
}

func TestDocumentsAreValid(t *testing.T) {
	var b bytes.Buffer
	if err := Document(JSON, &b, document(), Options{Terminal: true}); err != nil {
		t.Fatal(err)
	}
	var fromJSON, fromYAML any
	if err := json.Unmarshal(b.Bytes(), &fromJSON); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := Document(YAML, &b, document(), Options{Terminal: true}); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b.Bytes(), &fromYAML); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &fromYAML); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fromJSON, fromYAML); diff != "" {
		t.Error(diff)
	}
}

func TestParseFormat(t *testing.T) {
	if f, err := ParseFormat("yaml"); err != nil || f != YAML {
		t.Error(f, err)
	}
	_, err := ParseFormat("jsn")
	if fail.KindOf(err) != fail.Usage || err.Error() != `no output format "jsn", did you mean "json"?` {
		t.Error(err)
	}
	if want := "formats: table tsv csv json jsonl yaml markdown html template"; steps.Of(err) != want {
		t.Errorf("hint %q", steps.Of(err))
	}
	if _, err := New("xml", io.Discard, nil, Options{}); fail.KindOf(err) != fail.Usage {
		t.Error(err)
	}
	if err := Document("xml", io.Discard, nil, Options{}); fail.KindOf(err) != fail.Usage {
		t.Error(err)
	}
}

// closedPipe is a writer that fails like a pipe whose reader has closed it.
type closedPipe struct{ err error }

func (p closedPipe) Write([]byte) (int, error) { return 0, p.err }

func TestWriteErrorsEndTheListing(t *testing.T) {
	broken := errors.New("broken pipe")
	for _, h := range formats() {
		w, err := New(h.Format, closedPipe{broken}, columns(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		written := 0
		for err = w.Row(rows()[0]); err == nil && written < 100_000; err = w.Row(rows()[0]) {
			written++
		}
		if !errors.Is(err, broken) || written > 2*chunk {
			t.Errorf("%s: %v after %d rows", h.Format, err, written)
		}
		if err := w.Row(rows()[1]); h.Format != Table && !errors.Is(err, broken) {
			t.Errorf("%s: a later row: %v", h.Format, err)
		}
		if err := w.Close(); !errors.Is(err, broken) {
			t.Errorf("%s: close: %v", h.Format, err)
		}
		if err := Document(h.Format, closedPipe{broken}, document(), Options{}); !errors.Is(err, broken) {
			t.Errorf("%s: document: %v", h.Format, err)
		}
	}
}

func TestRowsMayBeShortAndChangeLater(t *testing.T) {
	for _, h := range formats() {
		var b, want bytes.Buffer
		w, _ := New(h.Format, &b, columns()[:3], Options{})
		v, _ := New(h.Format, &want, columns()[:3], Options{})
		row := raw(`"a"`)
		if err := errors.Join(w.Row(row), v.Row(raw(`"a"`, "", "")), v.Close()); err != nil {
			t.Fatal(err)
		}
		copy(row[0], `"x"`)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if b.String() != want.String() {
			t.Errorf("%s: %q, want %q", h.Format, b.String(), want.String())
		}
	}
}

func TestTableFitsTheScreen(t *testing.T) {
	var many []record.Row
	for i := range 2*chunk + 10 {
		many = append(many, raw(`"/"`, fmt.Sprintf(`"queue-%0*d"`, 1+i%200, i), fmt.Sprint(i)))
	}
	if out := string(listing(t, Table, terminal(40), columns()[:3], many)); strings.Contains(out, "…") ||
		strings.Count(out, "\n") < 2*len(many) {
		t.Error("on a narrow screen a name was cut, or is not on a line of its own")
	}
	for _, screen := range []int{80, 200} {
		out := string(listing(t, Table, terminal(screen), columns()[:3], many))
		for _, line := range strings.Split(out, "\n") {
			if width(line) > screen || strings.HasSuffix(line, " ") {
				t.Fatalf("%d wide on %d: %q", width(line), screen, line)
			}
		}
		if n := strings.Count(out, "\n"); n != len(many)+1 {
			t.Errorf("%d lines for %d rows", n, len(many))
		}
	}
	piped := string(listing(t, Table, Options{Width: 40}, columns()[:3], many))
	if strings.Contains(piped, "…") || strings.Count(piped, "\n") != len(many)+1 || strings.Count(piped, "vhost") != 1 {
		t.Error("data was cut in a pipe, or the header is not there once")
	}
	for i, line := range strings.Split(strings.TrimSpace(piped), "\n")[1:] {
		if f := strings.Fields(line); len(f) != 3 || f[1] != fmt.Sprintf("queue-%0*d", 1+i%200, i) || f[2] != fmt.Sprint(i) {
			t.Fatalf("row %d is %q", i, line)
		}
	}
}

func TestSqueeze(t *testing.T) {
	text := []record.Column{{Name: "a"}, {Name: "n", Kind: record.Count}, {Name: "b"}}
	tests := []struct {
		widths []int
		screen int
		want   []int
	}{
		{[]int{10, 5, 10}, 80, []int{10, 5, 10}},
		{[]int{60, 5, 10}, 40, []int{21, 5, 10}},
		{[]int{60, 5, 50}, 69, []int{30, 5, 30}},
		{[]int{60, 5, 50}, 100, []int{48, 5, 43}},
		{[]int{60, 5, 50}, 10, []int{12, 5, 12}},
	}
	for _, tt := range tests {
		got := append([]int(nil), tt.widths...)
		squeeze(got, text, make([]bool, 3), []int{1, 1, 1}, tt.screen)
		sum := got[0] + got[1] + got[2] + 2*gap
		if got[1] != 5 || got[0] < min(12, tt.widths[0]) || tt.screen >= 33 && sum > tt.screen ||
			got[0]-got[2] > tt.widths[0]-tt.widths[2] {
			t.Errorf("%v on %d: %v", tt.widths, tt.screen, got)
		}
		if tt.screen < 100 && !cmp.Equal(tt.want, got) {
			t.Errorf("%v on %d: %v, want %v", tt.widths, tt.screen, got, tt.want)
		}
	}
}

func TestColourMarksTheHeaderOnly(t *testing.T) {
	o := terminal(0)
	o.Colour = true
	got := string(listing(t, Table, o, columns()[:2], rows()[:2]))
	if strings.Count(got, "\x1b") != 2 || !strings.HasPrefix(got, "\x1b[1mvhost       name") || !strings.Contains(got,
		"\x1b[0m\n") {
		t.Errorf("%q", got)
	}
}

func TestDeltas(t *testing.T) {
	d := NewDeltas()
	o := terminal(0)
	o.Deltas = d
	cols := []record.Column{{Name: "name"}, {Name: "messages", Kind: record.Count}, {Name: "memory", Kind: record.Bytes},
		{Name: "state"}}
	round := func(rows ...record.Row) string {
		defer d.Next()
		return string(listing(t, Table, o, cols, rows))
	}
	first := round(raw(`"a"`, `7`, `1000`, `"idle"`), raw(`"b"`, `1`, ``, ``), raw(`"twin"`, `1`), raw(`"twin"`, `5`))
	if strings.Contains(first, "(") {
		t.Errorf("changes in the first round: %s", first)
	}
	second := round(raw(`"a"`, `10`, `500`, `"running"`), raw(`"b"`, `1`, `5`, ``), raw(`"new"`, `3`), raw(`"twin"`, `2`),
		raw(`"twin"`, `9`))
	golden(t, "deltas.table", []byte(second))
	if third := round(raw(`"a"`, `9`, `500`), raw(`"b"`)); !strings.Contains(third, "9 (-1)") {
		t.Errorf("third round: %s", third)
	}
	piped := string(listing(t, Table, Options{Deltas: d}, cols, []record.Row{raw(`"a"`, `1`)}))
	if strings.Contains(piped, "(") {
		t.Errorf("changes in a pipe: %s", piped)
	}
	// Rows without a name cannot be told apart, so they show no changes.
	cols = cols[1:2]
	for range 2 {
		if got := round(raw(`1`), raw(`5`)); strings.Contains(got, "(") {
			t.Error(got)
		}
	}
}

func TestDeltasPerSecond(t *testing.T) {
	d, at := NewDeltas(), time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	o := terminal(0)
	o.Deltas = d
	cols := []record.Column{{Name: "name"}, {Name: "published", Kind: record.Count}, {Name: "memory", Kind: record.Bytes}}
	round := func(after time.Duration, row record.Row) string {
		at = at.Add(after)
		d.Begin(at)
		defer d.Next()
		return string(listing(t, Table, o, cols, []record.Row{row}))
	}
	round(0, raw(`"a"`, `10`, `9000`))
	if got := round(4*time.Second, raw(`"a"`, `16`, `1000`)); !strings.Contains(got, "16 (+6, 1.5/s)") ||
		!strings.Contains(got, "1 kB (-8 kB, -2 kB/s)") {
		t.Error(got)
	}
	if got := round(0, raw(`"a"`, `17`, `1000`)); !strings.Contains(got, "17 (+1)") {
		t.Errorf("in no time: %s", got)
	}
	if got := round(time.Second, raw(`"a"`, `17`, `1000`)); strings.Contains(got, "(") {
		t.Errorf("no change: %s", got)
	}
}

func TestUnits(t *testing.T) {
	tests := []struct {
		kind record.Kind
		in   float64
		want string
	}{
		{record.Bytes, 0, "0 B"}, {record.Bytes, 999, "999 B"}, {record.Bytes, 1000, "1 kB"}, {record.Bytes, 999949,
			"999.9 kB"},
		{record.Bytes, 999950, "1 MB"}, {record.Bytes, 83_612_345_678, "83.6 GB"}, {record.Bytes, -1500, "-1.5 kB"},
		{record.Bytes, 1e21, "1000 EB"},
		{record.Rate, 12.34, "12.3/s"}, {record.Rate, 0, "0/s"}, {record.Rate, 0.04, "0/s"}, {record.Rate, 12345.6,
			"12346/s"},
		{record.Ratio, 0.985, "98.5%"}, {record.Ratio, 1, "100%"},
		{record.Seconds, 0, "0s"}, {record.Seconds, 59, "59s"}, {record.Seconds, 60, "1m"}, {record.Seconds, 312, "5m12s"},
		{record.Seconds, 0.25, "250ms"},
		{record.Seconds, 273600, "3d4h"}, {record.Seconds, 86400, "1d"}, {record.Seconds, -61, "-1m1s"},
		{record.Seconds, 3661, "1h1m"},
		{record.Millis, 850, "850ms"}, {record.Millis, 4000, "4s"},
		{record.Timestamp, 1769850000000, "2026-01-31T09:00:00Z"}, {record.Timestamp, 1e30, ""},
		{record.Count, 5, ""}, {record.Text, 5, ""},
	}
	for _, tt := range tests {
		if got := withUnit(tt.kind, tt.in, time.UTC); got != tt.want {
			t.Errorf("%s %v: %q, want %q", tt.kind, tt.in, got, tt.want)
		}
	}
}

func TestEscape(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"orders", "orders"},
		{`a\b|"c"`, `a\b|"c"`},
		{"a\tb\nc\rd", `a\tb\nc\rd`},
		{"\x1b[31mred\x1b[0m\x00\x7f", `\x1b[31mred\x1b[0m\x00\x7f`},
		{"日本語 😀", "日本語 😀"},
		{"\xff\xc3(", `\xff\xc3(`},
		{"a\u202eb\u200bc\ufeffd\u2028e\u0085f\U000e0041", `a\u202eb\u200bc\ufeffd\u2028e\u0085f\U000e0041`},
		{"real \ufffd stays", "real \ufffd stays"},
	}
	for _, tt := range tests {
		if got := Escape(tt.in); got != tt.want {
			t.Errorf("Escape(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	for in, want := range map[string]string{"": "", "a": "a", " a  ": `\x20a\x20\x20`, "  ": `\x20\x20`, "a b": "a b"} {
		if got := showEdges(in); got != want {
			t.Errorf("showEdges(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestErlangText(t *testing.T) {
	tests := []struct{ in, want string }{
		{`{}`, `[]`},
		{`{"x-queue-type":"quorum","x-max-length":100}`, `[{"x-queue-type","quorum"},{"x-max-length",100}]`},
		{`{"e":""}`, `[{"e",[]}]`},
		{`{"t":{"in":true}}`, `[{"t",[{"in",true}]}]`},
		{`{"l":["a",1,2.5,[]]}`, `[{"l",["a",1,2.5,[]]}]`},
		{`{"q":"a\"b\\c\n"}`, `[{"q","a\"b\\c\n"}]`},
		{`{"u":"\u65e5\u672c"}`, `[{"u",[26085,26412]}]`},
		{`{"u":"caf\u00e9"}`, `[{"u","café"}]`},
		{`{"c":"a\u0001"}`, `[{"c",[97,1]}]`},
		{"{\"b\":\"\xff\"}", `[{"b",[255]}]`},
		{`{"n":null}`, `[{"n",undefined}]`},
	}
	for _, tt := range tests {
		if got := string(appendArguments(nil, record.Value(tt.in))); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.in, got, tt.want)
		}
	}
	for in, want := range map[string]string{`[]`: `[]`, `["a","b c"]`: `[a, b c]`, `[1,{"a":2}]`: `[1, {"a":2}]`} {
		if got := string(appendNames(nil, record.Value(in))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"a\tb", "\x1b]0;x\x07", "\xff", "\u202e", "日本"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Escape(s)
		if Escape(got) != got || !utf8.ValidString(got) {
			t.Fatalf("Escape(%q) = %q", s, got)
		}
		for _, r := range got {
			if hostile(r, utf8.RuneLen(r)) {
				t.Fatalf("Escape(%q) = %q", s, got)
			}
		}
		// If the text does not fit on the screen, it stands below its row, on lines of its own. Otherwise each row is one
		// line.
		for _, width := range []int{30, 100_000} {
			text := string(listing(t, Table, terminal(width), columns()[:2], []record.Row{{record.Value("1"), quoted(s)}}))
			lines := strings.Split(text, "\n")
			if len(lines) < 3 || width > 30 && len(lines) != 3 || firstHostile(strings.Join(lines, "")) != len(text)-len(lines)+
				1 {
				t.Fatalf("%q: %q", s, text)
			}
		}
	})
}

// quoted is a JSON string as a broker might send it: bytes that are not UTF-8 stay.
func quoted(s string) record.Value {
	b := []byte{'"'}
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c == '"' || c == '\\':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

func FuzzRoundTrip(f *testing.F) {
	f.Add("orders", "/", `{"a":[1,null,"x"]}`)
	f.Add("a\tb,\"c\"\n", "\xff", `1e3`)
	f.Add("\tb\nc ", "a: b #c\n\n", `{"\t\n":"- x"}`)
	f.Add("no", "0123", "\"\u202e\\ud800\"")
	f.Add(" ", "", `[ 1 ,`+"\n"+`2]`)
	f.Fuzz(func(t *testing.T, a, b, value string) {
		if value = strings.TrimSpace(value); !json.Valid([]byte(value)) {
			value = "null"
		}
		cols := []record.Column{{Name: "a"}, {Name: "b"}, {Name: "arguments.\x1b", Kind: record.Map}}
		row := record.Row{quoted(a), quoted(b), record.Value(value)}
		var want any
		d := json.NewDecoder(strings.NewReader(strings.ToValidUTF8(value, "\ufffd")))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Skip()
		}
		valid := func(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
		for _, o := range []Options{{}, {Terminal: true}} {
			for _, format := range []Format{JSON, JSONL} {
				out := listing(t, format, o, cols, []record.Row{row, row})
				if format == JSONL {
					out = []byte("[" + strings.Join(strings.Split(strings.TrimSpace(string(out)), "\n"), ",") + "]")
				}
				var got []map[string]any
				d := json.NewDecoder(bytes.NewReader(out))
				d.UseNumber()
				if err := d.Decode(&got); err != nil || len(got) != 2 || !utf8.Valid(out) {
					t.Fatalf("%s %q: %v", format, out, err)
				}
				if got[1]["a"] != valid(a) || got[1]["b"] != valid(b) {
					t.Fatalf("%s: %q %q became %q %q", format, a, b, got[1]["a"], got[1]["b"])
				}
				if diff := cmp.Diff(want, got[1]["arguments.\x1b"]); diff != "" {
					t.Fatalf("%s: %s", format, diff)
				}
			}
			out := listing(t, YAML, o, cols, []record.Row{row, row})
			var got []map[string]any
			if err := yaml.Unmarshal(out, &got); err != nil || len(got) != 2 || got[0]["a"] != valid(row[0].Text()) ||
				got[1]["b"] != valid(row[1].Text()) {
				t.Fatalf("yaml: %q %q became %q: %v", a, b, out, err)
			}
		}
		out := listing(t, CSV, Options{}, cols[:2], []record.Row{row, row})
		got, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
		// csv.Reader returns \n for \r\n inside quotes; the file has \r\n.
		lf := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
		if err != nil || len(got) != 3 || got[2][0] != lf(row[0].Text()) || got[2][1] != lf(row[1].Text()) {
			t.Fatalf("csv: %q %q became %q: %v", a, b, got, err)
		}
		out = listing(t, CSV, Options{}, cols[:1], []record.Row{row, row})
		if got, err := csv.NewReader(bytes.NewReader(out)).ReadAll(); err != nil || len(got) != 3 {
			t.Fatalf("csv of one column: %q: %v", out, err)
		}
	})
}

func benchmark(b *testing.B, f Format, o Options) {
	cols := columns()[:7]
	rows := make([]record.Row, 100_000)
	for i := range rows {
		rows[i] = raw(`"/"`, fmt.Sprintf(`"queue-%d"`, i), fmt.Sprint(i), fmt.Sprint(i*1000), `12.5`, `0.5`, `60`)
	}
	b.ReportAllocs()
	for b.Loop() {
		w, err := New(f, io.Discard, cols, o)
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range rows {
			if err := w.Row(r); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTSV100k(b *testing.B)           { benchmark(b, TSV, Options{}) }
func BenchmarkCSV100k(b *testing.B)           { benchmark(b, CSV, Options{}) }
func BenchmarkJSON100k(b *testing.B)          { benchmark(b, JSON, Options{}) }
func BenchmarkYAML100k(b *testing.B)          { benchmark(b, YAML, Options{}) }
func BenchmarkMarkdown100k(b *testing.B)      { benchmark(b, Markdown, Options{}) }
func BenchmarkTable100k(b *testing.B)         { benchmark(b, Table, Options{}) }
func BenchmarkTableTerminal100k(b *testing.B) { benchmark(b, Table, terminal(120)) }

// On a narrow screen, the names of columns are broken into lines before any value is cut. A sentence in the last column
// goes below its row.
func TestNarrow(t *testing.T) {
	columns := []record.Column{{Name: "vhost"}, {Name: "name"}, {Name: "messages_ready", Kind: record.Count},
		{Name: "messages_unacknowledged", Kind: record.Count}, {Name: "reason"}}
	rows := []record.Row{
		{record.Of("/"), record.Of("orders"), record.Of(12), record.Of(3),
			record.Of("consumers hold all they may (1 of 1) and finish nothing")},
		{record.Of("/"), record.Of("mail"), record.Of(0), record.Of(1234567), nil},
	}
	tests := map[string]struct {
		columns int
		o       Options
		want    string
	}{
		"wide": {4, terminal(60), "" +
			"vhost  name    messages_ready  messages_unacknowledged\n" +
			"/      orders              12                        3\n" +
			"/      mail                 0                  1234567\n"},
		"broken": {4, terminal(50), "" +
			"                                    messages_\n" +
			"vhost  name    messages_ready  unacknowledged\n" +
			"/      orders              12               3\n" +
			"/      mail                 0         1234567\n"},
		"folded": {5, terminal(50), "" +
			"                                    messages_\n" +
			"vhost  name    messages_ready  unacknowledged\n" +
			"    reason\n" +
			"/      orders              12               3\n" +
			"    consumers hold all they may (1 of 1) and\n" +
			"    finish nothing\n" +
			"/      mail                 0         1234567\n"},
		"without a heading": {5, Options{Terminal: true, Width: 40, NoHeaders: true}, "" +
			"/  orders  12        3\n" +
			"    consumers hold all they may (1 of 1)\n" +
			"    and finish nothing\n" +
			"/  mail     0  1234567\n"},
		"bold": {4, Options{Terminal: true, Width: 50, Colour: true}, "" +
			bold + "                                    messages_" + plainText + "\n" +
			bold + "vhost  name    messages_ready  unacknowledged" + plainText + "\n" +
			"/      orders              12               3\n" +
			"/      mail                 0         1234567\n"},
		"in a pipe": {4, Options{Width: 20}, "" +
			"vhost  name    messages_ready  messages_unacknowledged\n" +
			"/      orders              12                        3\n" +
			"/      mail                 0                  1234567\n"},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, string(listing(t, Table, tt.o, columns[:tt.columns], rows))); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestBroken(t *testing.T) {
	for name, want := range map[string][]string{
		"name": {"name"}, "messages_ready": {"messages_", "ready"}, "disk_free_alarm": {"disk_free_", "alarm"}, "": nil,
		"message_stats.publish_details.rate": {"message_", "stats.", "publish_", "details.", "rate"}, "a_": {"a_"},
	} {
		if diff := cmp.Diff(want, broken(name, 10)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}
