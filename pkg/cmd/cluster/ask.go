package cluster

import (
	"context"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// nodePatience is how long one node may take for its report, so that a frozen node does not use up the time of the
// whole command. A healthy node takes some hundredths of a second; a node that waits for a silent node takes 10 s to
// report that (4.3).
const nodePatience = 15 * time.Second

// askEach asks all nodes at the same time. If a node gives no report, its view says why.
func askEach(ctx context.Context, first *broker.Client, nodes []survey.Address) []diagnose.View {
	views := make([]diagnose.View, len(nodes))
	var wait sync.WaitGroup
	for i, a := range nodes {
		wait.Go(func() { views[i] = askOne(ctx, first, a) })
	}
	wait.Wait()
	return views
}

func askOne(ctx context.Context, first *broker.Client, a survey.Address) diagnose.View {
	silent := func(why string) diagnose.View { return diagnose.View{Node: a.Node, URL: a.URL, Silent: why} }
	if a.URL == "" {
		return silent(a.Unknown)
	}
	c, err := first.Elsewhere(a.URL)
	if err != nil {
		return silent(err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, nodePatience)
	defer cancel()
	v, _, err := survey.View(ctx, c)
	switch {
	case err != nil:
		return silent(err.Error())
	case v.Node != a.Node:
		return silent(a.URL + " is the API of " + v.Node)
	}
	return v
}
