package render

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// onScreen writes a listing for a screen of this width, and returns the names of the columns that did not fit.
func onScreen(t *testing.T, width int, columns []record.Column, rows []record.Row) (text string, unshown []string) {
	t.Helper()
	o := terminal(width)
	o.Unshown = func(names []string) { unshown = append(unshown, names...) }
	return string(listing(t, Table, o, columns, rows)), unshown
}

// If names take more than half of the screen, each name goes on a line above its row. Otherwise names are cut last.
// Before that, other texts are cut, and columns are left out: first columns without values, then columns that can be
// spared, then columns from the right.
func TestFit(t *testing.T) {
	columns := []record.Column{{Name: "name"}, {Name: "type", Spare: 2}, {Name: "running", Kind: record.Flag},
		{Name: "memory", Kind: record.Bytes},
		{Name: "uptime", Kind: record.Seconds, Spare: 1}, {Name: "owner"}, {Name: "note"}}
	rows := []record.Row{
		{record.Of("rabbit@a-long-name-of-a-host-1"), record.Of("disc"), record.Of(true), record.Of(1e9), record.Of(90),
			record.Of("operations-and-more")},
		{record.Of("rabbit@a-long-name-of-a-host-2"), record.Of("disc"), record.Of(true), record.Of(2e9), record.Of(60),
			record.Of("nobody")},
	}
	for _, tt := range []struct {
		screen  int
		line    string
		unshown []string
	}{
		{100, "rabbit@a-long-name-of-a-host-1  disc  true       1 GB   1m30s  operations-and-more  -", nil},
		{80, "rabbit@a-long-name-of-a-host-1  disc  true       1 GB   1m30s  operations-and-m…", []string{"note"}},
		{70, "rabbit@a-long-name-of-a-host-1  disc  true       1 GB  operations-and…", []string{"note", "uptime"}},
		{66, "rabbit@a-long-name-of-a-host-1  true       1 GB  operations-and-m…", []string{"note", "uptime", "type"}},
		// From here on names take more than half of the screen.
		{50, "rabbit@a-long-name-of-a-host-1\n  disc  true       1 GB   1m30s  operations-and-m…", []string{"note"}},
		{40, "rabbit@a-long-name-of-a-host-1\n  disc  true       1 GB  operations-and…", []string{"note", "uptime"}},
		{32, "rabbit@a-long-name-of-a-host-1\n  true       1 GB  operations-a…", []string{"note", "uptime", "type"}},
	} {
		text, unshown := onScreen(t, tt.screen, columns, rows)
		lines := strings.Split(text, "\n")
		if strings.Contains(tt.line, "\n") {
			lines = []string{strings.Join(lines[:2], "\n"), strings.Join(lines[2:4], "\n"), strings.Join(lines[4:6], "\n")}
		}
		if lines[1] != tt.line || !cmp.Equal(tt.unshown, unshown) {
			t.Errorf("on %d columns, without %q:\n%s", tt.screen, unshown, text)
		}
		for _, line := range strings.Split(text, "\n") {
			if width(line) > tt.screen {
				t.Errorf("on %d columns: %q", tt.screen, line)
			}
		}
		// Names that differ only at their ends still differ on any screen.
		if !strings.Contains(lines[1], "-1") || !strings.Contains(lines[2], "-2") {
			t.Errorf("on %d columns the names look alike:\n%s", tt.screen, text)
		}
	}
	if _, unshown := onScreen(t, 0, columns, rows); unshown != nil {
		t.Errorf("without a width %q are not shown", unshown)
	}
}

