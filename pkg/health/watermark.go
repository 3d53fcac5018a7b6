package health

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// watched is one node's figure for a resource with an alarm: free disk space, which must stay above its limit, or used
// memory, which must stay below.
type watched struct {
	// resource is the name of the alarm's resource: "disk". The field word says what the value measures: "free".
	resource, word string
	node           string
	// over means that a value above the limit raises the alarm; without over, a value below the limit does.
	over bool
	// running and flagged come from the node listing, alarmed from the alarms check.
	running, flagged, alarmed bool
	value, limit              Reading
	// unknownText is the text for a figure that is not a number.
	unknownText string
	// judgeValue judges the value if there is no alarm. Its second result, add, is a text that is appended to the text of
	// the verdict.
	judgeValue func() (s Status, add string)
}

// breached reports whether the figures, by themselves, mean an alarm.
func (w watched) breached() bool {
	if !w.value.Known || !w.limit.Known {
		return false
	}
	if w.over {
		return w.value.Value > w.limit.Value
	}
	return w.value.Value < w.limit.Value
}

// judge returns the verdict for one node. It trusts the alarm more than the figures, which can be older than the alarm:
// stale reports whether they are.
func (w watched) judge() (s Status, stale bool, text string) {
	figures := fmt.Sprintf("%s %s, limit %s", w.value.Bytes(), w.word, w.limit.Bytes())
	switch {
	case w.alarmed:
		text = fmt.Sprintf("%s alarm on %s: %s", w.resource, w.node, figures)
		if stale = w.value.Known && w.limit.Known && w.limit.Value > 0 && !w.breached(); stale {
			text += " (these figures are older than the alarm)"
		}
		return Critical, stale, text
	case !w.running:
		return Unknown, false, fmt.Sprintf("%s is not running: its %s is not known", w.node, w.resource)
	case w.value.absent() && w.limit.absent():
		return Unknown, false, fmt.Sprintf("%s reports no %s figures: it has just started, or its statistics are off", w.node,
			w.resource)
	case !w.value.Known || !w.limit.Known:
		return Unknown, false, w.unknownText
	case w.flagged || w.breached():
		return OK, true, fmt.Sprintf("%s has no %s alarm; its figures (%s) are older than the state of the alarm", w.node, w.resource, figures)
	}
	s, add := w.judgeValue()
	return s, false, fmt.Sprintf("%s %s %s, alarm at %s%s", w.node, w.value.Bytes(), w.word, w.limit.Bytes(), add)
}

// alarmedOf returns the nodes with an alarm of the resource.
func alarmedOf(alarms []Alarm, resource string) map[string]bool {
	nodes := map[string]bool{}
	for _, a := range alarms {
		if a.Resource == resource {
			nodes[a.Node] = true
		}
	}
	return nodes
}

// unlisted returns the nodes with an alarm that the node listing does not name, and texts about these alarms.
func unlisted(resource string, nodes map[string]bool) (names, texts []string) {
	names = slices.Sorted(maps.Keys(nodes))
	for _, name := range names {
		texts = append(texts, fmt.Sprintf("%s alarm on %s, which the node listing does not name", resource, name))
	}
	return names, texts
}

// phrase is the status of one judged thing, with its text.
type phrase struct {
	status Status
	text   string
}

// uncounted returns a phrase with status UNKNOWN for each of the nodes; none of them runs. The parameter what says
// which data are not known, for example "its connections are". The data may exist: a node that the others cannot reach
// may still serve its clients.
func uncounted(nodes []string, what string) (phrases []phrase) {
	for _, n := range nodes {
		phrases = append(phrases, phrase{Unknown, n + " is not running: " + what + " not known"})
	}
	return phrases
}

// manyPhrases is the number of phrases for which the first line has room.
const manyPhrases = 6

// worstFirst makes one result of phrases. The summary has the phrases that are not OK, worst first; if all are OK, it
// has all. If more than manyPhrases are not OK, the summary has the worst of them, and the details have all of them.
// Without any phrase, the status is UNKNOWN, and the summary is the parameter empty.
func worstFirst(phrases []phrase, empty string) Result {
	if len(phrases) == 0 {
		return Result{Status: Unknown, Summary: empty}
	}
	var r Result
	var all []string
	for _, s := range []Status{Critical, Warning, Unknown} {
		for _, p := range phrases {
			if p.status == s {
				r.add(s, p.text)
			}
		}
	}
	for _, p := range phrases {
		all = append(all, p.text)
	}
	if n := len(r.Details); n > manyPhrases {
		r.Summary = fmt.Sprintf("%s; and %d more", strings.Join(r.Details[:manyPhrases-1], "; "), n-manyPhrases+1)
		return r
	}
	r.summarize(strings.Join(all, "; "))
	return r
}
