package health

import (
	"fmt"
	"slices"
	"strings"
)

// The numbers of queues that are shown if many have problems: in the first line, in the details, and as figures.
const (
	firstLineQueues = 3
	detailQueues    = 20
	figureQueues    = 20
)

// QueueFacts holds the facts that the function Queues judges.
type QueueFacts struct {
	// Sum is the sum of the judged queues. The queues that were left out are counted in the fields below.
	Sum QueueSum
	// Limits returns the limits of one queue.
	Limits func(Queue) QueueLimits
	// VHosts is the number of virtual hosts, and Seen the number of those that this user may see; Scope is the only
	// virtual host that was read, "" for all.
	VHosts, Seen int
	Scope        string
	// Temporary, Excluded and Unmatched are the numbers of queues that were left out because they are exclusive or
	// server-named, because they were excluded, and because nothing named them.
	Temporary, Excluded, Unmatched int
	// Missing holds the named queues that do not exist, and the patterns that no queue matches.
	Missing []MissingQueue
	// Absent is the verdict if there is no queue to judge and Missing is empty.
	Absent Status
	// Blind lists the reasons not to trust the figures: a node that is down, a cluster that is split.
	Blind []string
	// NoTrend says why no growth is known; "" if it is known or was not asked for.
	NoTrend string
	// Sources says how old the figures are: "counts of this moment".
	Sources string
}

// MissingQueue is the name of a queue that does not exist, or a pattern that no queue matches.
type MissingQueue struct {
	Text   string
	Status Status
}

// Queues returns the verdict on all queues, and the verdicts on the worst of them. The verdict is UNKNOWN if figures
// are missing or cannot be trusted, and nothing worse was found. Virtual hosts that this user may not see do not change
// it.
func Queues(f QueueFacts) (Result, []QueueVerdict) {
	r := Result{Status: f.Sum.Status}
	worst := f.Sum.Worst()
	offenders := worst
	if n := slices.IndexFunc(worst, func(v QueueVerdict) bool { return v.Status == OK }); n >= 0 {
		offenders = worst[:n]
	}
	r.LookedAt = f.lookedAt()
	r.Figures = f.figures(worst, offenders)
	r.Summary = f.summarize(&r, offenders)
	return r, worst
}

// summarize makes the first line, and adds to the details what does not fit in that line. It also makes the status
// worse if queues are missing or figures cannot be trusted. Reasons not to trust the figures come before queues that
// are only UNKNOWN, since they cast doubt on the rest.
func (f QueueFacts) summarize(r *Result, offenders []QueueVerdict) string {
	var parts []string
	note := func(s Status, text string) {
		r.Status = Worse(r.Status, s)
		if s != OK {
			parts = append(parts, text)
		}
	}
	for _, m := range f.Missing {
		note(m.Status, m.Text)
	}
	for _, b := range f.Blind {
		note(Unknown, b)
	}
	if f.NoTrend != "" {
		note(Unknown, f.NoTrend)
	}
	if f.Sum.Judged == 0 && len(f.Missing) == 0 {
		r.Status = Worse(r.Status, f.Absent)
		parts = append(parts, f.nothing())
	}
	if len(offenders) > 0 {
		said := fmt.Sprintf("%d of %s: ", f.Sum.Offenders, quantity(float64(f.Sum.Judged), "queue"))
		var named []string
		for _, o := range offenders[:min(len(offenders), firstLineQueues)] {
			named = append(named, f.name(o.Queue)+" "+o.inWords())
		}
		said += strings.Join(named, "; ")
		if more := f.Sum.Offenders - firstLineQueues; more > 0 {
			said += fmt.Sprintf("; and %d more", more)
			for _, o := range offenders[firstLineQueues:min(len(offenders), firstLineQueues+detailQueues)] {
				r.Details = append(r.Details, f.name(o.Queue)+" "+o.inWords())
			}
			r.InRows = len(r.Details)
			if unnamed := more - detailQueues; unnamed > 0 {
				r.Details = append(r.Details, fmt.Sprintf("and %d more: -o json names the worst, rabbitctl list_queues shows all",
					unnamed))
			}
		}
		// A definite problem comes first. If the worst queues are only UNKNOWN, they come after the reason that hides
		// figures of all queues.
		if offenders[0].Status == Unknown {
			parts = append(parts, said)
		} else {
			parts = append([]string{said}, parts...)
		}
	}
	if len(parts) == 0 {
		return fmt.Sprintf("%s within limits%s", quantity(float64(f.Sum.Judged), "queue"), f.place())
	}
	return strings.Join(parts, "; ")
}

