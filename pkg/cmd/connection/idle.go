package connection

import (
	"context"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// longestIdle is the longest time for which a broker can report what channels did.
const longestIdle = 50 * time.Minute

// work is what all channels of a connection did together during the time that --idle gives.
type work int

const (
	none   work = iota // the channels did nothing
	some               // at least one channel did something
	untold             // the broker has no samples for the whole time
)

// channel is a channel with its counters or with the samples of its counters.
type channel struct {
	name, connection string
	stats            record.Value
}

func bindChannel(b *record.Binder, ch *channel) {
	b.Text("name", &ch.name)
	b.Text("connection_details.name", &ch.connection)
	b.Value("message_stats", func(v record.Value) { ch.stats = v })
}

// workOf returns what channels did lately, by connection; the parameter over says how far it looks back. A channel's
// idle_since is of no use here: brokers wake each channel once a minute, which renews idle_since. So workOf compares
// the counters with their samples. It reads the samples first, so that what a channel does between the two requests
// counts as work.
func workOf(ctx context.Context, c *broker.Client, over time.Duration) (map[string]work, error) {
	if err := counts(ctx, c); err != nil {
		return nil, err
	}
	step := max(over/10, 5*time.Second).Round(5 * time.Second)
	reader := record.NewReader(bindChannel)
	before := map[string]record.Value{}
	for ch, err := range reader.All(c.ChannelsOver(ctx, over+step, step, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		before[ch.name] = ch.stats
	}
	all := map[string]work{}
	for ch, err := range reader.All(c.Channels(ctx, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		did := untold // the channel was opened between the two requests
		if stats, there := before[ch.name]; there {
			did = compared(stats, ch.stats, over)
		}
		if did != none || all[ch.connection] == none {
			all[ch.connection] = did
		}
	}
	return all, nil
}

// counts returns an error if the broker does not count what channels do, since every channel would look idle then.
func counts(ctx context.Context, c *broker.Client) error {
	overview, err := c.Brief(ctx)
	if err != nil {
		return err
	}
	if mode := overview.At("rates_mode").Text(); mode != "basic" && mode != "detailed" {
		return fail.New(fail.Unavailable, "%s does not count the messages of channels (rates_mode %s), so --idle "+
			"cannot work", c.BaseURL(), mode).
			Next("--match and --where choose connections without --idle")
	}
	return nil
}

// compared tells what a channel did between the oldest sample of its counters and now. A channel without
// counters has never done anything.
func compared(samples, now record.Value, over time.Duration) work {
	did := none
	for name, counter := range now.Members() {
		if strings.HasSuffix(name, "_details") {
			continue
		}
		oldest, span := oldestOf(samples.At(name + "_details.samples"))
		switch {
		case span < over-5*time.Second:
			return untold
		case oldest != counter.Text():
			did = some
		}
	}
	return did
}

// oldestOf returns the oldest sample of a counter, and how much older it is than the newest sample.
func oldestOf(samples record.Value) (oldest string, span time.Duration) {
	var newest, last int64
	samples.Each(func(s record.Value) {
		at, _ := s.At("timestamp").Int()
		if newest == 0 {
			newest = at
		}
		oldest, last = s.At("sample").Text(), at
	})
	return oldest, time.Duration(newest-last) * time.Millisecond
}

// awake says why a connection has not been idle for long enough. It returns "" if the connection has been idle for long
// enough, or without --idle.
func (b *closing) awake(c chosen, now time.Time) (why string, unsure bool) {
	if b.Idle == 0 {
		return "", false
	}
	since, _ := c.connected.Int()
	did, known := b.work[c.Name]
	switch {
	case !known && c.channels.Text() == "0":
		return "has no channel", false
	case !known: // the listings of connections and of channels can both be some seconds late
		return "its channels are not listed", false
	case did == some:
		return "a channel did something", false
	case did == untold:
		return "what its channels did is not known", false
	case since == 0:
		return "when it was connected is not known", false
	case now.Sub(time.UnixMilli(since)) < b.Idle:
		return "has not been connected for that long", false
	}
	return "", false
}
