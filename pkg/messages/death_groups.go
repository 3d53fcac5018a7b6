package messages

import (
	"cmp"
	"slices"
	"time"
)

// DeathGroup is what dead-lettered messages with the same origin and reason have in common.
type DeathGroup struct {
	// Queue and Reason tell the latest death; "" for messages that did not die.
	Queue, Reason string
	// Count is how many messages there are.
	Count int64
	// Oldest and Newest are when the first and the last of them died; zero where that is not known.
	Oldest, Newest time.Time
	// Deaths is the largest count of deaths of a message, and Replayed the most replays of a message by rabbitctl.
	Deaths, Replayed int64
	// Exchange and Keys are how the first of them had come into that queue. Ways counts the different exchanges and keys
	// of all of them.
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

// Add takes a message in.
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

// wayOf is a text that differs where exchange or keys do.
func wayOf(d Death) string {
	way := d.Exchange
	for _, key := range d.Keys {
		way += "\x00" + key
	}
	return way
}

// All are the groups: the origin with the most messages first, and of one origin the commonest reason.
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
