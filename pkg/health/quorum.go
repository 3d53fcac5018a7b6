package health

import (
	"fmt"
	"slices"
	"strings"
)

// Replicated is a quorum queue or a stream with its members, as the statistics show it. It can be five seconds old.
type Replicated struct {
	VHost, Name string
	// Type is "quorum" or "stream".
	Type string
	// Members names the nodes that hold a replica; empty if the broker did not report them.
	Members []string
	// Online names the members that the broker lists as online. A stopped node stays in that list for seconds, and with a
	// stream for as long as its Erlang machine is up (measured on 3.10 and 4.3), so Quorum counts only members whose node
	// runs.
	Online []string
	// Leader is the node that leads the queue; "" when there is none.
	Leader string
}

// QuorumFacts holds the facts that Quorum judges.
type QuorumFacts struct {
	Queues []Replicated
	// Members holds the nodes of the cluster.
	Members []Member
	// MinMembers is the least number of members that each queue must have; 0 means that any number is enough.
	MinMembers int
	// None is the verdict if there is no queue to judge.
	None Status
	// Where is the end of the verdict's text. It says which virtual hosts were read: "in 3 of 3 virtual hosts".
	Where string
}

// QuorumVerdict is the verdict on one queue.
type QuorumVerdict struct {
	Replicated
	Status Status
	// Up names the members that are online and whose node runs; Forgotten names the members on nodes that the cluster does
	// not list.
	Up, Forgotten []string
	// Why is one phrase without the queue's name: "1 of 3 members online".
	Why string

	class quorumClass
}

// quorumClass is the kind of problem of a queue. The kinds are in the order of the summary, worst first.
type quorumClass int

const (
	noMajority quorumClass = iota // such a queue cannot accept messages
	membersUnknown
	oneFromLoss
	lacksMembers
	belowMinimum
	singleMember
	healthy
)

// Quorum judges whether the queues can accept messages, and how many members they can lose. It ignores a queue's state,
// which can be running without a majority (3.10). While the cluster is split, it judges nothing: members are then
// listed as online that are not.
//
// A queue with one member is a class of its own: it has no majority to lose, and is OK while that member is online,
// unless MinMembers asks for more.
func Quorum(f QuorumFacts) (Result, []QuorumVerdict) {
	var r Result
	r.LookedAt = f.lookedAt()
	known := map[string]Member{}
	for _, m := range f.Members {
		known[m.Name] = m
	}
	splits := Splits(f.Members)
	verdicts := make([]QuorumVerdict, 0, len(f.Queues))
	for _, q := range f.Queues {
		v := judgeReplicated(q, known, f.MinMembers)
		if len(splits) > 0 {
			v.Status, v.Why = Unknown, v.Why+", as this node sees it"
		}
		verdicts = append(verdicts, v)
	}
	slices.SortStableFunc(verdicts, func(a, b QuorumVerdict) int { return int(a.class - b.class) })
	if len(splits) > 0 {
		r.Status = Unknown
		r.Summary = "the cluster is split, so its lists of members cannot be trusted: " + splitWords(splits)
		return r, verdicts
	}
	if len(f.Members) == 0 {
		return Result{Status: Unknown, Summary: "the broker listed no nodes", LookedAt: r.LookedAt}, nil
	}
	if len(verdicts) == 0 {
		r.Figures = quorumFigures(nil)
		r.Status, r.Summary = f.None, "no quorum queue and no stream "+f.Where
		return r, nil
	}
	r.Figures = quorumFigures(verdicts)
	var parts []string
	for _, c := range []struct {
		class  quorumClass
		status Status
		words  string
	}{
		{noMajority, Critical, "cannot accept messages"},
		{membersUnknown, Unknown, "could not be judged"},
		{oneFromLoss, Warning, "cannot lose one more member"},
		{lacksMembers, Warning, "lack members"},
		{belowMinimum, Warning, "have fewer members than asked for"},
	} {
		if text := classWords(verdicts, c.class, c.words); text != "" {
			r.Status = Worse(r.Status, c.status)
			parts = append(parts, text)
		}
	}
	r.Summary = strings.Join(parts, "; ")
	if len(parts) == 0 {
		r.Summary = fmt.Sprintf("%s: all members online, each with a leader", counted(verdicts))
	}
	var alone []string
	for _, v := range verdicts {
		if v.class == singleMember {
			alone = append(alone, v.label())
		}
	}
	if len(alone) > 0 {
		r.Details = append(r.Details, fmt.Sprintf("%s with a single member, and so without redundancy: %s",
			queueCount(len(alone)), some(alone)))
	}
	if stopped := Stopped(f.Members); len(stopped) > 0 {
		r.Details = append(r.Details, "nodes not running: "+strings.Join(stopped, ", "))
	}
	return r, verdicts
}

