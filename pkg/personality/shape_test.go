package personality

import (
	"bufio"
	"encoding/json"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// TestValues has values as the API sends them, and as the tools of 3.10 and 4.3 print them.
func TestValues(t *testing.T) {
	const nested = `{"empty":"","n":1,"nested":{"in":[1,"a"]},"t":true,"x-a":"b"}`
	for _, c := range []struct {
		shape             shape
		sent, table, json string
	}{
		{asAMQP, `{}`, `[]`, `[]`},
		{asAMQP, `[]`, `[]`, `[]`},
		{asAMQP, nested, `[{"empty",[]},{"n",1},{"nested",[{"in",[1,"a"]}]},{"t",true},{"x-a","b"}]`,
			`[["empty","longstr",""],["n","long",1],["nested","table",[["in","array",{"long":1,"longstr":"a"}]]],["t","bool",true],["x-a","longstr","b"]]`},
		{asAMQP, `{"x-兔":"兔"}`, `[{[120,45,20820],[20820]}]`, `[["x-兔","longstr","兔"]]`},
		{asName, `null`, ``, `""`},
		{asName, `"a|b \"c\""`, `a|b "c"`, `"a|b \"c\""`},
		{asCount, ``, `0`, `0`},
		{asWords, `["prod","eu"]`, `[prod, eu]`, `["prod","eu"]`},
		{asWords, `[]`, `[]`, `[]`},
		{asWordPairs, `{"rabbit-4-3-1@localhost":"running"}`, `[{'rabbit-4-3-1@localhost', running}]`,
			`{"rabbit-4-3-1@localhost":"running"}`},
		{asPairs, `{"dead-letter-exchange":"amq.fanout","max-length":1000}`,
			`[{<<"dead-letter-exchange">>, amq.fanout}, {<<"max-length">>, 1000}]`,
			`{"dead-letter-exchange":"amq.fanout","max-length":1000}`},
		{asPairs, `{}`, `#{}`, `{}`},
		{asJSON, `{"a": [1, 2]}`, `{"a":[1,2]}`, `"{\"a\":[1,2]}"`},
		{asJSON, `"rabbit-4.3"`, `"rabbit-4.3"`, `"\"rabbit-4.3\""`},
		{asAddress, `"127.0.0.1"`, `127.0.0.1`, `[127,0,0,1]`},
		{asAddress, `"::1"`, `::1`, `[0,0,0,0,0,0,0,1]`},
		{asProtocol, `"AMQP 0-9-1"`, `{0,9,1}`, `[0,9,1]`},
		{asProtocol, `"AMQP 1-0"`, `{1, 0}`, `[1,0]`},
		{asProtocol, `"MQTT 3-1-1"`, `{'MQTT', {3,1,1}}`, `["MQTT",[3,1,1]]`},
		{asProtocol, `"Web MQTT 3.1.1"`, `{'Web MQTT', 3.1.1}`, `["Web MQTT","3.1.1"]`},
		{asProtocol, `" -"`, `{'', -}`, `["","-"]`},
		{asProtocol, `"MQTT 3-x"`, `{'MQTT', 3-x}`, `["MQTT","3-x"]`},
		{asMoment, `"2026-01-02 3:04:05"`, `2026-01-02 03:04:05`, `"2026-01-02 03:04:05"`},
		{asMoment, `"2026-01-02 13:04:05"`, `2026-01-02 13:04:05`, `"2026-01-02 13:04:05"`},
		{asMoment, ``, ``, `""`},
		{asUndefined, `"tlsv1.3"`, `tlsv1.3`, `"tlsv1.3"`},
		{asUndefined, ``, `undefined`, `"undefined"`},
		{asOmitted, `{"description":"","tags":["a"],"default_queue_type":"classic"}`,
			`#{default_queue_type => classic, description => , tags => [a]}`,
			`{"default_queue_type":"classic","description":"","tags":["a"]}`},
	} {
		var v record.Value
		if c.sent != "" {
			v = record.Value(c.sent)
		}
		got := c.shape.term(v)
		if erlang.Cell(got) != c.table || erlang.JSON(got) != c.json {
			t.Errorf("%s:\ntable %s\nwant  %s\njson  %s\nwant  %s", c.sent, erlang.Cell(got), c.table, erlang.JSON(got), c.json)
		}
	}
}

// TestErlang has the output of list_queues --formatter erlang of 4.3.
func TestErlang(t *testing.T) {
	const want = `[[{name,<<"auto">>},
  {arguments,[{<<"x-queue-type">>,longstr,<<"classic">>}]},
  {messages,0},
  {policy,''}],
 [{name,<<"classic args">>},
  {arguments,[{<<"x-dead-letter-exchange">>,longstr,<<>>},
              {<<"x-max-length">>,long,10},
              {<<"x-message-ttl">>,long,60000},
              {<<"x-queue-type">>,longstr,<<"classic">>},
              {<<"x-s">>,longstr,<<"a\"b\\c Ã¼">>},
              {<<120,45,229,133,148>>,longstr,<<229,133,148>>}]},
  {messages,0},
  {policy,<<"pol-a">>}]]
`
	rows := []record.Row{
		{record.Value(`"auto"`), record.Value(`{"x-queue-type":"classic"}`), record.Value(`0`), nil},
		{record.Value(`"classic args"`),
			record.Value(`{"x-dead-letter-exchange":"","x-max-length":10,"x-message-ttl":60000,` +
				`"x-queue-type":"classic","x-s":"a\"b\\c ü","x-兔":"兔"}`), record.Value(`0`), record.Value(`"pol-a"`)},
	}
	if got := rendered(t, "erlang", sheet{names: []string{"name", "arguments", "messages", "policy"}}, rows, asName,
		asAMQP, asCount, asName); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestErlangWrapsNumbers has a name that the tool of 4.3 prints as numbers on two lines.
func TestErlangWrapsNumbers(t *testing.T) {
	const want = "[[{vhost,<<112,97,114,32,105,116,121,47,195,188,32,229,133,148,32,98,50,100,\n           100,53,101,102,54>>},\n" +
		"  {configure,<<\"^$\">>}]]\n"
	row := record.Row{record.Value(`"par ity/ü 兔 b2dd5ef6"`), record.Value(`"^$"`)}
	if got := rendered(t, "erlang", sheet{names: []string{"vhost", "configure"}}, []record.Row{row}, asName,
		asName); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestErlangOnOneLine: what fits on one line is not broken. The closing brackets must fit on it, too.
func TestErlangOnOneLine(t *testing.T) {
	row := func(n int) record.Row { return record.Row{record.Of(strings.Repeat("x", n))} }
	for _, tt := range []struct {
		rows []record.Row
		want string
	}{
		{[]record.Row{row(20), row(25)}, "[[{name,<<\"" + strings.Repeat("x", 20) + "\">>}],[{name,<<\"" + strings.Repeat("x",
			25) + "\">>}]]\n"},
		{[]record.Row{row(20), row(26)}, "[[{name,<<\"" + strings.Repeat("x", 20) + "\">>}],\n [{name,<<\"" +
			strings.Repeat("x", 26) + "\">>}]]\n"},
	} {
		if got := rendered(t, "erlang", sheet{names: []string{"name"}}, tt.rows, asName); got != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
}

// TestEmpty has the output of a listing without rows in each format.
func TestEmpty(t *testing.T) {
	for format, want := range map[string][2]string{ // plain, streamed
		"table":        {"\n", ""},
		"json":         {"[]\n", "[\n]\n"},
		"json_stream":  {"", ""},
		"csv":          {"\r\n\r\n\n", ""},
		"erlang":       {"[]\n", "[]\n"},
		"pretty_table": {"\x1b(0lqqqqqqqqk\x1b(B\n\x1b(0x\x1b(B \x1b[1mOutput\x1b[0m \x1b(0x\x1b(B\n\x1b(0tqqqqqqqqu\x1b(B\n\x1b(0x\x1b(B []     \x1b(0x\x1b(B\n\x1b(0mqqqqqqqqj\x1b(B\n", ""},
	} {
		for i, streamed := range []bool{false, true} {
			if got := rendered(t, format, sheet{names: []string{"name"}, streamed: streamed}, nil); got != want[i] {
				t.Errorf("%s, streamed %v: %q, want %q", format, streamed, got, want[i])
			}
		}
	}
}

func rendered(t *testing.T, format string, s sheet, rows []record.Row, shapes ...shape) string {
	t.Helper()
	var b strings.Builder
	out := bufio.NewWriter(&b)
	f := newFormatter(format, s)
	for _, row := range rows {
		cells := make([]erlang.Term, len(row))
		for i, v := range row {
			cells[i] = shapes[i].term(v)
		}
		f.row(out, cells)
	}
	f.end(out, len(rows))
	out.Flush()
	return b.String()
}

// TestListingsAreWhole: each listing is a command of the tools. The columns that it shows by default, and those for
// which it has a shape, are columns of the listing.
func TestListingsAreWhole(t *testing.T) {
	for _, l := range listings() {
		if _, ok := find(ctl|diagnostics|streams, l.name); !ok {
			t.Errorf("%s is no command of the tools", l.name)
		}
		known := map[string]bool{}
		for _, c := range l.columnNames() {
			known[c] = true
		}
		for _, c := range l.shown() {
			if !known[c] {
				t.Errorf("%s shows the unknown column %s", l.name, c)
			}
		}
		for c := range l.shapes {
			if !known[c] {
				t.Errorf("%s has a shape for the unknown column %s", l.name, c)
			}
		}
		if !strings.HasPrefix(l.usage, "list_") && !strings.HasPrefix(l.usage, l.name) {
			t.Errorf("%s has the usage %q", l.name, l.usage)
		}
	}
}

// FuzzShapes: whatever the API sends, the formats json and json_stream print valid JSON.
func FuzzShapes(f *testing.F) {
	for _, seed := range []string{`" -"`, `"AMQP 0-9-1"`, `"MQTT 3-x"`, `{"a":[1,{"b":null}]}`, `"::"`, `"1.2.3"`, `-0`,
		`1e5`, `"\ud800"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		v, err := record.Whole(strings.NewReader(`[`+sent+`]`), '[', 1<<20)
		if err != nil {
			t.Skip()
		}
		v.Each(func(v record.Value) {
			for s := asName; s <= asUndefined; s++ {
				if text := erlang.JSON(s.term(v)); !json.Valid([]byte(text)) {
					t.Errorf("shape %d makes %s of %s", s, text, v)
				}
			}
		})
	})
}
