package verb

import (
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Attach adds a listing's rows as a section of a Show command. It leaves out a listing that the user may not see,
// because an empty section would mean that there are no such objects. Since 4.3 the broker answers some of these
// listings with 404 instead of a refusal, so Attach treats both alike.
func Attach(d record.Document, name string, columns []record.Column,
	rows iter.Seq2[record.Row, error]) (record.Document, error) {
	s := record.Section{Name: name, Columns: columns}
	for row, err := range rows {
		if fail.KindOf(err) == fail.Denied || broker.IsNotFound(err) {
			return d, nil
		}
		if err != nil {
			return d, err
		}
		s.Rows = append(s.Rows, row)
	}
	return append(d, s), nil
}

// Rates makes a section of the counters in message_stats: for each counter, the number of messages so far, and per
// second.
func Rates(stats record.Value, counters ...string) record.Section {
	s := record.Section{Name: "rates", Columns: []record.Column{{Name: "what"}, {Name: "total", Kind: record.Count},
		{Name: "per_second", Kind: record.Rate}}}
	for _, c := range counters {
		if total := stats.At(c); total.Known() {
			s.Rows = append(s.Rows, record.Row{record.Of(c), total, stats.At(c + "_details.rate")})
		}
	}
	return s
}

// Findings makes a section of findings, each with the page that explains it. A finding of severity OK is shown as a
// REMARK, because OK before such a sentence would look odd.
func Findings(found []diagnose.Finding) record.Section {
	s := record.Section{Name: "findings", Blocks: true, Optional: true, Columns: []record.Column{{Name: "severity"}, {Name: "what"},
		{Name: "evidence", Kind: record.List}, {Name: "hit", Advises: true}, {Name: "do", Kind: record.List, Advises: true},
		{Name: "page"}}}
	for _, x := range found {
		severity := x.Severity.String()
		if x.Severity == health.OK {
			severity = "REMARK"
		}
		s.Rows = append(s.Rows, record.Row{record.Of(severity), record.Of(x.What), list(x.Evidence), record.Of(x.Hit),
			list(x.Do),
			record.Of("rabbitctl help " + x.Rule)})
	}
	return s
}
