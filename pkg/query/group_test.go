package query

import (
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// lines are the rows of a run as text; an error is the last line.
func lines(q *Query, rows iter.Seq2[record.Row, error]) []string {
	var out []string
	for row, err := range q.Rows(rows) {
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		var cells []string
		for _, v := range row {
			cells = append(cells, string(v))
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

func TestGroups(t *testing.T) {
	t.Parallel()
	objects := []string{
		`{"name":"a","vhost":"/","type":"quorum","messages":5,"memory":100,"durable":true}`,
		`{"name":"b","vhost":"/","type":"classic","messages":7,"memory":300,"durable":false}`,
		`{"name":"c","vhost":"prod","type":"quorum","messages":"NaN","durable":true}`,
		`{"name":"d","vhost":"prod","type":null,"messages":-2}`,
		`{"name":"e","vhost":"/","messages":1,"type":"quorum","memory":50.5,"durable":true}`,
		`{"name":"f","vhost":"prod","messages":0}`,
	}
	tests := []struct {
		name    string
		spec    Spec
		shown   string
		asked   string
		columns string
		want    []string
	}{
		{"one column", Spec{GroupBy: "vhost"}, "name messages memory", "vhost messages memory",
			"vhost count sum_messages max_messages sum_memory max_memory",
			[]string{`"/" 3 13 7 450.5 300`, `"prod" 3 -2 0  `}},
		{"two columns, null and absent are one", Spec{GroupBy: "vhost, type"}, "name", "vhost type", "vhost type count",
			[]string{`"/" "quorum" 2`, `"/" "classic" 1`, `"prod" "quorum" 1`, `"prod" null 2`}},
		{"the same column twice", Spec{GroupBy: "type,type"}, "name", "type", "type count", []string{`"quorum" 3`,
			`"classic" 1`, `null 2`}},
		{"filter before, order and limit after", Spec{GroupBy: "type", Where: "messages > 0", Sort: "-sum_messages",
			Limit: 1}, "messages",
			"messages type", "type count sum_messages max_messages", []string{`"classic" 1 7 7`}},
		{"match", Spec{GroupBy: "vhost", Match: []string{"[ac]"}}, "vhost", "name vhost", "vhost count",
			[]string{`"/" 1`, `"prod" 1`}},
		{"order by the column of the group", Spec{GroupBy: "vhost", Sort: "-vhost"}, "vhost", "vhost", "vhost count",
			[]string{`"prod" 3`, `"/" 3`}},
		{"limit without an order", Spec{GroupBy: "vhost", Limit: 1}, "vhost", "vhost", "vhost count", []string{`"/" 3`}},
		{"by a column that counts", Spec{GroupBy: "messages"}, "messages memory", "messages memory",
			"messages count sum_memory max_memory",
			[]string{"5 1 100 100", "7 1 300 300", `"NaN" 1  `, "-2 1  ", "1 1 50.5 50.5", "0 1  "}},
		{"by a member of an open object", Spec{GroupBy: "arguments.x-queue-type"}, "name", "arguments.x-queue-type",
			"arguments.x-queue-type count", []string{" 6"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := compile(t, tt.spec, strings.Fields(tt.shown)...)
			if got := columnNames(q.Columns()); !cmp.Equal(sortedWords(got), sortedWords(tt.asked)) {
				t.Errorf("asked for %s, want %s", got, tt.asked)
			}
			if got := columnNames(q.Shown()); got != tt.columns {
				t.Errorf("shown %s, want %s", got, tt.columns)
			}
			for range 2 { // a Query can be run again
				if diff := cmp.Diff(tt.want, lines(q, source(t, q.Columns(), objects...))); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestGroups_errorOfTheSource(t *testing.T) {
	t.Parallel()
	for _, sort := range []string{"", "-count"} {
		q := compile(t, Spec{GroupBy: "vhost", Sort: sort}, "name")
		broken := func(yield func(record.Row, error) bool) {
			_ = yield(record.Row{record.Of("/")}, nil) && yield(nil, errors.New("broke off"))
		}
		if diff := cmp.Diff([]string{`"/" 1`, "broke off"}, lines(q, broken)); diff != "" {
			t.Errorf("sort %q (-want +got):\n%s", sort, diff)
		}
	}
}

func TestGroups_mistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		spec Spec
		want string
	}{
		{Spec{GroupBy: "vhots"}, `--group-by: queues have no column "vhots", did you mean "vhost"?`},
		{Spec{GroupBy: "vhost,"}, `--group-by "vhost,": a column's name is missing`},
		{Spec{GroupBy: " "}, `--group-by " ": a column's name is missing`},
		{Spec{GroupBy: "pid"}, `--group-by: column "pid" is always empty here: the HTTP API sends no pid`},
		{Spec{GroupBy: "vhost", Totals: true}, "--totals and --group-by exclude each other"},
		{Spec{GroupBy: "vhost", Sort: "messages"}, `--sort: groups have no column "messages"`},
		{Spec{GroupBy: "vhost", Sort: "-cuont"}, `--sort: groups have no column "cuont", did you mean "count"?`},
	} {
		_, err := Compile(tt.spec, queues(), queues().Columns[:1])
		if err == nil || err.Error() != tt.want || fail.KindOf(err) != fail.Usage {
			t.Errorf("%+v: got %v, want %s", tt.spec, err, tt.want)
		}
	}
}

func columnNames(columns []record.Column) string {
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, " ")
}

func sortedWords(text string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(text) {
		words[w] = true
	}
	return words
}