// Changes are shown if there is room for them. A round has the same columns as the round before.
func TestFit_changes(t *testing.T) {
	columns := []record.Column{{Name: "name"}, {Name: "messages", Kind: record.Count}, {Name: "ready", Kind: record.Count},
		{Name: "state"}}
	for screen, want := range map[int]string{
		90: "invoices-to-be-sent-to-accounting  110 (+10, 5/s)  7 (-3, -1.5/s)  running",
		65: "invoices-to-…-accounting  110 (+10, 5/s)  7 (-3, -1.5/s)  running",
		60: "invoices-to-be-s…t-to-accounting  110 (+10)  7 (-3)  running",
		56: "invoices-to-…-accounting  110 (+10, 5/s)  7 (-3, -1.5/s)",
		50: "invoices-to-be-…t-to-accounting  110 (+10)  7 (-3)",
		40: "invoices-to-…-accounting  110 (+10, 5/s)",
		35: "invoices-to-…-accounting  110 (+10)",
		26: "invoices…ounting       110",
	} {
		d := NewDeltas()
		o := terminal(screen)
		o.Deltas = d
		text := ""
		for i, row := range []record.Row{raw(`"invoices-to-be-sent-to-accounting"`, `100`, `10`, `"running"`),
			raw(`"invoices-to-be-sent-to-accounting"`, `110`, `7`, `"running"`)} {
			d.Begin(time.Unix(int64(2*i), 0).Add(time.Hour))
			text = string(listing(t, Table, o, columns, []record.Row{row}))
			d.Next()
		}
		if got := strings.Split(text, "\n")[1]; got != want {
			t.Errorf("on %d columns:\n%s\nwant %s", screen, text, want)
		}
	}
}