// inWords says what is wrong with a queue, and how many ready messages it has if no reason says so and it is no stream.
func (v QueueVerdict) inWords() string {
	text := strings.Join(v.Reasons, ", ")
	if v.Ready.Known && !strings.Contains(text, "ready") && v.Type != "stream" {
		text += ", " + number(v.Ready.Value) + " ready"
	}
	return text
}

// name returns the queue's name, with its virtual host if several virtual hosts are read.
func (f QueueFacts) name(q Queue) string {
	if f.Scope != "" || f.VHosts == 1 {
		return q.Name
	}
	return q.Name + " in " + q.VHost
}

// nothing returns the summary for the case that there is no queue to judge; it tells whether queues were left out.
func (f QueueFacts) nothing() string {
	switch {
	case f.Temporary+f.Excluded+f.Unmatched > 0:
		return "no queue is left to judge" + f.place()
	}
	return "there is no queue" + f.place()
}

func (f QueueFacts) place() string {
	if f.Scope != "" {
		return " in virtual host " + f.Scope
	}
	return fmt.Sprintf(" in %d of %s", f.Seen, quantity(float64(f.VHosts), "virtual host"))
}

func (f QueueFacts) lookedAt() string {
	text := quantity(float64(f.Sum.Judged), "queue") + f.place()
	var skipped []string
	for _, s := range []struct {
		n   int
		why string
	}{{f.Temporary, "exclusive or server-named"}, {f.Excluded, "by --exclude"}, {f.Unmatched, "not selected"}} {
		if s.n > 0 {
			skipped = append(skipped, fmt.Sprintf("%d %s", s.n, s.why))
		}
	}
	if len(skipped) > 0 {
		text += "; skipped " + strings.Join(skipped, ", ")
	}
	if f.Sum.Streams > 0 {
		text += fmt.Sprintf("; %s judged by consumers only, since messages stay in a stream",
			quantity(float64(f.Sum.Streams), "stream"))
	}
	if f.Sources != "" {
		text += "; " + f.Sources
	}
	return text
}

// figures returns totals, then the figures of single queues: of all queues if there are few, so that graphs have no
// gaps, otherwise only of queues with a problem.
func (f QueueFacts) figures(worst, offenders []QueueVerdict) []Figure {
	out := []Figure{{Label: "queues", Value: float64(f.Sum.Judged)}, {Label: "offenders", Value: float64(f.Sum.Offenders)}}
	// If figures of a queue are not known, a sum without them would look like a fall.
	if !f.Sum.incomplete {
		out = append(out, Figure{Label: "ready", Value: f.Sum.ready}, Figure{Label: "unacked", Value: f.Sum.unacked})
	}
	shown := worst
	if f.Sum.Judged > figureQueues {
		shown = offenders[:min(len(offenders), figureQueues)]
	}
	labels := map[string]bool{}
	for _, v := range shown {
		name, l := v.Name, f.Limits(v.Queue)
		if f.Scope == "" && f.VHosts != 1 {
			name = v.VHost + "/" + v.Name
		}
		add := func(what string, l Limits, r Reading, unit string) {
			label := name + "_" + what
			if l.IsZero() || !r.Known || labels[label] {
				return
			}
			labels[label] = true
			out = append(out, l.Figure(label, r.Value, unit))
		}
		add("consumers", l.Consumers, v.Consumers, "")
		if v.Type == "stream" {
			continue
		}
		add("ready", l.Ready, v.Ready, "")
		add("unacked", l.Unacked, v.Unacked, "")
		add("age", l.Age, v.Age, "s")
		add("growth", l.Growth, rounded(v.Growth), "")
		add("drain", l.Drain, rounded(v.Drain), "s")
		if l.Growth.IsZero() && !l.Drain.IsZero() && v.Growth.Known && !labels[name+"_growth"] {
			labels[name+"_growth"] = true
			out = append(out, Figure{Label: name + "_growth", Value: rounded(v.Growth).Value})
		}
	}
	return out
}

// rounded keeps two digits after the point: more digits would be noise.
func rounded(r Reading) Reading {
	r.Value = float64(int64(r.Value*100+0.5*sign(r.Value))) / 100
	return r
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}
