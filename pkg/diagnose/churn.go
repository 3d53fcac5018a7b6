package diagnose

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// ChurnCounts holds the counters of the whole cluster since its nodes started.
type ChurnCounts struct {
	ConnectionsOpened, ConnectionsClosed, ChannelsOpened, ChannelsClosed, QueuesDeclared, QueuesDeleted health.Reading
}

// ChurnGroup describes the connections of one user, from one host, by one program, that opened or closed while
// rabbitctl watched.
type ChurnGroup struct {
	User, PeerHost, App string
	// Opened and Closed are the numbers of these connections that opened and closed during the watch; Open is the number
	// of those that are open at the end.
	Opened, Closed, Open int
	// Share is Opened as a share of all connections that the broker counted as opened, at most 1; not known if it counted
	// none, or if its counters are not known.
	Share health.Reading
	// Life is the median lifetime, in seconds, of the connections that opened and closed during the watch. Each lifetime
	// is the longest possible one, because some time passes between two looks. Not known if there are no such connections.
	Life health.Reading
}

// ChurnAnswer says how many connections, channels and queues open and close, and which clients cause this.
type ChurnAnswer struct {
	// Opened to QueuesDeleted are rates per second, from the broker's counters.
	Opened, Closed, ChannelsOpened, ChannelsClosed, QueuesDeclared, QueuesDeleted health.Reading
	// Steady is the number of connections that were open from the first look to the last.
	Steady int
	// Unseen is the share of the opened connections that closed before any look saw them; not known if none was opened, or
	// if the broker's counters are not known.
	Unseen health.Reading
	Groups []ChurnGroup
}

// ChurnWatch records which connections open and close. It keeps one entry for each connection, not each look, to save
// memory. The zero ChurnWatch has seen nothing.
type ChurnWatch struct {
	counted     []countedAt
	first, last time.Time
	// lives holds the connections, by user and connection name; looked is the time of the last look at each user's
	// connections.
	lives  map[string]map[string]*life
	looked map[string]time.Time
	// apps holds the names that programs gave themselves, by connection name.
	apps map[string]string
}

type countedAt struct {
	at     time.Time
	counts ChurnCounts
}

// life describes a connection, and between which looks it opened and closed.
type life struct {
	Connection
	// after is the time of the last look before the connection opened; zero if the first look saw it.
	after time.Time
	// seen is the time of the last look that saw the connection, and gone the time of the first look that no longer saw
	// it; gone is zero while the connection is open.
	seen, gone time.Time
}

// Count records the counters at a moment. Brokers update them every 5 s, so of equal ones only the first and the last
// are kept.
func (w *ChurnWatch) Count(at time.Time, counts ChurnCounts) {
	if n := len(w.counted); n > 1 && w.counted[n-1].counts == counts && w.counted[n-2].counts == counts {
		w.counted[n-1].at = at
		return
	}
	w.counted = append(w.counted, countedAt{at, counts})
}

// Look records the open connections of a user at a moment, which must be later than that of the last look. It reports
// whether any connection opened or closed since then.
func (w *ChurnWatch) Look(at time.Time, user string, open []Connection) (changed bool) {
	if w.lives == nil {
		w.lives, w.looked, w.first = map[string]map[string]*life{}, map[string]time.Time{}, at
	}
	if w.lives[user] == nil {
		w.lives[user] = map[string]*life{}
	}
	lives := w.lives[user]
	for _, c := range open {
		l := lives[c.Name]
		if l == nil {
			l = &life{Connection: c, after: w.looked[user]}
			lives[c.Name] = l
			changed = changed || !l.after.IsZero()
		}
		l.seen, l.gone = at, time.Time{}
	}
	for _, l := range lives {
		if l.seen != at && l.gone.IsZero() {
			l.gone, changed = at, true
		}
	}
	w.looked[user], w.last = at, at
	return changed
}

// Name records the names that programs gave themselves. The listing with these names has only connections that are open
// when the broker gathers its statistics, every 5 s. So a connection that is open for less time may have no name.
func (w *ChurnWatch) Name(listed []Connection) {
	if w.apps == nil {
		w.apps = map[string]string{}
	}
	for _, c := range listed {
		w.apps[c.Name] = c.App
	}
}

