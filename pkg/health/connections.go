package health

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// ConnectionLimit is a limit on the connections of a virtual host or a user.
type ConnectionLimit struct {
	// Of is "virtual host" or "user"; Name is the name of that virtual host or user.
	Of, Name string
	// Open is the number of its connections.
	Open int
	// Most is the limit; a value below 0 means no limit.
	Most int
}

// ConnectionFacts holds the facts that Connections judges.
type ConnectionFacts struct {
	// Open is the number of connections of all protocols in the cluster. It can be five seconds old.
	Open Reading
	// Opened is the number of connections that were opened per second; not known if the rates of the statistics are off.
	Opened Reading
	// Limits are the limits that are set for virtual hosts and users, as far as this user may see them.
	Limits []ConnectionLimit
	// Uncounted means that the broker lists no connections, so that Open in Limits is not known.
	Uncounted bool
	// NotRunning names the nodes that do not run, as far as the others know. Their connections are not in Open and Opened.
	NotRunning []string
	// AtNodeLimit means that the asked node accepts no more connections; nil if the release does not report this.
	AtNodeLimit *bool
}

// ConnectionLimits are the thresholds of Connections.
type ConnectionLimits struct {
	// Open limits the number of connections, and Opened limits the number opened per second.
	Open, Opened Limits
	// Share limits the share of a virtual host's or a user's limit that is in use.
	Share Portions
}

// Connections judges how many connections there are, how many are opened per second, and how close they are to the
// limits.
func Connections(f ConnectionFacts, limits ConnectionLimits) Result {
	var phrases []phrase
	var figures []Figure
	if !f.Open.Known {
		phrases = append(phrases,
			phrase{Unknown, "the number of connections is unknown: statistics are off, or the broker has just started"})
	} else {
		text := prose.Plural(int(f.Open.Value), "connection", "connections")
		phrases = append(phrases, phrase{limits.Open.Judge(f.Open.Value), text})
		figures = append(figures, limits.Open.Figure("connections", f.Open.Value, ""))
	}
	switch {
	case f.Opened.Known:
		phrases = append(phrases, phrase{limits.Opened.Judge(f.Opened.Value), number(f.Opened.Value) + " opened per second"})
		figures = append(figures, limits.Opened.Figure("opened_per_second", f.Opened.Value, ""))
	case !limits.Opened.Warning.IsZero() || !limits.Opened.Critical.IsZero():
		phrases = append(phrases,
			phrase{Unknown, "the number of connections opened per second is unknown: rates are off, or the broker has just started"})
	}
	if f.AtNodeLimit != nil && *f.AtNodeLimit {
		phrases = append(phrases, phrase{Critical, "the node that answers has reached its connection_max and takes no more"})
	}
	// The limits that are nearest to being reached come first, so that the line names them even if there are many.
	ordered := slices.Clone(f.Limits)
	slices.SortStableFunc(ordered, func(a, b ConnectionLimit) int {
		return cmp.Compare(float64(b.Open)*float64(a.Most), float64(a.Open)*float64(b.Most))
	})
	unjudged := 0
	for _, l := range ordered {
		if l.Most < 0 {
			continue
		}
		if f.Uncounted && l.Most > 0 && !limits.Share.Limits(float64(l.Most)).IsZero() {
			unjudged++
			continue
		}
		judged := limits.Share.Limits(float64(l.Most))
		s := judged.Judge(float64(l.Open))
		text := fmt.Sprintf("%s %s has %d of %d connections", l.Of, l.Name, l.Open, l.Most)
		if l.Most == 0 {
			// A limit of 0 forbids connections on purpose, so it is never close to being exceeded.
			s, text = OK, fmt.Sprintf("%s %s is closed to connections by its limit of 0", l.Of, l.Name)
		}
		if s != OK {
			phrases = append(phrases, phrase{s, text})
		}
		label := "vhost_"
		if l.Of == "user" {
			label = "user_"
		}
		figures = append(figures, judged.Figure(label+l.Name, float64(l.Open), ""))
	}
	if unjudged > 0 {
		phrases = append(phrases, phrase{Unknown, fmt.Sprintf("connections cannot be compared with %s: statistics are off",
			prose.Plural(unjudged, "limit", "limits"))})
	}
	phrases = append(phrases, uncounted(f.NotRunning, "its connections are")...)
	r := worstFirst(phrases, "")
	r.Figures = figures
	return r
}
