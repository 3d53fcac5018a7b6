package health

import (
	"fmt"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// DiskPoint says how much of a node's disk was free at one moment.
type DiskPoint struct {
	Taken time.Time `json:"taken"`
	// Free is in bytes. Published is the number of messages that were published to the cluster until then; 0 if not known.
	Free      float64 `json:"free"`
	Published float64 `json:"published,omitempty"`
}

// DiskTrend says how the free space of one node develops.
type DiskTrend struct {
	// Unknown says why the trend is not known; "" if it is known.
	Unknown string
	// Over is the time between the first and the last reading.
	Over time.Duration
	// Fall is the rate, in bytes a second, at which the free space falls steadily; 0 if it does not fall steadily.
	Fall float64
	// StuckFor is the time for which the figure has not changed by a byte although messages were published; 0 if it
	// changed, or if the time, the readings or the messages are too few to tell. Published is the number of messages
	// published in that time.
	StuckFor  time.Duration
	Published float64
}

// Horizon is the time for which the free space must last.
type Horizon struct{ Warning, Critical time.Duration }

// IsZero reports whether the horizon is zero, so that the trend is not judged.
func (h Horizon) IsZero() bool { return h == Horizon{} }

func (h Horizon) longest() time.Duration { return max(h.Warning, h.Critical) }

// DiskMonitorInterval is the longest time between two measurements of the free space by a broker. When the free space
// is close to the limit, the broker measures more often.
const DiskMonitorInterval = 10 * time.Second

// LeastSpan returns the least time between the first and the last reading for a trend over the horizon: a change within
// seconds says nothing about hours.
func LeastSpan(h Horizon) time.Duration {
	return max(2*DiskMonitorInterval, min(h.longest()/48, 30*time.Minute)).Round(time.Second)
}

// LeastSample returns the least time between the first and the last reading if the user waits for both. The broker must
// measure twice in this time, because the figure changes only when the broker measures.
func LeastSample(h Horizon) time.Duration {
	return max(2*DiskMonitorInterval, h.longest()/1000).Round(time.Second)
}

// Window returns the age up to which readings count: what the disk did long ago says nothing about its present trend.
func Window(h Horizon) time.Duration { return min(max(time.Hour, h.longest()/4), 24*time.Hour) }

// A figure is doubtful if it has not changed by a byte over this time, this number of readings and this number of
// published messages.
const (
	stuckFor       = 10 * time.Minute
	stuckReadings  = 6
	stuckPublished = 100
)

// TrendOf computes the trend from readings in any order. The first and the last reading must be at least as far apart
// as the parameter least says. The free space falls steadily if it falls in both halves of the time; the slower half
// gives the rate. So a single large file that was written, or a purge, is not a trend.
func TrendOf(points []DiskPoint, h Horizon, least time.Duration) DiskTrend {
	points = recent(points, Window(h))
	if len(points) < 2 {
		return DiskTrend{Unknown: "there is only one reading so far"}
	}
	first, last := points[0], points[len(points)-1]
	t := DiskTrend{Over: last.Taken.Sub(first.Taken)}
	if t.Over < least {
		t.Unknown = fmt.Sprintf("its readings are only %s apart, and %s are needed", Lasting(t.Over.Seconds()),
			Lasting(least.Seconds()))
		return t
	}
	slope := perSecond(first, last)
	if middle := nearest(points, first.Taken.Add(t.Over/2)); middle.Taken.After(first.Taken) &&
		middle.Taken.Before(last.Taken) {
		slope = max(perSecond(first, middle), perSecond(middle, last))
	}
	t.Fall = max(0, -slope)
	t.stuck(points)
	return t
}

// recent returns the readings in the window before the last reading, sorted by time, each moment once.
func recent(points []DiskPoint, window time.Duration) []DiskPoint {
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b DiskPoint) int { return a.Taken.Compare(b.Taken) })
	points = slices.CompactFunc(points, func(a, b DiskPoint) bool { return a.Taken.Equal(b.Taken) })
	if len(points) == 0 {
		return nil
	}
	since := points[len(points)-1].Taken.Add(-window)
	return slices.DeleteFunc(points, func(p DiskPoint) bool { return p.Taken.Before(since) })
}

