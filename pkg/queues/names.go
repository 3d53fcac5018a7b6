package queues

import (
	"context"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

const (
	// namedSingly is the largest number of queues that are read one by one if no listing is answered. namedAtOnce is how
	// many of these requests run at a time: it is large, since a request for a queue of a frozen node is never answered.
	namedSingly = 200
	namedAtOnce = 32
	// singlePatience is how long all requests for single queues may take together. rollDelay is how long to wait for the
	// state of the nodes once the queues are listed by name.
	singlePatience = 2 * time.Second
	rollDelay      = 2 * time.Second
)

// unanswered lists what can be read while neither the listing nor the state of the nodes is answered, as happens for a
// minute after a node of a cluster has frozen. Every node knows which queues there are, and queues of the other nodes
// can be read one by one.
func (r *run) unanswered(ctx context.Context, waited time.Duration) rows {
	end := func() error {
		// The state of the nodes can come a little later than the names.
		r.nodes.Within(ctx, beside.Share(ctx, 0.5, rollDelay))
		return r.nodes.Incomplete(ctx, waited, "most counts are not known")
	}
	return r.named(ctx, r.listing, end, func() rows { return r.answer(ctx) })
}

// named lists the queues by their names. At the end it yields the error that the function end returns. If the listing
// is answered after all, named yields the rows of that answer instead, with the same error at the end. If the names
// cannot be read either, it yields only an error.
func (r *run) named(ctx context.Context, listing *broker.Attempt, end func() error, answer func() rows) rows {
	names := r.names(ctx, listing)
	switch {
	case listing.Over():
		return r.wish.endLate(answer(), end)
	case names == nil:
		return record.Failing(r.client.Late())
	}
	return r.wish.endLate(r.singly(ctx, names), end)
}

// names requests the definitions and the bindings at the same time, and returns the queues of the answer that comes
// first. They are objects with vhost and name; from the definitions they also have their declared properties. It
// returns nil if the node does not answer, or if the listing is answered first. Since 4.3 a node answers the request
// for definitions on its own. On older releases this request waits for all nodes, but the request for bindings does
// not, and each queue has a binding to the default exchange (measured on 3.10 and 4.3).
func (r *run) names(ctx context.Context, listing *broker.Attempt) []record.Value {
	ctx, cancel := context.WithTimeout(ctx, beside.Share(ctx, 0.5, patienceForNodes))
	defer cancel()
	found := make(chan []record.Value, 2)
	for _, ask := range []func(context.Context) ([]record.Value, error){r.definedQueues, r.boundQueues} {
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
		case <-listing.Done():
			return nil
		}
	}
	return nil
}

func (r *run) definedQueues(ctx context.Context) ([]record.Value, error) {
	var all record.Value
	var err error
	if r.wish.VHost == "" {
		all, err = r.client.Definitions(ctx)
	} else {
		all, err = r.client.VHostDefinitions(ctx, r.wish.VHost)
	}
	if err != nil {
		return nil, err
	}
	names := []record.Value{}
	all.At("queues").Each(func(q record.Value) {
		if r.wish.VHost != "" && len(q) > 2 {
			// The definitions of one virtual host do not repeat its name.
			q = append([]byte(`{"vhost":`+string(record.Of(r.wish.VHost))+`,`), q[1:]...)
		}
		names = append(names, q)
	})
	return names, nil
}

func (r *run) boundQueues(ctx context.Context) ([]record.Value, error) {
	names := []record.Value{}
	type binding struct {
		source, kind       string
		vhost, destination record.Value
	}
	reader := record.NewReader(func(b *record.Binder, one *binding) {
		b.Text("source", &one.source)
		b.Text("destination_type", &one.kind)
		b.Value("vhost", func(v record.Value) { one.vhost = v })
		b.Value("destination", func(v record.Value) { one.destination = v })
	})
	for b, err := range reader.All(r.client.Bindings(ctx, r.wish.VHost, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		if b.source == "" && b.kind == "queue" {
			names = append(names, record.Value(`{"vhost":`+string(b.vhost)+`,"name":`+string(b.destination)+`}`))
		}
	}
	return names, nil
}

// singly sends one request for each queue, if there are at most namedSingly queues. At the end it yields what is known,
// in the order of the names.
func (r *run) singly(ctx context.Context, names []record.Value) rows {
	return func(yield func(record.Row, error) bool) {
		picker := record.NewPicker(r.facts.columns)
		rows := make([]record.Row, len(names))
		for i, name := range names {
			row, err := picker.Pick(name)
			if err != nil {
				row = make(record.Row, len(r.facts.columns))
			}
			rows[i] = row
		}
		if len(names) <= namedSingly {
			r.askSingly(ctx, names, rows)
		}
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// askSingly fills in what the requests for single queues report until the time is up.
func (r *run) askSingly(ctx context.Context, names []record.Value, rows []record.Row) {
	ctx, cancel := context.WithTimeout(ctx, beside.Share(ctx, 0.6, singlePatience))
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
			v, err := r.client.QueueWithoutStats(ctx, name.At("vhost").Text(), name.At("name").Text())
			if err != nil {
				return
			}
			told, err := record.NewPicker(r.facts.columns).Pick(v)
			for j := range rows[i] {
				// On 3.10 the state live says only that the queue is known, not that it runs.
				if err == nil && !rows[i][j].Known() && !(r.facts.columns[j].Path() == "state" && told[j].Text() == "live") {
					rows[i][j] = told[j]
				}
			}
		})
	}
	wait.Wait()
}