func (f QuorumFacts) lookedAt() string {
	text := "members and leaders from statistics up to 5 s old"
	if len(f.Members) > 0 {
		text += fmt.Sprintf(", members counted on the %d of %d nodes that run", len(f.Members)-len(Stopped(f.Members)),
			len(f.Members))
	}
	return strings.TrimSpace(fmt.Sprintf("%d quorum queues and streams %s", len(f.Queues), f.Where)) + "; " + text
}

func splitWords(splits []Split) string {
	var pairs []string
	for _, s := range splits {
		pairs = append(pairs, s.String())
	}
	return some(pairs) + " were cut off from each other"
}

func judgeReplicated(q Replicated, known map[string]Member, atLeast int) QuorumVerdict {
	v := QuorumVerdict{Replicated: q}
	for _, m := range q.Members {
		node, ok := known[m]
		switch {
		case !ok:
			v.Forgotten = append(v.Forgotten, m)
		case node.Running && slices.Contains(q.Online, m):
			v.Up = append(v.Up, m)
		}
	}
	total, up := len(q.Members), len(v.Up)
	needed := total/2 + 1
	v.Why = fmt.Sprintf("%d of %d members online", up, total)
	if total == 1 {
		v.Why = "its only member is online"
		if up == 0 {
			v.Why = "its only member, on " + q.Members[0] + ", is not online"
		}
	}
	switch {
	case total == 0:
		v.Status, v.class, v.Why = Unknown, membersUnknown, "the broker does not report its members"
	case up < needed:
		v.Status, v.class = Critical, noMajority
		if q.Leader == "" {
			v.Why = "no leader, " + v.Why
		}
	case q.Leader == "":
		v.Status, v.class, v.Why = Critical, noMajority, "no leader, "+v.Why
	case !known[q.Leader].Running:
		v.Status, v.class, v.Why = Critical, noMajority, "its leader "+q.Leader+" does not run, "+v.Why
	case up < total && up == needed:
		v.Status, v.class = Warning, oneFromLoss
	case up < total:
		v.Status, v.class = Warning, lacksMembers
	case total < atLeast:
		v.Status, v.class, v.Why = Warning, belowMinimum, fmt.Sprintf("%d of at least %d members", total, atLeast)
	case total == 1:
		v.class = singleMember
	default:
		v.class = healthy
	}
	switch len(v.Forgotten) {
	case 0:
	case 1:
		v.Why += ", a member on " + v.Forgotten[0] + ", which is not a node of the cluster"
	default:
		v.Why += ", members on " + strings.Join(v.Forgotten, " and ") + ", which are not nodes of the cluster"
	}
	return v
}

// label returns the queue's name, with its virtual host unless that is /.
func (v QuorumVerdict) label() string {
	if v.VHost == "/" {
		return v.Name
	}
	return v.Name + " in " + v.VHost
}

// classWords says what is wrong with the queues of one class: "2 quorum queues cannot accept messages: q3 (…), la (…)".
func classWords(verdicts []QuorumVerdict, class quorumClass, words string) string {
	var of []QuorumVerdict
	var names []string
	for _, v := range verdicts {
		if v.class == class {
			of = append(of, v)
			names = append(names, v.label()+" ("+v.Why+")")
		}
	}
	if len(of) == 0 {
		return ""
	}
	if len(of) == 1 {
		words = strings.Replace(strings.Replace(words, "lack ", "lacks ", 1), "have ", "has ", 1)
	}
	return counted(of) + " " + words + ": " + some(names)
}

// counted says how many queues of which type there are: "2 quorum queues", "1 stream", "3 quorum queues and streams".
func counted(verdicts []QuorumVerdict) string {
	streams := 0
	for _, v := range verdicts {
		if v.Type == "stream" {
			streams++
		}
	}
	noun := "quorum queue"
	switch streams {
	case 0:
	case len(verdicts):
		noun = "stream"
	default:
		return fmt.Sprintf("%d quorum queues and streams", len(verdicts))
	}
	if len(verdicts) != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", len(verdicts), noun)
}

func queueCount(n int) string {
	if n == 1 {
		return "1 queue"
	}
	return fmt.Sprintf("%d queues", n)
}

func quorumFigures(verdicts []QuorumVerdict) []Figure {
	n := map[quorumClass]int{}
	for _, v := range verdicts {
		n[v.class]++
	}
	return []Figure{
		{Label: "queues", Value: float64(len(verdicts))},
		{Label: "without_majority", Value: float64(n[noMajority]), Critical: "0"},
		{Label: "short_of_members", Value: float64(n[oneFromLoss] + n[lacksMembers] + n[belowMinimum]), Warning: "0"},
		{Label: "single_member", Value: float64(n[singleMember])},
	}
}