// Later chunks and sums have the columns of the first chunk.
func TestFit_laterChunks(t *testing.T) {
	columns := []record.Column{{Name: "name"}, {Name: "messages", Kind: record.Count}, {Name: "state"},
		{Name: "bytes", Kind: record.Bytes}}
	var rows []record.Row
	for i := range chunk + 2 {
		rows = append(rows, record.Row{record.Of(fmt.Sprintf("queue-%d", i)), record.Of(i), record.Of("running"),
			record.Of(i)})
	}
	var b bytes.Buffer
	w, err := New(Table, &b, columns, terminal(22))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Totals(raw(``, `500`, ``, `7`), len(rows), make([]int, 4)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	for i, line := range lines[:len(lines)-1] {
		if len(strings.Fields(line)) != 2 || width(line) > 22 {
			t.Errorf("line %d: %q", i, line)
		}
	}
	if last := lines[len(lines)-2]; strings.Join(strings.Fields(last), " ") != "total 500" {
		t.Errorf("the sums are %q", last)
	}
}

// A document, too, fits the screen: no line is wider than the screen, unless it is a single word.
func TestFit_documents(t *testing.T) {
	finding := record.Section{Name: "findings", Blocks: true, Columns: []record.Column{{Name: "severity"}, {Name: "what"},
		{Name: "evidence", Kind: record.List}, {Name: "do", Kind: record.List}},
		Rows: []record.Row{raw(`"CRITICAL"`, `"publishers are stopped on all nodes: memory alarm on rabbit@a"`,
			`["memory alarm on rabbit@a: 155 MB used"]`, `["rabbitctl set_vm_memory_high_watermark 0.7 --node rabbit@a"]`)}}
	queue := record.Fields("", record.Field{Column: record.Column{Name: "members", Kind: record.List},
		Value: record.Value(`["rabbit@node-1","rabbit@node-2","rabbit@node-3"]`)})
	consumers := record.Section{Name: "consumers", Columns: []record.Column{{Name: "application"}, {Name: "user"},
		{Name: "channel"}, {Name: "prefetch", Kind: record.Count}},
		Rows: []record.Row{raw(`"billing-service"`, `"guest"`, `"127.0.0.1:4 -> 127.0.0.1:5 (1)"`, `10`)}}
	var unshown []string
	o := Options{Terminal: true, Width: 44, Colour: true, Unshown: func(names []string) { unshown = names }}
	var b bytes.Buffer
	if err := Document(Table, &b, record.Document{queue, finding, consumers}, o); err != nil {
		t.Fatal(err)
	}
	want := `members  [rabbit@node-1, rabbit@node-2,
         rabbit@node-3]

` + bold + "findings" + plainText + `
` + "\x1b[1;31mCRITICAL" + plainText + `: publishers are stopped on all
  nodes: memory alarm on rabbit@a
  evidence  memory alarm on rabbit@a: 155 MB
              used
  do        rabbitctl \
              set_vm_memory_high_watermark \
              0.7 --node rabbit@a

` + bold + "consumers" + plainText + `
` + bold + "application      user   channel" + plainText + `
billing-service  guest  127.0.0.1:4 -> 127.…
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	if !cmp.Equal([]string{"consumers.prefetch"}, unshown) {
		t.Errorf("no room for %q", unshown)
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text   string
		screen int
		want   []string
	}{
		{"short", 10, []string{"short"}},
		{"any width will do for this", 0, []string{"any width will do for this"}},
		{"some words that are too many", 12, []string{"some words", "  that are", "  too many"}},
		{"a-word-without-any-place-to-break-it", 10, []string{"a-word-without-any-place-to-break-it"}},
		{"close '127.0.0.1:1 -> 127.0.0.1:2' at once", 20, []string{"close", "  '127.0.0.1:1 -> 127.0.0.1:2'", "  at once"}},
		{"look: rabbitctl list_queues shows it", 24, []string{"look:", "  rabbitctl list_queues", "  shows it"}},
		{"rabbitctl list_nodes: the node rabbit@a does not run", 30, []string{"rabbitctl list_nodes: the node",
			"  rabbit@a does not run"}},
		{"next: rabbitctl memory_breakdown shows it, rabbitctl explain_blocked whom it stops", 50,
			[]string{"next: rabbitctl memory_breakdown shows it,", "  rabbitctl explain_blocked whom it stops"}},
		{"next: rabbitctl close_connection '1 -> 2' puts what it holds back into the queue", 50,
			[]string{"next: rabbitctl close_connection '1 -> 2' puts", "  what it holds back into the queue"}},
		{"give the tag: rabbitmqctl set_user_tags app monitoring", 42, []string{"give the tag:",
			"  rabbitmqctl set_user_tags app monitoring"}},
		{"it's the user's own word", 14, []string{"it's the", "  user's own", "  word"}},
	} {
		if diff := cmp.Diff(tt.want, Wrap(tt.text, tt.screen, "  ")); diff != "" {
			t.Errorf("%q on %d:\n%s", tt.text, tt.screen, diff)
		}
	}
	if diff := cmp.Diff([]string{`rabbitmqctl set_user_tags ADMIN \`, "  administrator"},
		WrapCommand("rabbitmqctl set_user_tags ADMIN administrator", 36, "  ")); diff != "" {
		t.Error(diff)
	}
	if got := Message("some words that are too many", 12); got != "some words\n  that are\n  too many" {
		t.Errorf("%q", got)
	}
}

// An address or the name of a node is shown whole or not at all, because a part of it is of no use.
func TestFit_whole(t *testing.T) {
	columns := []record.Column{{Name: "queue"}, {Name: "program"}, {Name: "peer"}, {Name: "leader"},
		{Name: "n", Kind: record.Count}}
	rows := []record.Row{{record.Of("orders"), record.Of("an-application-with-a-long-name"),
		record.Of("[2001:db8::1234:5678]:54321"), record.Of("rabbit@host-of-the-north"), record.Of(3)}}
	for screen, want := range map[int]string{
		100: "orders  an-application-with-a-long-name  [2001:db8::1234:5678]:54321  rabbit@host-of-the-north  3",
		84:  "orders  an-application-wi…  [2001:db8::1234:5678]:54321  rabbit@host-of-the-north  3",
		70:  "orders  an-application-with-a-long-name  [2001:db8::1234:5678]:54321",
		40:  "orders  an-application-with-a-long-name",
	} {
		text, _ := onScreen(t, screen, columns, rows)
		if line := strings.Split(text, "\n")[1]; line != want {
			t.Errorf("on %d columns:\n%s\nwant %s", screen, line, want)
		}
	}
}
