// Package health turns facts about a broker into verdicts that monitoring can use. It asks nobody: what it judges is
// handed in, so every rule can be tested without a broker.
package health

import (
	"encoding/json"
	"slices"
	"strings"
)

// Status is a verdict in the sense of the Monitoring Plugins guidelines.
type Status int

const (
	OK Status = iota
	Warning
	Critical
	Unknown
)

func (s Status) String() string { return [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[s] }

// MarshalJSON writes the status as its word.
func (s Status) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// Worse is the verdict over two things: CRITICAL before WARNING before UNKNOWN before OK, so that a definite problem is
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
	// Summary is one short line: what is wrong, where, how bad; without the status word.
	Summary string `json:"summary"`
	// Details are further lines, worst first.
	Details []string `json:"details,omitempty"`
	// InRows is how many of the details, the first ones, say what the rows say that are shown below the verdict to people.
	InRows int `json:"-"`
	// LookedAt says what the verdict stands on: "12 queues in 3 of 3 virtual hosts, counts of this moment"; "" where the
	// summary says it.
	LookedAt string `json:"looked_at,omitempty"`
	// Figures are in the order in which they are to be shown.
	Figures []Figure `json:"figures,omitempty"`
}

// Lines are the further lines: the details, then what was looked at.
func (r Result) Lines() []string {
	lines := slices.Clone(r.Details)
	if r.LookedAt != "" {
		lines = append(lines, "looked at: "+r.LookedAt)
	}
	return lines
}

// LinesAboveRows are the lines for those who are shown rows as well.
func (r Result) LinesAboveRows() []string { return r.Lines()[r.InRows:] }

// add notes one more judged thing: its status counts, and a text that is not OK goes into the details.
func (r *Result) add(s Status, text string) {
	r.Status = Worse(r.Status, s)
	if s != OK {
		r.Details = append(r.Details, text)
	}
}

// summarize makes the summary of the details, or takes the text for the case that all is well. A single detail is the
// summary; of several the first is, with the number of the others.
func (r *Result) summarize(well string) {
	switch len(r.Details) {
	case 0:
		r.Summary = well
	case 1:
		r.Summary, r.Details = r.Details[0], nil
	default:
		r.Summary = strings.Join(r.Details, "; ")
		r.Details = nil
	}
}
