package messages

import (
	"cmp"
	"slices"
	"time"
)

// DeathGroup is what dead-lettered messages with the same origin and reason have in common.
type DeathGroup struct {
	// Queue and Reason are those of the latest death; "" for messages that did not die.
	Queue, Reason string
	// Count is how many messages the group has.
	Count int64
	// Oldest and Newest are the times when the first and the last of these messages died; zero if they are not known.
	Oldest, Newest time.Time
	// Deaths is the largest count of deaths that one of the messages has, and Replayed is the largest count of replays by
	// rabbitctl.
	Deaths, Replayed int64
	// Exchange and Keys are the exchange and the routing keys by which the first message that was added had come into that
	// queue. Ways counts the different combinations of exchange and keys in the group.
	Exchange string
	Keys     []string
	Ways     int
}

// DeathGroups groups messages by their latest death, as they are added.
type DeathGroups struct {
	groups map[deathKey]*deathGroup
}

type deathKey struct{ queue, reason string }

type deathGroup struct {
	DeathGroup
	ways map[string]bool
}

// Add adds a message to its group.
func (g *DeathGroups) Add(m *Message) {
	d, _ := DeathOf(m)
	key := deathKey{d.Queue, d.Reason}
	group := g.groups[key]
	if group == nil {
		group = &deathGroup{DeathGroup: DeathGroup{Queue: d.Queue, Reason: d.Reason, Exchange: d.Exchange, Keys: d.Keys},
			ways: map[string]bool{}}
		if g.groups == nil {
			g.groups = map[deathKey]*deathGroup{}
		}
		g.groups[key] = group
	}
	group.Count++
	group.Deaths = max(group.Deaths, d.Count)
	replayed, _ := intOf(m.Headers[HeaderReplayed])
	group.Replayed = max(group.Replayed, replayed)
	if !d.At.IsZero() && (group.Oldest.IsZero() || d.At.Before(group.Oldest)) {
		group.Oldest = d.At
	}
	if d.At.After(group.Newest) {
		group.Newest = d.At
	}
	group.ways[wayOf(d)] = true
	group.Ways = len(group.ways)
}

// wayOf returns a text for the exchange and the keys of a death. Different exchanges or keys have different texts.
func wayOf(d Death) string {
	way := d.Exchange
	for _, key := range d.Keys {
		way += "\x00" + key
	}
	return way
}

// All returns the groups. The queue with the most messages comes first, and within a queue the most frequent reason.
func (g *DeathGroups) All() []DeathGroup {
	all := make([]DeathGroup, 0, len(g.groups))
	of := map[string]int64{}
	for _, group := range g.groups {
		all = append(all, group.DeathGroup)
		of[group.Queue] += group.Count
	}
	slices.SortFunc(all, func(a, b DeathGroup) int {
		return cmp.Or(cmp.Compare(of[b.Queue], of[a.Queue]), cmp.Compare(a.Queue, b.Queue), cmp.Compare(b.Count, a.Count),
			cmp.Compare(a.Reason, b.Reason))
	})
	return all
}
