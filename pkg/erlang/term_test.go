package erlang_test

import (
	"bufio"
	"net/netip"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// TestLines has terms as the tools of 4.3 print them if they begin in the second column of a row that is not the last.
func TestLines(t *testing.T) {
	long := strings.Repeat("c", 90)
	for _, tt := range []struct {
		term    erlang.Term
		closing int
		want    string
	}{
		{erlang.Tuple{erlang.Atom("name"), erlang.Binary(strings.Repeat("b", 60))}, 0, "{name,<<\"" + strings.Repeat("b",
			60) + "\">>}"},
		{erlang.Tuple{erlang.Atom("tags"), erlang.List{erlang.Atom("a"), erlang.Atom("b"), erlang.Atom(long)}}, 0,
			"{tags,[a,b,\n        " + long + "]}"},
		{
			erlang.Map{{Key: erlang.Atom("description"), Value: erlang.Binary(long)}, {Key: erlang.Atom("tags"),
				Value: erlang.List{}}, {Key: erlang.Atom("x"), Value: erlang.Binary("classic")}}, 0,
			"#{description =>\n       <<\"" + long + "\">>,\n   tags => [],x => <<\"classic\">>}",
		},
		{
			erlang.List{erlang.Tuple{erlang.Binary("x-list"), erlang.Atom("array"), erlang.List{erlang.Tuple{erlang.Atom("long"),
				erlang.Number("0")}, erlang.Tuple{erlang.Atom("long"), erlang.Number("1")}, erlang.Tuple{erlang.Atom("long"),
				erlang.Number("2")},
				erlang.Tuple{erlang.Atom("long"), erlang.Number("3")}}}}, 0,
			"[{<<\"x-list\">>,array,[{long,0},{long,1},{long,2},{long,3}]}]",
		},
		{
			erlang.Tuple{erlang.Binary("兔兔兔兔兔兔兔兔"), erlang.Binary(long)}, 0,
			"{<<229,133,148,229,133,148,229,133,148,229,133,148,229,133,148,229,133,148,\n    229,133,148,229,133,148>>,\n  <<\"" + long + "\">>}",
		},
		{erlang.Tuple{}, 0, "{}"},
	} {
		if got := erlang.Lines(tt.term, 2, tt.closing); got != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
}

// TestText has terms as Erlang prints them with ~p on a line that is long enough.
func TestText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		term erlang.Term
		want string
	}{
		{erlang.Atom("running"), "running"},
		{erlang.Atom("rabbit@localhost"), "rabbit@localhost"},
		{erlang.Atom("rabbit-1@localhost"), "'rabbit-1@localhost'"},
		{erlang.Atom("MQTT"), "'MQTT'"},
		{erlang.Atom(""), "''"},
		{erlang.Atom(`it's\`), `'it\'s\\'`},
		{erlang.Binary(""), "<<>>"},
		{erlang.Binary("a\tb\"\\\x1b"), `<<"a\tb\"\\\e">>`},
		{erlang.Binary("caf\xe9"), `<<"café">>`},
		{erlang.Binary("\x00\xff"), "<<0,255>>"},
		{erlang.String(""), "[]"},
		{erlang.String("a\vé\""), `"a\vé\""`},
		{erlang.String("日"), "[26085]"},
		{erlang.String("\xff"), "[255]"},
		{erlang.Int(-7), "-7"},
		{erlang.Number("123456789012345678901234567890"), "123456789012345678901234567890"},
		{erlang.Number("0.35"), "0.35"},
		{erlang.List{erlang.Tuple{erlang.Atom("a"), erlang.List{}}, erlang.Tuple{}}, "[{a,[]},{}]"},
		{erlang.Map{{Key: erlang.Atom("a"), Value: erlang.Int(1)}, {Key: erlang.Binary("b"), Value: erlang.Map{}}},
			`#{a => 1,<<"b">> => #{}}`},
	} {
		if got := erlang.Text(tt.term); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// TestListWriter: elements that are written one by one look the same as the list written as a whole.
func TestListWriter(t *testing.T) {
	t.Parallel()
	for n := range 30 {
		var whole erlang.List
		var b strings.Builder
		out := bufio.NewWriter(&b)
		w := erlang.NewListWriter(out)
		for i := range n {
			one := erlang.List{erlang.Tuple{erlang.Atom("name"), erlang.Binary(strings.Repeat("x", 3*i))},
				erlang.Tuple{erlang.Atom("n"), erlang.Int(int64(i))}}
			whole = append(whole, one)
			w.Add(one)
		}
		w.End()
		_ = out.Flush()
		if want := erlang.Lines(whole, 1, 0); b.String() != want {
			t.Errorf("%d elements:\n%s\nwant\n%s", n, b.String(), want)
		}
	}
}

// TestCells has terms as the official tools print them in tables and with the json formatter.
func TestCells(t *testing.T) {
	t.Parallel()
	name := func(s string) erlang.Term { return erlang.Binary(s) }
	for _, tt := range []struct {
		term        erlang.Term
		table, json string
	}{
		{nil, "", `""`},
		{erlang.Atom("true"), "true", "true"},
		{erlang.Atom("running"), "running", `"running"`},
		{name("<a>&\n"), "<a>&\n", `"<a>&\n"`},
		{erlang.String("text"), "text", `"text"`},
		{erlang.Number("1.5"), "1.5", "1.5"},
		{erlang.Number(""), "", `""`},
		{erlang.List{erlang.Atom("a"), name("b c")}, "[a, b c]", `["a","b c"]`},
		{erlang.Tuple{name("max-length"), erlang.Int(3)}, `{<<"max-length">>, 3}`, `["max-length",3]`},
		{erlang.Tuple{erlang.Int(0), erlang.Int(9), erlang.Int(1)}, "{0,9,1}", "[0,9,1]"},
		{erlang.Address(netip.MustParseAddr("10.0.0.7")), "10.0.0.7", "[10,0,0,7]"},
		{erlang.Address(netip.MustParseAddr("fe80::1:2")), "fe80::1:2", "[65152,0,0,0,0,0,1,2]"},
		{erlang.Map{{Key: erlang.Atom("tags"), Value: erlang.List{name("a")}}}, "#{tags => [a]}", `{"tags":["a"]}`},
		{erlang.List{erlang.Tuple{name("a"), erlang.Int(1)}, erlang.Tuple{name("a"), erlang.Int(2)}},
			`[{<<"a">>, 1}, {<<"a">>, 2}]`, `{"a":1}`},
		{erlang.List{erlang.Tuple{name("x"), erlang.Atom("array"), erlang.List{erlang.Tuple{erlang.Atom("longstr"),
			name("")}}}}, `[{"x",[[]]}]`, `[["x","array",{"longstr":""}]]`},
	} {
		if got := erlang.Cell(tt.term); got != tt.table {
			t.Errorf("table: got %s, want %s", got, tt.table)
		}
		if got := erlang.JSON(tt.term); got != tt.json {
			t.Errorf("json: got %s, want %s", got, tt.json)
		}
	}
}

// FuzzLines: breaking a term into lines changes nothing but the space between its parts.
func FuzzLines(f *testing.F) {
	f.Add([]byte("{a,[bcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz]}"), 2, 1)
	f.Add([]byte("[[[[\x00\x01\x02#a{b}c]]]]"), 70, 0)
	f.Fuzz(func(t *testing.T, shape []byte, column, closing int) {
		if column < 1 || column > 200 || closing < 0 || closing > 50 || len(shape) > 2000 {
			t.Skip()
		}
		term, _ := termOf(shape, 0)
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := erlang.Lines(term, column, closing); bare(got) != bare(erlang.Text(term)) {
			t.Errorf("%s\nis printed as\n%s", erlang.Text(term), got)
		}
	})
}

// termOf makes a term from any bytes: a bracket begins or ends a nested term, and any other byte is a simple term.
func termOf(shape []byte, depth int) (erlang.Term, []byte) {
	if len(shape) == 0 || depth > 20 {
		return erlang.Tuple{}, nil
	}
	first, rest := shape[0], shape[1:]
	if first != '[' && first != '{' && first != '#' {
		return []erlang.Term{
			erlang.Atom(strings.Repeat("a", int(first)%40)), erlang.Binary(strings.Repeat(string(first), int(first)%90)),
			erlang.Int(int64(first)), erlang.String(strings.Repeat(string(rune(first)*9), int(first)%40)),
		}[first%4], rest
	}
	var elements erlang.List
	for len(rest) > 0 && rest[0] != ']' && rest[0] != '}' {
		var e erlang.Term
		e, rest = termOf(rest, depth+1)
		elements = append(elements, e)
	}
	if len(rest) > 0 {
		rest = rest[1:]
	}
	switch first {
	case '{':
		return erlang.Tuple(elements), rest
	case '#':
		var m erlang.Map
		for _, e := range elements {
			m = append(m, erlang.Entry{Key: erlang.Atom("key"), Value: e})
		}
		return m, rest
	}
	return elements, rest
}
