package personality

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// prepareQueues sets what is special about list_queues: its filters, its time limit, and cells that depend on a queue's
// type and on the broker's release.
func prepareQueues(r *run, q *question) {
	q.seconds, q.local, q.stops = 60, r.line.on("local"), true
	q.hidden = hiddenOfQueues(q.shown, r.line)
	var columns []record.Column
	for _, name := range slices.Concat(q.shown, q.hidden) {
		columns = append(columns, q.column(name))
	}
	switch q.mark = markOfQueues(columns); {
	case q.mark != "":
		q.hidden = append(q.hidden, "name", "type", "state", q.mark)
	case slices.ContainsFunc(q.shown, func(name string) bool { return q.shapes[name] == asCount }):
		q.hidden = append(q.hidden, "state")
	}
	q.keep = func(cell func(string) record.Value) bool { return wanted(r.line, cell, q.own) }
	q.change = changeQueue
	if ofRelease(q.shown) {
		q.ready = func(ctx context.Context, client *broker.Client) error {
			brief, err := client.Brief(ctx)
			release := brief.At("rabbitmq_version").Text()
			q.change = func(column string, cell func(string) record.Value, t erlang.Term) erlang.Term {
				return asOf(release, column, cell, changeQueue(column, cell, t))
			}
			return err
		}
	}
}

// changeQueue returns what the official tool prints in a cell: t, or another term if that depends on the type of queue.
// For quorum queues and streams the tool leaves many cells empty although the API has something there.
func changeQueue(column string, cell func(string) record.Value, t erlang.Term) erlang.Term {
	switch cell("type").Text() {
	case "classic":
		switch column {
		case "online":
			return nothing
		case "members":
			if node := cell("node").Text(); t == nothing && node != "" {
				return erlang.List{erlang.Atom(node)}
			}
		case "leader":
			return erlang.Atom(cell("node").Text())
		}
		return t
	case "quorum":
		switch column {
		case "messages_ram", "message_bytes_ram":
			return erlang.Number("0")
		}
	case "stream":
		switch column {
		case "messages_ram", "message_bytes_ram":
			return nothing
		}
	default:
		return t
	}
	if column == "exclusive" || strings.HasPrefix(column, "consumer_") || strings.HasPrefix(column, "message_bytes") ||
		column == "messages_persistent" || column == "messages_ready_ram" || column == "messages_unacknowledged_ram" ||
		column == "head_message_timestamp" {
		return nothing
	}
	return t
}

// ofRelease reports whether the values of a shown column depend on the broker's release.
func ofRelease(shown []string) bool {
	return slices.ContainsFunc(shown, func(c string) bool {
		return c == "leader" || c == "members" ||
			c == "effective_policy_definition"
	})
}

// asOf changes a cell to what the tool of an older release prints. Before 4.0 a classic queue has no leader and no
// members. Before 4.1 an empty definition is an empty list.
func asOf(version, column string, cell func(string) record.Value, t erlang.Term) erlang.Term {
	switch column {
	case "leader", "members":
		switch {
		case release.AtLeast(version, 4, 0):
		case cell("type").Text() == "classic":
			return nothing
		case column == "leader" && t == nothing:
			return erlang.Atom(cell("node").Text()) // the API of 3.10 leaves out the leader of a stream
		}
	case "effective_policy_definition":
		if d, ok := t.(erlang.Map); ok && len(d) == 0 && !release.AtLeast(version, 4, 1) {
			return erlang.List{}
		}
	}
	return t
}

// hiddenOfQueues returns the columns that changeQueue and the filters of list_queues need in addition to the shown
// columns. Each column costs the broker something, so only the needed columns are read.
func hiddenOfQueues(shown []string, l line) []string {
	var hidden []string
	for _, c := range shown {
		switch {
		case c == "online" || c == "exclusive" || strings.HasPrefix(c, "consumer_") || strings.HasPrefix(c, "message"):
			hidden = append(hidden, "type")
		case c == "members" || c == "leader":
			hidden = append(hidden, "type", "node")
		}
	}
	if l.on("online") || l.on("offline") {
		hidden = append(hidden, "state")
	}
	if l.on("local") {
		hidden = append(hidden, "node")
	}
	return hidden
}

// wanted reports whether --online, --offline and --local select the queue. own is the node that was asked.
func wanted(l line, cell func(string) record.Value, own string) bool {
	if l.on("local") {
		return cell("node").Text() == own
	}
	if l.on("online") == l.on("offline") {
		return true
	}
	down := cell("state").Text() == "down" || cell("state").Text() == "stopped"
	return down == l.on("offline")
}
