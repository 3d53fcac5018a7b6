// Package health turns facts about a broker into verdicts that monitoring can use. It sends no requests: callers pass
// the facts in, so every rule can be tested without a broker.
package health

import (
	"encoding/json"
	"slices"
	"strings"
)

// Status is a verdict as the Monitoring Plugins guidelines define it.
type Status int

const (
	OK Status = iota
	Warning
	Critical
	Unknown
)

func (s Status) String() string { return [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[s] }

// MarshalJSON writes the status as a word.
func (s Status) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// Worse returns the worse of two verdicts: CRITICAL before WARNING before UNKNOWN before OK. So a definite problem is
// never hidden behind something that could not be judged, and nothing unjudged is ever OK.
func Worse(a, b Status) Status {
	rank := [...]int{OK: 0, Unknown: 1, Warning: 2, Critical: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// Figure is one measured number for graphs (performance data).
type Figure struct {
	// Label names the figure, unique in its result: "rabbit@a_free".
	Label string `json:"label"`
	// Value is the measured number, in Unit.
	Value float64 `json:"value"`
	// Unit is a Monitoring Plugins unit of measure: "B" bytes, "s" seconds, "%" percent, "c" a counter, "" a count.
	Unit string `json:"unit"`
	// Warning and Critical are ranges in the guidelines' syntax; empty when there is none.
	Warning  string `json:"warning,omitempty"`
	Critical string `json:"critical,omitempty"`
}

// Result is what one check found.
type Result struct {
	Status Status `json:"status"`
	// Summary is one short line, without the status word: what is wrong, where, and how bad it is.
	Summary string `json:"summary"`
	// Details are further lines, worst first.
	Details []string `json:"details,omitempty"`
	// InRows is the number of details, counted from the first, that the rows below the verdict repeat.
	InRows int `json:"-"`
	// LookedAt says what the verdict is based on: "12 queues in 3 of 3 virtual hosts, counts of this moment"; "" if the
	// summary says this already.
	LookedAt string `json:"looked_at,omitempty"`
	// Figures holds the figures in the order in which to show them.
	Figures []Figure `json:"figures,omitempty"`
}

// Lines returns the lines after the first: the details, then what was looked at.
func (r Result) Lines() []string {
	lines := slices.Clone(r.Details)
	if r.LookedAt != "" {
		lines = append(lines, "looked at: "+r.LookedAt)
	}
	return lines
}

// LinesAboveRows returns the lines after the first for output that also shows the rows: it leaves out the details that
// the rows repeat.
func (r Result) LinesAboveRows() []string { return r.Lines()[r.InRows:] }

// add adds one verdict: the worse status wins, and the text goes into the details unless the status is OK.
func (r *Result) add(s Status, text string) {
	r.Status = Worse(r.Status, s)
	if s != OK {
		r.Details = append(r.Details, text)
	}
}

// summarize moves the details into the summary, joined into one line; without details, the summary is okText.
func (r *Result) summarize(okText string) {
	switch len(r.Details) {
	case 0:
		r.Summary = okText
	case 1:
		r.Summary, r.Details = r.Details[0], nil
	default:
		r.Summary = strings.Join(r.Details, "; ")
		r.Details = nil
	}
}
