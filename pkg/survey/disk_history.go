package survey

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// By default a broker remembers a node's figures for this time, and in these steps.
const (
	remembered     = time.Hour
	rememberedStep = time.Minute
)

// DiskHistory returns the free space of each node over time, from the broker's statistics: up to an hour, by the
// minute. It is empty if statistics or rates are off.
func DiskHistory(ctx context.Context, c *broker.Client) (map[string][]health.DiskPoint, error) {
	history := map[string][]health.DiskPoint{}
	type node struct {
		name string
		free map[time.Time]float64
	}
	reader := record.NewReader(func(b *record.Binder, n *node) {
		b.Text("name", &n.name)
		b.Value("disk_free_details.samples", func(v record.Value) { n.free = samples(v) })
	})
	err := each(reader.All(c.NodesOver(ctx, remembered, rememberedStep, reader.Columns())), func(n node) {
		for at, free := range n.free {
			history[n.name] = append(history[n.name], health.DiskPoint{Taken: at, Free: free})
		}
	})
	if err != nil || len(history) == 0 {
		return history, err
	}
	sent, err := c.PublishedOver(ctx, remembered, rememberedStep)
	if err != nil {
		return nil, err
	}
	published := samples(sent)
	for _, points := range history {
		for i, p := range points {
			points[i].Published = published[p.Taken]
		}
	}
	return history, nil
}

// samples returns figures by their time. It leaves out figures of 0: they are from the time before the node started.
func samples(list record.Value) map[time.Time]float64 {
	figures := map[time.Time]float64{}
	list.Each(func(s record.Value) {
		at, known := s.At("timestamp").Int()
		if figure, told := s.At("sample").Number(); known && told && figure > 0 {
			figures[time.UnixMilli(at)] = figure
		}
	})
	return figures
}

// DiskTrends returns the trends of free disk space, from the history in the broker's statistics.
func DiskTrends(ctx context.Context, c *broker.Client, h health.Horizon) (map[string]health.DiskTrend, error) {
	history, err := DiskHistory(ctx, c)
	if err != nil {
		return nil, err
	}
	return Trends(history, h, health.LeastSpan(h)), nil
}

// Trends returns the trend of each node's readings. least is the shortest time that the readings must cover.
func Trends(points map[string][]health.DiskPoint, h health.Horizon, least time.Duration) map[string]health.DiskTrend {
	trends := map[string]health.DiskTrend{}
	for node, all := range points {
		trends[node] = health.TrendOf(all, h, least)
	}
	return trends
}
