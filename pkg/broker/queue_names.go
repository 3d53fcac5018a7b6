package broker

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

const (
	// namedSingly is how many queues are asked for one by one when nothing lists them, and namedAtOnce how many at a time:
	// those of a frozen node never answer.
	namedSingly = 200
	namedAtOnce = 32
)

// unanswered lists what can be had while neither the listing nor the nodes answer, as for a minute after a node of a
// cluster has frozen: every node knows which queues there are, and those of other nodes can be asked for singly.
func (l queueListing) unanswered(ctx context.Context, listing *attempt, nodes *rollCall, waited time.Duration) iter.Seq2[record.Row, error] {
	end := func() error {
		// The roll comes a little later than the names.
		nodes.within(ctx, share(ctx, 0.5, attendance))
		return nodes.untold(ctx, waited, "most counts are not known")
	}
	return l.named(ctx, listing, end, func() iter.Seq2[record.Row, error] {
		return l.answer(ctx, listing)
	})
}

// named lists the queues by their names, unless the listing is answered after all, and ends with the error.
func (l queueListing) named(ctx context.Context, listing *attempt, end func() error, answer func() iter.Seq2[record.Row, error]) iter.Seq2[record.Row, error] {
	names := l.names(ctx, listing)
	switch {
	case listing.answered():
		return l.endLate(answer(), end)
	case names == nil:
		return failing(late(l.base))
	}
	return l.endLate(l.singly(ctx, names), end)
}

// names are the queues that the asked node knows to be there, as objects with what they were declared with; nil when it
// does not tell. From 4.3 on the definitions are answered by a node on its own; on older releases they wait for all nodes,
// but the bindings that each queue has to the default exchange do not (measured on 3.10 and 4.3).
func (l queueListing) names(ctx context.Context, listing *attempt) []record.Value {
	ctx, cancel := context.WithTimeout(ctx, share(ctx, 0.5, patienceForNodes))
	defer cancel()
	found := make(chan []record.Value, 2)
	for _, ask := range []func(context.Context) ([]record.Value, error){l.definedQueues, l.boundQueues} {
		go func() {
			names, err := ask(ctx)
			if err != nil {
				names = nil
			}
			found <- names
		}()
	}
	for range 2 {
		select {
		case names := <-found:
			if names != nil {
				return names
			}
		case <-listing.done:
			return nil
		}
	}
	return nil
}

func (l queueListing) definedQueues(ctx context.Context) ([]record.Value, error) {
	path, vhost := Path("definitions"), []byte(nil)
	if l.vhost != "" {
		path, vhost = Path("definitions", l.vhost), record.Of(l.vhost)
	}
	all, err := l.value(ctx, path, nil, definitions())
	if err != nil {
		return nil, err
	}
	names := []record.Value{}
	all.At("queues").Each(func(q record.Value) {
		if vhost != nil && len(q) > 2 {
			// The definitions of one virtual host do not repeat its name.
			q = append([]byte(`{"vhost":`+string(vhost)+`,`), q[1:]...)
		}
		names = append(names, q)
	})
	return names, nil
}

func (l queueListing) boundQueues(ctx context.Context) ([]record.Value, error) {
	names := []record.Value{}
	columns := []record.Column{{Name: "source"}, {Name: "destination_type"}, {Name: "vhost"}, {Name: "destination"}}
	for row, err := range l.Bindings(ctx, l.vhost, columns) {
		if err != nil {
			return nil, err
		}
		if row[0].Text() == "" && row[1].Text() == "queue" {
			names = append(names, record.Value(`{"vhost":`+string(row[2])+`,"name":`+string(row[3])+`}`))
		}
	}
	return names, nil
}

// singly asks for each queue by itself and yields what is known in the end, in the order of the names.
func (l queueListing) singly(ctx context.Context, names []record.Value) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		picker := record.NewPicker(l.columns)
		rows := make([]record.Row, len(names))
		for i, name := range names {
			row, err := picker.Pick(name)
			if err != nil {
				row = make(record.Row, len(l.columns))
			}
			rows[i] = row
		}
		if len(names) <= namedSingly {
			l.askSingly(ctx, names, rows)
		}
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// askSingly fills in what queues say of themselves, for as long as there is time.
func (l queueListing) askSingly(ctx context.Context, names []record.Value, rows []record.Row) {
	ctx, cancel := context.WithTimeout(ctx, share(ctx, 0.6, attendance))
	defer cancel()
	slots := make(chan struct{}, namedAtOnce)
	var wait sync.WaitGroup
	for i, name := range names {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		wait.Go(func() {
			defer func() { <-slots }()
			v, err := l.QueueWithoutStats(ctx, name.At("vhost").Text(), name.At("name").Text())
			if err != nil {
				return
			}
			told, err := record.NewPicker(l.columns).Pick(v)
			for j := range rows[i] {
				// What 3.10 calls live is that the queue is known, not that it runs.
				if err == nil && !rows[i][j].Known() && !(l.columns[j].Path() == "state" && told[j].Text() == "live") {
					rows[i][j] = told[j]
				}
			}
		})
	}
	wait.Wait()
}
