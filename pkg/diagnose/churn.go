package diagnose

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// ChurnCounts are counters of the whole cluster, of what was opened and closed since its nodes started.
type ChurnCounts struct {
	ConnectionsOpened, ConnectionsClosed, ChannelsOpened, ChannelsClosed, QueuesDeclared, QueuesDeleted health.Reading
}

// ChurnGroup are the connections of one user, from one host, by one program, that came or went while it was watched.
type ChurnGroup struct {
	User, PeerHost, App string
	// Opened and Closed are how many of them were seen to come and to go; Open is how many are there at the end.
	Opened, Closed, Open int
	// Share is Opened as a part of all that the broker counted; not known where it counted none.
	Share health.Reading
	// Life is the median time, in seconds, that those which came and went can have lived at most: looks are some time
	// apart. Not known where none came and went.
	Life health.Reading
}

// ChurnAnswer is how much comes and goes, and by whom.
type ChurnAnswer struct {
	// Opened and so on are a second, by the broker's counters.
	Opened, Closed, ChannelsOpened, ChannelsClosed, QueuesDeclared, QueuesDeleted health.Reading
	// Steady is how many connections were there from the first look to the last.
	Steady int
	// Unseen is which part of the opened connections lived too short to be seen; not known where none was opened.
	Unseen health.Reading
	Groups []ChurnGroup
}

// ChurnWatch gathers what is seen of connections that come and go. It keeps what was seen of each connection and not each
// look, of which there are many. The zero ChurnWatch has seen nothing.
type ChurnWatch struct {
	counted     []countedAt
	first, last time.Time
	// lives are by user and name, and looked the last look at each user's connections.
	lives  map[string]map[string]*life
	looked map[string]time.Time
	// apps are how programs call themselves, by the names of their connections.
	apps map[string]string
}

type countedAt struct {
	at     time.Time
	counts ChurnCounts
}

// life is a connection, and between which looks it came and went.
type life struct {
	Connection
	// after is the last look that did not see it yet; zero for one that was there at the first.
	after time.Time
	// seen is the last look that saw it, and gone the first that did no longer; zero while it is there.
	seen, gone time.Time
}

// Count notes the counters at a moment. Brokers renew them every 5 s, so equal ones are not kept.
func (w *ChurnWatch) Count(at time.Time, counts ChurnCounts) {
	if n := len(w.counted); n > 1 && w.counted[n-1].counts == counts && w.counted[n-2].counts == counts {
		w.counted[n-1].at = at
		return
	}
	w.counted = append(w.counted, countedAt{at, counts})
}

// Look notes the connections of a user that are open at a moment, later than the last, and tells whether any came or went.
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

// Name notes how the programs behind connections call themselves. The listing that tells it knows only connections that
// are there when brokers gather their statistics, every 5 s.
func (w *ChurnWatch) Name(listed []Connection) {
	if w.apps == nil {
		w.apps = map[string]string{}
	}
	for _, c := range listed {
		w.apps[c.Name] = c.App
	}
}

// Answer tells what came and went, and groups the connections that were seen to by user, host and program, the most
// first.
//
// Since the counters are renewed every 5 s, rates are taken between the first change of them that was seen and the last,
// and not between the looks. Where they changed seldom, the whole time counts.
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
	// The counters' time is not quite that of the looks.
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
		return cmp.Or(cmp.Compare(y.Opened+y.Closed, x.Opened+x.Closed), strings.Compare(x.User, y.User), strings.Compare(x.PeerHost, y.PeerHost),
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

// part is n as a part of all, 1 at most; not known where there is nothing.
func part(n int, all health.Reading) health.Reading {
	if !all.Known || all.Value <= 0 {
		return health.Reading{}
	}
	return health.Reading{Value: min(1, float64(n)/all.Value), Known: true}
}

// edges are the moments at which the counters were first and last seen to have changed, where that is most of the time;
// else the first and the last.
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