func perSecond(a, b DiskPoint) float64 { return (b.Free - a.Free) / b.Taken.Sub(a.Taken).Seconds() }

func nearest(points []DiskPoint, at time.Time) DiskPoint {
	return slices.MinFunc(points, func(a, b DiskPoint) int {
		return int(a.Taken.Sub(at).Abs() - b.Taken.Sub(at).Abs())
	})
}

// stuck sets StuckFor and Published if the figure is doubtful.
func (t *DiskTrend) stuck(points []DiskPoint) {
	last := points[len(points)-1]
	i := len(points) - 1
	for i > 0 && points[i-1].Free == last.Free {
		i--
	}
	stood, came := last.Taken.Sub(points[i].Taken), last.Published-points[i].Published
	if stood >= stuckFor && len(points)-i >= stuckReadings && points[i].Published > 0 && came >= stuckPublished {
		t.StuckFor, t.Published = stood, came
	}
}

// AlarmIn returns the time in seconds until the free space reaches the limit; false if the free space does not fall, or
// if this is not known.
func (t DiskTrend) AlarmIn(n DiskNode) (seconds float64, falls bool) {
	if t.Unknown != "" || t.StuckFor > 0 || t.Fall <= 0 || !n.Free.Known || !n.Limit.Known {
		return 0, false
	}
	return max(0, n.Free.Value-n.Limit.Value) / t.Fall, true
}

// judge returns the verdict on the trend of a node, and a text about it. If need is true, an unknown trend is UNKNOWN.
func (t DiskTrend) judge(n DiskNode, h Horizon, need bool) (s Status, text string) {
	seconds, falls := t.AlarmIn(n)
	switch {
	case t.Unknown != "" && need:
		return Unknown, "; its trend is unknown: " + t.Unknown
	case t.Unknown != "":
		return OK, ""
	case t.StuckFor > 0:
		return Unknown, fmt.Sprintf(
			"; doubtful: it has not changed by a byte for %s, while %s messages were published; the broker's disk monitor may be off",
			Lasting(t.StuckFor.Seconds()), number(t.Published))
	case !falls:
		return OK, fmt.Sprintf("; it did not fall steadily in %s", Lasting(t.Over.Seconds()))
	}
	text = fmt.Sprintf("; it falls %s/h: alarm in %s", prose.Bytes(t.Fall*3600), Lasting(seconds))
	within := func(limit time.Duration) bool { return limit > 0 && seconds <= limit.Seconds() }
	switch {
	case within(h.Critical):
		s = Critical
	case within(h.Warning):
		s = Warning
	}
	return s, text
}

// DiskReading holds what earlier runs read about the disks of a cluster.
type DiskReading struct {
	// Broker is the cluster's name.
	Broker string `json:"broker"`
	// Nodes holds the readings by node.
	Nodes map[string][]DiskPoint `json:"nodes"`
}

// mostKept is the number of readings of a node that are kept for the next run.
const mostKept = 200

// Kept returns the readings that the next run can use: those in the window, at most mostKept for each node.
func (r DiskReading) Kept(h Horizon) DiskReading {
	kept := DiskReading{Broker: r.Broker, Nodes: map[string][]DiskPoint{}}
	for node, points := range r.Nodes {
		points = recent(points, Window(h))
		for len(points) > mostKept {
			// Drop every second reading, but never the last one.
			n := len(points)
			var half []DiskPoint
			for i := (n - 1) % 2; i < n; i += 2 {
				half = append(half, points[i])
			}
			points = half
		}
		kept.Nodes[node] = points
	}
	return kept
}