// Answer returns the rates, and the connections that opened or closed during the watch, grouped by user, host and
// program. The group with the most opened and closed connections comes first. The answer is empty if Count was called
// less than twice.
//
// The broker updates the counters every 5 s. So Answer computes rates between the first and the last change of the
// counters, and not between the looks. If the counters changed too seldom, it uses the whole time.
func (w *ChurnWatch) Answer() ChurnAnswer {
	var a ChurnAnswer
	if len(w.counted) < 2 {
		return a
	}
	from, to := w.edges()
	seconds := to.at.Sub(from.at).Seconds()
	per := func(of func(ChurnCounts) health.Reading) health.Reading {
		return rate(of(from.counts), of(to.counts), seconds)
	}
	a.Opened = per(func(c ChurnCounts) health.Reading { return c.ConnectionsOpened })
	a.Closed = per(func(c ChurnCounts) health.Reading { return c.ConnectionsClosed })
	a.ChannelsOpened = per(func(c ChurnCounts) health.Reading { return c.ChannelsOpened })
	a.ChannelsClosed = per(func(c ChurnCounts) health.Reading { return c.ChannelsClosed })
	a.QueuesDeclared = per(func(c ChurnCounts) health.Reading { return c.QueuesDeclared })
	a.QueuesDeleted = per(func(c ChurnCounts) health.Reading { return c.QueuesDeleted })

	groups := map[[3]string]*ChurnGroup{}
	ended := map[[3]string][]float64{}
	seen := 0
	for _, l := range w.all() {
		came, went := !l.after.IsZero(), !l.gone.IsZero()
		if !came && !went {
			a.Steady++
			continue
		}
		key := [3]string{l.User, hostOf(l.Peer), w.apps[l.Name]}
		g := groups[key]
		if g == nil {
			g = &ChurnGroup{User: key[0], PeerHost: key[1], App: key[2]}
			groups[key] = g
		}
		if came {
			g.Opened++
			seen++
		}
		if went {
			g.Closed++
		} else {
			g.Open++
		}
		if came && went {
			ended[key] = append(ended[key], l.gone.Sub(l.after).Seconds())
		}
	}
	// The counters cover a slightly different time than the looks, so the rate is multiplied by the time of the looks.
	opened := health.Reading{Value: a.Opened.Value * w.last.Sub(w.first).Seconds(), Known: a.Opened.Known}
	for key, g := range groups {
		g.Share = part(g.Opened, opened)
		if all := ended[key]; len(all) > 0 {
			slices.Sort(all)
			g.Life = health.Reading{Value: all[len(all)/2], Known: true}
		}
		a.Groups = append(a.Groups, *g)
	}
	if a.Unseen = part(seen, opened); a.Unseen.Known {
		a.Unseen.Value = 1 - a.Unseen.Value
	}
	slices.SortFunc(a.Groups, func(x, y ChurnGroup) int {
		return cmp.Or(cmp.Compare(y.Opened+y.Closed, x.Opened+x.Closed), strings.Compare(x.User, y.User),
			strings.Compare(x.PeerHost, y.PeerHost),
			strings.Compare(x.App, y.App))
	})
	return a
}

func (w *ChurnWatch) all() []*life {
	var all []*life
	for _, lives := range w.lives {
		all = slices.AppendSeq(all, maps.Values(lives))
	}
	return all
}

// part returns n as a share of the parameter all, at most 1. The result is not known if the value of all is not known
// or is 0.
func part(n int, all health.Reading) health.Reading {
	if !all.Known || all.Value <= 0 {
		return health.Reading{}
	}
	return health.Reading{Value: min(1, float64(n)/all.Value), Known: true}
}

// edges returns the first and the last change of the counters, if at least half of the time lies between them;
// otherwise the first and the last reading.
func (w *ChurnWatch) edges() (from, to countedAt) {
	first, last := w.counted[0], w.counted[len(w.counted)-1]
	var changed []countedAt
	for i, c := range w.counted[1:] {
		if c.counts != w.counted[i].counts {
			changed = append(changed, c)
		}
	}
	if n := len(changed); n > 1 && changed[n-1].at.Sub(changed[0].at) >= last.at.Sub(first.at)/2 {
		return changed[0], changed[n-1]
	}
	return first, last
}

func hostOf(peer string) string {
	if i := strings.LastIndexByte(peer, ':'); i >= 0 {
		return peer[:i]
	}
	return peer
}
