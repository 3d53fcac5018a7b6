package health

import (
	"regexp"
	"slices"
)

// QueueChoice says which queues are judged, and by which limits.
type QueueChoice struct {
	// Match keeps queues whose name one of them matches; none: all. Exclude then leaves out.
	Match, Exclude []*regexp.Regexp
	// Temporary means that exclusive and server-named queues are judged too.
	Temporary bool
	// Scope is the only virtual host that is asked about; "" for all.
	Scope string
	// Limits are those of a queue that no entry names; where they are zero, such a queue is left out.
	Limits QueueLimits
	// Entries name queues with limits of their own. The first that names a queue counts; what it leaves open comes from
	// Limits.
	Entries []QueueEntry
	// Missing is the verdict when a pattern or an entry names no queue, or when none is there to judge.
	Missing Status
}

// QueueEntry gives limits to the queue of a name, or to those that a pattern matches.
type QueueEntry struct {
	Name  string
	Match *regexp.Regexp
	// VHost narrows it to one virtual host; "" for all.
	VHost  string
	Limits QueueLimits
	// Missing is the verdict when it names no queue; nil: that of the choice.
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

// Trend tells whether any limit takes two readings.
func (c QueueChoice) Trend() bool {
	return c.Limits.Trend() || slices.ContainsFunc(c.Entries, func(e QueueEntry) bool { return e.Limits.Trend() })
}

// Any tells whether any limit holds for which the test says yes.
func (c QueueChoice) Any(test func(QueueLimits) bool) bool {
	return test(c.Limits) || slices.ContainsFunc(c.Entries, func(e QueueEntry) bool { return test(e.Limits) })
}

// Choose makes the facts about the queues: which of all are judged, by what, and what was left out.
func (c QueueChoice) Choose(all []Queue) QueueFacts {
	f := QueueFacts{Scope: c.Scope, Absent: c.Missing, Limits: c.limits}
	matched, named := make([]bool, len(c.Match)), make([]bool, len(c.Entries))
	for _, q := range all {
		entry := c.entry(q)
		for i, e := range c.Entries {
			named[i] = named[i] || e.names(q)
		}
		hit := len(c.Match) == 0
		for i, m := range c.Match {
			if m.MatchString(q.Name) {
				matched[i], hit = true, true
			}
		}
		switch {
		case !hit, entry == nil && c.Limits.IsZero():
			f.Unmatched++
		case slices.ContainsFunc(c.Exclude, func(x *regexp.Regexp) bool { return x.MatchString(q.Name) }):
			f.Excluded++
		case q.Temporary && !c.Temporary && (entry == nil || entry.Match != nil):
			f.Temporary++
		default:
			f.Queues = append(f.Queues, q)
		}
	}
	for i, m := range c.Match {
		if !matched[i] {
			f.Missing = append(f.Missing, MissingQueue{"no queue matches " + m.String(), c.Missing})
		}
	}
	for i, e := range c.Entries {
		if named[i] || c.Scope != "" && e.VHost != "" && e.VHost != c.Scope {
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
