package health

import (
	"fmt"
	"math"
	"strconv"
)

// Alarm says that a node is short of a resource ("disk", "memory").
type Alarm struct{ Node, Resource string }

// DiskNode holds what the node listing reports about one node's disk. It can be ten seconds old.
type DiskNode struct {
	Name    string
	Running bool
	// Free and Limit are in bytes.
	Free, Limit Reading
	// Flagged is the listing's own disk alarm flag.
	Flagged bool
	// Unwatched means that the node does not monitor its disk: Free is not updated, and no alarm goes off.
	Unwatched bool
}

// DiskFacts holds the facts that Disk judges.
type DiskFacts struct {
	// Alarms holds the alarms in effect now, from the alarms check. They are up to date; Nodes can be ten seconds old.
	Alarms []Alarm
	Nodes  []DiskNode
	// Trends holds the trends by node. The trend of a node that is missing here is unknown.
	Trends map[string]DiskTrend
}

// DiskLimits says how far from the alarm the disks must stay. A margin or a horizon of zero is not judged.
type DiskLimits struct {
	Warning, Critical Margin
	Horizon           Horizon
	// NeedTrend makes the verdict UNKNOWN if the trend is not known and nothing worse was found.
	NeedTrend bool
}

// DiskVerdict is the verdict on one node.
type DiskVerdict struct {
	DiskNode
	Status Status
	// Alarmed means that the alarms check reports a disk alarm of the node.
	Alarmed bool
	// Stale means that the figures contradict the alarms check, because they are older: either they do not show an alarm
	// that is in effect, or they show an alarm that is not in effect.
	Stale bool
	// Text is one phrase with the node's name.
	Text string
	// Trend is the node's entry in DiskFacts.Trends; zero if there is none. AlarmIn is the time in seconds until the
	// alarm; not known if the free space does not fall, the alarm is in effect, the node does not run, or no horizon was
	// given.
	Trend   DiskTrend
	AlarmIn Reading
}

// Ratio returns the free space as a multiple of the limit; false if it is not known.
func (n DiskNode) Ratio() (float64, bool) {
	if !n.Free.Known || !n.Limit.Known || n.Limit.Value <= 0 {
		return 0, false
	}
	return n.Free.Value / n.Limit.Value, true
}

// Disk judges every node's free space against its limit, the margins and the horizon. A disk alarm of a node that is
// not listed is CRITICAL too. If there are neither nodes nor disk alarms, the verdict is UNKNOWN.
func Disk(facts DiskFacts, limits DiskLimits) (Result, []DiskVerdict) {
	var verdicts []DiskVerdict
	var figures []Figure
	alarmed := alarmedOf(facts.Alarms, "disk")
	for _, n := range facts.Nodes {
		trend, known := facts.Trends[n.Name]
		if !known {
			trend.Unknown = "there is no reading of the node's free space"
		}
		v := judgeDisk(n, alarmed[n.Name], limits, trend)
		v.Trend = facts.Trends[n.Name]
		verdicts = append(verdicts, v)
		delete(alarmed, n.Name)
		figures = append(figures, diskFigures(n, limits)...)
		figures = append(figures, trendFigures(v, limits.Horizon)...)
	}
	names, texts := unlisted("disk", alarmed)
	for i, name := range names {
		verdicts = append(verdicts, DiskVerdict{DiskNode: DiskNode{Name: name}, Status: Critical, Alarmed: true,
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

func judgeDisk(n DiskNode, alarmed bool, limits DiskLimits, trend DiskTrend) DiskVerdict {
	v := DiskVerdict{DiskNode: n, Alarmed: alarmed}
	if seconds, falls := trend.AlarmIn(n); falls && !alarmed && n.Running && !limits.Horizon.IsZero() {
		v.AlarmIn = Reading{Value: seconds, Known: true}
	}
	v.Status, v.Stale, v.Text = watched{
		resource: "disk", word: "free", node: n.Name, running: n.Running, flagged: n.Flagged, alarmed: alarmed, value: n.Free,
		limit: n.Limit,
		unknownText: fmt.Sprintf(
			"%s does not know its free space (it reports %s free, limit %s), so it cannot raise a disk alarm either",
			n.Name, n.Free.Bytes(), n.Limit.Bytes()),
		judgeValue: func() (s Status, add string) {
			if ratio, ok := n.Ratio(); ok {
				add = fmt.Sprintf(" (%sx)", trimRatio(ratio))
			}
			switch {
			case !limits.Critical.IsZero() && n.Free.Value < limits.Critical.Of(n.Limit.Value):
				s = Critical
			case !limits.Warning.IsZero() && n.Free.Value < limits.Warning.Of(n.Limit.Value):
				s = Warning
			}
			if !limits.Horizon.IsZero() {
				t, text := trend.judge(n, limits.Horizon, limits.NeedTrend)
				s, add = Worse(s, t), add+text
			}
			if n.Unwatched {
				s = Worse(s, Unknown)
				add += "; the free space is not updated: the node does not monitor its disk, and no alarm goes off"
			}
			return s, add
		},
	}.judge()
	return v
}

func diskFigures(n DiskNode, limits DiskLimits) []Figure {
	if !n.Running || !n.Free.Known {
		return nil
	}
	free := Figure{Label: n.Name + "_free", Value: n.Free.Value, Unit: "B"}
	figures := []Figure{free}
	if n.Limit.Known {
		if !limits.Warning.IsZero() {
			figures[0].Warning = atLeast(limits.Warning.Of(n.Limit.Value))
		}
		if !limits.Critical.IsZero() {
			figures[0].Critical = atLeast(limits.Critical.Of(n.Limit.Value))
		}
		figures = append(figures, Figure{Label: n.Name + "_limit", Value: n.Limit.Value, Unit: "B"})
	}
	return figures
}

func trendFigures(v DiskVerdict, h Horizon) []Figure {
	if !v.AlarmIn.Known {
		return nil
	}
	f := Figure{Label: v.Name + "_alarm_in", Value: math.Round(v.AlarmIn.Value), Unit: "s"}
	if h.Warning > 0 {
		f.Warning = atLeast(h.Warning.Seconds())
	}
	if h.Critical > 0 {
		f.Critical = atLeast(h.Critical.Seconds())
	}
	return []Figure{f}
}

// trimRatio writes a ratio with as many digits as matter: 1.39, 12.5, 1672. It rounds down: a ratio below a margin must
// never look equal to the margin.
func trimRatio(r float64) string {
	digits := 0
	switch {
	case r < 10:
		digits = 2
	case r < 100:
		digits = 1
	}
	return strconv.FormatFloat(CutOff(r, digits), 'f', digits, 64)
}

// CutOff returns the number without the digits after so many decimal places. The small factor corrects numbers that have
// no exact binary form: 1.15*100 is below 115. It is too small to change the quotient of two counts of bytes.
func CutOff(n float64, places int) float64 {
	scale := math.Pow10(places)
	return math.Trunc(n*scale*(1+1e-15)) / scale
}
