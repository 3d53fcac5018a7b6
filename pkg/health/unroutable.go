package health

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// UnroutableFacts holds the facts that Unroutable judges. Rates are per second, cover the broker's last statistics
// interval, and are up to five seconds old.
type UnroutableFacts struct {
	// StatsOff means that the broker collects no statistics.
	StatsOff bool
	// RatesMode is basic, detailed or none. In the mode none, the broker counts no messages.
	RatesMode string
	// Counted means that the broker reports counters of messages, even if it has counted no message so far.
	Counted bool
	// Dropped is the rate of messages that the broker dropped, and Returned the rate of mandatory messages that it
	// returned. An absent rate means 0: 3.10 and 4.3 leave both out until the first message is published.
	Dropped, Returned Reading
	// NotRunning names the nodes that do not run, as far as the others know. Their messages are not in the rates.
	NotRunning []string
	// VHosts holds the virtual hosts; it is not filled in if the rate is 0. VHostsUnread is the error if they could not be
	// listed.
	VHosts       []UnroutableVHost
	VHostsUnread error
}

// UnroutableVHost holds the counters of a virtual host's unroutable messages since the statistics began, and their
// rates. An absent reading means that no message has been published there.
type UnroutableVHost struct {
	Name                                         string
	Dropped, DroppedRate, Returned, ReturnedRate Reading
}

// Rate returns how many messages per second reach no queue, dropped and returned ones together.
func (f UnroutableFacts) Rate() float64 { return sumOfRates(f.Dropped, f.Returned) }

func (v UnroutableVHost) rate() float64 { return sumOfRates(v.DroppedRate, v.ReturnedRate) }

// sumOfRates rounds the sum, so that figures do not show 4.199999999999999 for 3.4 and 0.8.
func sumOfRates(a, b Reading) float64 { return math.Round((a.Value+b.Value)*1e6) / 1e6 }

// Unroutable judges how many messages per second reach no queue. losing holds the virtual hosts where this happens, the
// highest rate first. losing can be empty although the rate is not 0: the first rate that the broker reports for a
// virtual host is 0, even if the rate of the cluster is not 0 (3.10, 4.3).
func Unroutable(f UnroutableFacts, limits Limits) (r Result, losing []UnroutableVHost) {
	if why := f.unknown(); why != "" {
		return Result{Status: Unknown, Summary: "the rate of unroutable messages is unknown: " + why}, nil
	}
	losing = slices.DeleteFunc(slices.Clone(f.VHosts), func(v UnroutableVHost) bool { return v.rate() <= 0 })
	slices.SortStableFunc(losing, func(a, b UnroutableVHost) int { return cmp.Compare(b.rate(), a.rate()) })
	r = worstFirst(append([]phrase{{limits.Judge(f.Rate()), f.text() + places(losing)}},
		uncounted(f.NotRunning, "messages that it loses are")...), "")
	r.Figures = []Figure{limits.Figure("unroutable_per_second", f.Rate(), ""),
		{Label: "dropped_per_second", Value: f.Dropped.Value}, {Label: "returned_per_second", Value: f.Returned.Value}}
	return r, losing
}

// unknown says why the rate cannot be judged; "" if it can.
func (f UnroutableFacts) unknown() string {
	switch {
	case f.StatsOff:
		return "the broker collects no statistics"
	case f.RatesMode == "none":
		return "the broker counts no messages (rates_mode none)"
	case f.RatesMode == "" || !f.Counted:
		return "the broker does not report it"
	}
	for _, rate := range []Reading{f.Dropped, f.Returned} {
		if !rate.Known && !rate.absent() {
			return "the broker reports " + strconv.Quote(rate.Raw)
		}
	}
	return ""
}

func (f UnroutableFacts) text() string {
	if f.Rate() == 0 {
		return "no unroutable messages"
	}
	return fmt.Sprintf("%s unroutable messages per second: %s dropped, %s returned", PerSecond(f.Rate()),
		PerSecond(f.Dropped.Value), PerSecond(f.Returned.Value))
}

// places returns a text with the names of the virtual hosts, as many as fit in the first line.
func places(losing []UnroutableVHost) string {
	var names []string
	for _, v := range losing {
		names = append(names, v.Name)
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return ", in virtual host " + names[0]
	}
	return ", in virtual hosts " + prose.Few(names, manyPhrases)
}
