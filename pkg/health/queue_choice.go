package health

import (
	"regexp"
	"slices"
)

// QueueChoice says which queues are judged, and by which limits.
type QueueChoice struct {
	// Match keeps the queues whose names match one of its patterns; an empty Match keeps all. Exclude then leaves out the
	// queues whose names match one of its patterns.
	Match, Exclude []*regexp.Regexp
	// Temporary means that exclusive and server-named queues are judged too. Without it, such a queue is judged only
	// if an entry gives its Name.
	Temporary bool
	// Scope is the only virtual host that is read; "" for all.
	Scope string
	// Limits holds the limits for queues that no entry names; if they are zero, such queues are left out.
	Limits QueueLimits
	// Entries gives some queues limits of their own. The first entry that names a queue counts; limits that this entry
	// does not set come from Limits.
	Entries []QueueEntry
	// Missing is the verdict if a pattern of Match or an entry names no queue, or if there is no queue to judge.
	Missing Status
}

// QueueEntry gives limits to the queue with this name, or to the queues that the pattern matches.
type QueueEntry struct {
	Name  string
	Match *regexp.Regexp
	// VHost limits the entry to one virtual host; "" for all.
	VHost  string
	Limits QueueLimits
	// Missing is the verdict if the entry names no existing queue; nil means the verdict Missing of the QueueChoice.
	Missing *Status
}

func (e QueueEntry) names(q Queue) bool {
	if e.VHost != "" && e.VHost != q.VHost {
		return false
	}
	if e.Match != nil {
		return e.Match.MatchString(q.Name)
	}
	return e.Name == q.Name
}

func (e QueueEntry) text() string {
	in := ""
	if e.VHost != "" {
		in = " in virtual host " + e.VHost
	}
	if e.Match != nil {
		return "no queue matches " + e.Match.String() + in
	}
	return "queue " + e.Name + " does not exist" + in
}

// Trend reports whether there is a limit that needs two readings.
func (c QueueChoice) Trend() bool {
	return c.Limits.Trend() || slices.ContainsFunc(c.Entries, func(e QueueEntry) bool { return e.Limits.Trend() })
}

// Any reports whether the test returns true for Limits or for the limits of an entry.
func (c QueueChoice) Any(test func(QueueLimits) bool) bool {
	return test(c.Limits) || slices.ContainsFunc(c.Entries, func(e QueueEntry) bool { return test(e.Limits) })
}

// QueueJudge chooses and judges queues one after the other, as a listing sends them.
type QueueJudge struct {
	choice QueueChoice
	now    float64
	facts  QueueFacts
	// matched and named say for each pattern and each entry whether it has named a queue so far.
	matched, named []bool
}

// Judge returns a QueueJudge for one reading of the queues. now is the time of the reading, in seconds since 1970.
// noTrend says why no growth is known, "" if it is known. The result then has this reason only once, and not for every
// queue.
func (c QueueChoice) Judge(now float64, noTrend string) *QueueJudge {
	j := &QueueJudge{choice: c, now: now, matched: make([]bool, len(c.Match)), named: make([]bool, len(c.Entries)),
		facts: QueueFacts{Scope: c.Scope, Absent: c.Missing, Limits: c.limits}}
	if noTrend != "" && c.Trend() {
		j.facts.NoTrend = noTrend
		j.facts.Limits = withoutTrend(c.limits)
	}
	return j
}

// Add judges a queue, or counts it among those that were left out.
func (j *QueueJudge) Add(q Queue) {
	for i, e := range j.choice.Entries {
		j.named[i] = j.named[i] || e.names(q)
	}
	for i, m := range j.choice.Match {
		j.matched[i] = j.matched[i] || m.MatchString(q.Name)
	}
	if left := j.leftOut(q); left != nil {
		*left++
		return
	}
	l := j.facts.Limits(q)
	j.facts.Sum.add(JudgeQueue(q, l, j.now), l)
}

// leftOut returns the counter for the reason why the queue is left out; nil if the queue is judged.
func (j *QueueJudge) leftOut(q Queue) *int {
	c := j.choice
	entry := c.entry(q)
	named := func(patterns []*regexp.Regexp) bool {
		return slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(q.Name) })
	}
	switch {
	case len(c.Match) > 0 && !named(c.Match), entry == nil && c.Limits.IsZero():
		return &j.facts.Unmatched
	case named(c.Exclude):
		return &j.facts.Excluded
	case q.Temporary && !c.Temporary && (entry == nil || entry.Match != nil):
		return &j.facts.Temporary
	}
	return nil
}

// Limits returns the limits for a queue; zero limits if the queue is left out.
func (j *QueueJudge) Limits(q Queue) QueueLimits {
	if j.leftOut(q) != nil {
		return QueueLimits{}
	}
	return j.facts.Limits(q)
}

// Facts returns the facts about all added queues; the caller fills in VHosts, Seen, Blind and Sources. Call it after
// every queue was added.
func (j *QueueJudge) Facts() QueueFacts {
	c, f := j.choice, j.facts
	for i, m := range c.Match {
		if !j.matched[i] {
			f.Missing = append(f.Missing, MissingQueue{"no queue matches " + m.String(), c.Missing})
		}
	}
	for i, e := range c.Entries {
		if j.named[i] || c.Scope != "" && e.VHost != "" && e.VHost != c.Scope {
			continue
		}
		status := c.Missing
		if e.Missing != nil {
			status = *e.Missing
		}
		f.Missing = append(f.Missing, MissingQueue{e.text(), status})
	}
	return f
}

func withoutTrend(limits func(Queue) QueueLimits) func(Queue) QueueLimits {
	return func(q Queue) QueueLimits {
		l := limits(q)
		l.Drain, l.Growth = Limits{}, Limits{}
		return l
	}
}

func (c QueueChoice) entry(q Queue) *QueueEntry {
	for i := range c.Entries {
		if c.Entries[i].names(q) {
			return &c.Entries[i]
		}
	}
	return nil
}

func (c QueueChoice) limits(q Queue) QueueLimits {
	if e := c.entry(q); e != nil {
		return e.Limits.Or(c.Limits)
	}
	return c.Limits
}
