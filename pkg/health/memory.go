package health

import "fmt"

// MemoryNode holds what the node listing reports about one node's memory. It can be ten seconds old.
type MemoryNode struct {
	Name    string
	Running bool
	// Used and Limit are in bytes; the limit is the watermark at which the alarm goes off.
	Used, Limit Reading
	// Flagged is the listing's own memory alarm flag.
	Flagged bool
}

// MemoryFacts holds the facts that Memory judges.
type MemoryFacts struct {
	// Alarms holds the alarms in effect now, from the alarms check. They are up to date; Nodes can be ten seconds old.
	Alarms []Alarm
	Nodes  []MemoryNode
}

// MemoryVerdict is the verdict on one node.
type MemoryVerdict struct {
	MemoryNode
	Status         Status
	Alarmed, Stale bool
	// Text is one phrase with the node's name.
	Text string
}

// Share returns the used memory as a share of the limit; false if it is not known.
func (n MemoryNode) Share() (float64, bool) {
	if !n.Used.Known || !n.Limit.Known || n.Limit.Value <= 0 {
		return 0, false
	}
	return n.Used.Value / n.Limit.Value, true
}

// Memory judges every node's used memory against the watermark. A memory alarm of a node that is not listed is CRITICAL
// too. If there are neither nodes nor memory alarms, the verdict is UNKNOWN.
func Memory(facts MemoryFacts, limits Portions) (Result, []MemoryVerdict) {
	var verdicts []MemoryVerdict
	var figures []Figure
	alarmed := alarmedOf(facts.Alarms, "memory")
	for _, n := range facts.Nodes {
		v := MemoryVerdict{MemoryNode: n, Alarmed: alarmed[n.Name]}
		delete(alarmed, n.Name)
		v.Status, v.Stale, v.Text = watched{
			resource: "memory", word: "used", node: n.Name, over: true, running: n.Running, flagged: n.Flagged,
			alarmed: v.Alarmed,
			value:   n.Used, limit: n.Limit,
			unknownText: fmt.Sprintf("%s does not know its memory (it reports %s used, limit %s)", n.Name, n.Used.Bytes(),
				n.Limit.Bytes()),
			judgeValue: func() (Status, string) {
				add := ""
				if _, ok := n.Share(); ok {
					add = " (" + percent(n.Used.Value, n.Limit.Value) + ")"
				}
				return limits.Limits(n.Limit.Value).Judge(n.Used.Value), add
			},
		}.judge()
		verdicts = append(verdicts, v)
		if n.Running && n.Used.Known {
			var l Limits
			if n.Limit.Known {
				l = limits.Limits(n.Limit.Value)
			}
			figures = append(figures, l.Figure(n.Name+"_used", n.Used.Value, "B"))
			if n.Limit.Known {
				figures = append(figures, Figure{Label: n.Name + "_limit", Value: n.Limit.Value, Unit: "B"})
			}
		}
	}
	names, texts := unlisted("memory", alarmed)
	for i, name := range names {
		verdicts = append(verdicts, MemoryVerdict{MemoryNode: MemoryNode{Name: name}, Status: Critical, Alarmed: true,
			Text: texts[i]})
	}
	var phrases []phrase
	for _, v := range verdicts {
		phrases = append(phrases, phrase{v.Status, v.Text})
	}
	r := worstFirst(phrases, "the broker listed no nodes")
	r.Figures = figures
	return r, verdicts
}

// Memory returns the node in the form that the function Memory judges.
func (n Node) Memory() MemoryNode {
	return MemoryNode{Name: n.Name, Running: n.Running, Used: n.MemoryUsed, Limit: n.MemoryLimit, Flagged: n.MemoryFlagged}
}
