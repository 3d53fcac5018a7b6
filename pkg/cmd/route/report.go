package route

import (
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// arrival is a queue that the message reaches, and what the queue does with the message.
type arrival struct {
	queue *routing.Queue
	fate  routing.Fate
}

// report makes the verdict and its evidence from a route.
func report(vhost string, m routing.Message, way routing.Route, facts routing.Facts) verb.Report {
	var all []arrival
	outcomes := map[routing.Outcome]int{}
	for _, name := range way.Queues {
		q := facts.Queues[name]
		a := arrival{queue: q, fate: routing.Fate{Outcome: routing.Perhaps, Text: "the queue was deleted a moment ago"}}
		if q == nil {
			a.queue = &routing.Queue{Name: name}
		} else {
			a.fate = q.Fate()
		}
		outcomes[a.fate.Outcome]++
		all = append(all, a)
	}
	r := judge(m, way, facts, all, outcomes)
	for _, a := range all {
		if a.fate.Text != "" {
			r.Details = append(r.Details, fmt.Sprintf("queue %s: %s", a.queue.Name, a.fate.Text))
		}
		if a.fate.DeadLetters {
			r.Details = append(r.Details, deadLetter(vhost, m, a))
		}
	}
	r.Details = append(r.Details, way.Gaps...)
	if len(way.Queues) > 0 {
		for _, l := range way.Losses {
			r.Details = append(r.Details, "a copy of the message is lost: "+loss(l))
		}
	}
	r.Evidence = record.Document{queueSection(all), hopSection(way.Hops)}
	return r
}

// judge returns the verdict without the notes on the single queues. outcomes has, for each outcome, the number of
// queues.
func judge(m routing.Message, way routing.Route, facts routing.Facts, all []arrival,
	outcomes map[routing.Outcome]int) verb.Report {
	what := fmt.Sprintf("a message to %s with routing key %q", exchangeName(m.Exchange), m.Key)
	kept, inDoubt := outcomes[routing.Kept], outcomes[routing.Perhaps]+len(way.Gaps)
	say := func(status health.Status, word, format string, args ...any) verb.Report {
		return verb.Report{Result: health.Result{Status: status, Summary: what + " " + fmt.Sprintf(format, args...)},
			Word: word}
	}
	switch {
	case way.Refused != "":
		r := say(health.Critical, "REFUSED", "is not taken")
		r.Summary += ": " + way.Refused
		if x := facts.Exchanges[way.Off]; way.Off != "" && x != nil {
			r.Details = append(r.Details, "next: on every node: rabbitctl enable_plugins "+routing.Plugin(x.Type)+" --node NODE")
		}
		return r
	case kept > 0 && kept == len(all) && inDoubt == 0:
		return say(health.OK, "REACHES", "reaches %s: %s", count(kept, "queue"), names(all))
	case kept > 0:
		return say(health.Warning, "WARNING", "reaches %s, not all of them for sure: %s", count(len(all), "queue"),
			names(all))
	case len(all) > 0 && inDoubt == 0:
		return say(health.Critical, "DROPPED", "reaches %s, but is not kept there: %s", count(len(all), "queue"), names(all))
	case len(all) > 0:
		return say(health.Unknown, "UNKNOWN", "reaches %s, and may be lost there: %s", count(len(all), "queue"), names(all))
	case inDoubt > 0:
		return say(health.Unknown, "UNKNOWN", "may reach a queue or none: the route is not known")
	}
	var why []string
	for _, l := range way.Losses {
		why = append(why, loss(l))
	}
	r := say(health.Critical, "DROPPED", "reaches no queue: %s", strings.Join(why, "; "))
	r.Details = append(r.Details,
		"the publisher gets no error: the message is confirmed and dropped; as mandatory it is returned (312 NO_ROUTE)")
	return r
}

// inVHost corrects the report if the virtual host does not run. Its exchanges and queues are listed as if they could be
// reached, and quorum queues and streams are even listed as running, but no client can connect (measured on 3.10 and
// 4.3).
func inVHost(r verb.Report, m routing.Message, host health.VHost) verb.Report {
	stopped := host.Stopped()
	if stopped == "" {
		return r
	}
	var next []string
	for _, node := range host.Down() {
		next = append(next, "next: "+fail.CommandWith([]string{"-p", host.Name, "--node", node}, "restart_vhost"))
	}
	if host.Lost() {
		r.Status, r.Word = health.Critical, "REFUSED"
		r.Summary = fmt.Sprintf(
			"a message to %s with routing key %q is not taken: %s, so no client can connect to it (541 INTERNAL_ERROR, vhost is down)",
			exchangeName(m.Exchange), m.Key, stopped)
		r.Details = append(next, r.Details...)
		return r
	}
	if r.Status == health.OK {
		r.Status, r.Word = health.Warning, "WARNING"
	}
	r.Details = append(r.Details, stopped+": no client can publish there")
	r.Details = append(r.Details, next...)
	return r
}

// namesShown is how many queues the summary names at most.
const namesShown = 5

func names(all []arrival) string {
	var names []string
	for _, a := range all {
		names = append(names, a.queue.Name)
	}
	return prose.Few(names, namesShown)
}

func exchangeName(name string) string {
	if name == routing.Default {
		return "the default exchange"
	}
	return "exchange " + name
}

func loss(l routing.Loss) string { return exchangeName(l.Exchange) + " " + l.Why }

// deadLetter says to which exchange a queue dead-letters the message, and which command explains the rest of the way.
func deadLetter(vhost string, m routing.Message, a arrival) string {
	key := a.fate.DeadLetterKey
	if key == "" {
		key = m.Key
	}
	return fmt.Sprintf("queue %s dead-letters it to %s: %s", a.queue.Name, exchangeName(a.fate.DeadLetterExchange),
		fail.Command("explain_route", "-p", vhost, a.fate.DeadLetterExchange, key))
}

func queueSection(all []arrival) record.Section {
	s := record.Section{Name: "queues", Optional: true, Columns: []record.Column{{Name: "queue"}, {Name: "type"},
		{Name: "messages_ready", Kind: record.Count},
		{Name: "consumers", Kind: record.Count}, {Name: "outcome"}, {Name: "why"}}}
	for _, a := range all {
		s.Rows = append(s.Rows, record.Row{record.Of(a.queue.Name), known(a.queue.Type), survey.Figure(a.queue.Ready),
			survey.Figure(a.queue.Consumers),
			record.Of(a.fate.Outcome.String()), known(a.fate.Text)})
	}
	return s
}

func hopSection(hops []routing.Hop) record.Section {
	s := record.Section{Name: "path", Optional: true, Columns: []record.Column{{Name: "from"}, {Name: "from_type"},
		{Name: "by"}, {Name: "key"},
		{Name: "arguments", Kind: record.Map}, {Name: "to"}, {Name: "to_kind"}}}
	for _, h := range hops {
		kind := "queue"
		if h.ToExchange {
			kind = "exchange"
		}
		by, key := string(h.How), record.Of(h.Key)
		if h.How == routing.ByAlternate {
			by, key = fmt.Sprintf("%s (%s)", h.How, h.SetBy), nil
		}
		var arguments record.Value
		if len(h.Arguments) > 0 {
			arguments = record.Of(h.Arguments)
		}
		s.Rows = append(s.Rows, record.Row{record.Of(h.From), record.Of(h.FromType), record.Of(by), key, arguments,
			record.Of(h.To), record.Of(kind)})
	}
	return s
}

// known returns text as a value, or an absent value if text is empty.
func known(text string) record.Value {
	if text == "" {
		return nil
	}
	return record.Of(text)
}

func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
