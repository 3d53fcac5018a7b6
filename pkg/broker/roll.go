package broker

import (
	"context"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// roll is the list of the cluster's nodes without figures, as the asked node reports it.
//
// If a node is frozen, the other nodes wait for it before nearly every answer, until they treat it as down, after about
// a minute (net_ticktime). Measured with one of three nodes frozen: during that minute a request for the nodes with
// their figures gets no answer. A request without figures (disable_stats) gets one: from 4.3 after 10 s, with running
// false for the silent node; from 3.10 after 5 s, with running true for each node. No other answer of 3.10 tells which
// node is silent.
type roll struct {
	nodes []record.Value
	// silent are the nodes that do not answer; empty if the asked node does not say which.
	silent []string
}

// Silence is the cause of an error: a node does not answer, and the asked node waits for it.
type Silence struct {
	// Silent are the nodes that do not answer; empty if that is not known.
	Silent []string
	// nodes is how many nodes the cluster has.
	nodes int
}

func (s *Silence) Error() string {
	switch len(s.Silent) {
	case 0:
		return "a node of the cluster does not answer, and the broker does not say which"
	case 1:
		return "node " + s.Silent[0] + " does not answer"
	}
	return "nodes " + strings.Join(s.Silent, ", ") + " do not answer"
}

// fault is the error about an answer that is incomplete because of the silence. The argument what names what is
// missing: "figures are missing here".
func (s *Silence) fault(what string) error {
	e := fail.New(fail.Incomplete, "%w, so %s", s, what)
	if len(s.Silent) == 0 {
		return e.Do(fail.AskEveryNode).Say("after about a minute (net_ticktime) the cluster treats it as down")
	}
	if len(s.Silent) == 1 {
		return e.Next("it may be frozen, overloaded or cut off: look on its host; after about a minute (net_ticktime) the " +
			"cluster treats it as down and answers without it")
	}
	return e.Next("they may be frozen, overloaded or cut off: look on their hosts; after about a minute (net_ticktime) the " +
		"cluster treats them as down and answers without them")
}

// RollCall waits for an answer to which every node contributes (the whole answer). If that answer does not come soon,
// RollCall asks for the roll: the nodes without figures.
type RollCall struct {
	client *Client
	whole  *Attempt
	book   *Attempt
	roll   *roll
}

const (
	// rollHeadStart is how long the whole answer may take before the roll is asked for. It usually takes some hundredths
	// of a second.
	rollHeadStart = 500 * time.Millisecond
	// rollDoubt is the minimal wait for the whole answer, even if the roll names a node that does not run. That node may
	// have been stopped, and the asked node may just be slow.
	rollDoubt = 5 * time.Second
	// patienceForRoll is the longest wait for the whole answer if the roll can replace it.
	patienceForRoll = 13 * time.Second
)

// Answered reports whether the whole answer has come, or its request has failed.
func (r *RollCall) Answered() bool { return r.whole.Over() }

// Standing waits for the whole answer, and returns what it says of the nodes.
func (r *RollCall) Standing(ctx context.Context) (Standing, error) {
	return r.client.readStanding(ctx, r.whole)
}

func (c *Client) rollCall(whole *Attempt) *RollCall { return &RollCall{client: c, whole: whole} }

func (r *RollCall) Drop() {
	r.whole.Drop()
	if r.book != nil {
		r.book.Drop()
	}
}

// Within waits for the whole answer for at most this time. It returns true if the answer came, its request failed, or
// the context ended. If the roll names a silent node, it waits less.
func (r *RollCall) Within(ctx context.Context, d time.Duration) bool {
	head := min(d, beside.Share(ctx, 0.2, rollHeadStart))
	if r.whole.Within(ctx, head) {
		return true
	}
	if known := r.client.vigil.knows(); known != nil {
		r.roll = known
		return r.whole.Within(ctx, min(d-head, beside.Share(ctx, 0.3, lastChance)))
	}
	if r.book == nil {
		r.book = r.client.AttemptWhole(ctx, Path("nodes"), url.Values{"disable_stats": {"true"}})
	}
	over := time.NewTimer(d - head)
	defer over.Stop()
	doubt := time.After(beside.Share(ctx, 0.5, rollDoubt))
	var book <-chan struct{}
	for {
		select {
		case <-r.whole.Done():
			return true
		case <-doubt:
			book = r.book.Done()
		case <-book:
			if s := r.silence(ctx); s != nil && len(s.Silent) > 0 {
				return r.ended()
			}
			book = nil
		case <-over.C:
			r.silence(ctx)
			return r.ended()
		case <-ctx.Done():
			<-r.whole.Done()
			return true
		}
	}
}

// ended reports, at the end of the wait, whether the whole answer came. If it did not, and the roll shows for certain
// that a node is silent, the vigil learns that.
func (r *RollCall) ended() bool {
	if r.whole.Over() {
		return true
	}
	if r.certain() {
		r.client.vigil.learn(r.roll)
	}
	return false
}

// certain tells whether the roll shows that a node is silent, and not just that the asked node is slow.
func (r *RollCall) certain() bool {
	return r.roll != nil && len(r.roll.nodes) > 1 && (len(r.roll.silent) > 0 || r.book == nil ||
		r.book.Took() >= unnamedRoll)
}

// silence returns the Silence that the roll shows, which names no node if the roll names none. It returns nil if the
// roll did not come either, or if the cluster has only one node.
func (r *RollCall) silence(ctx context.Context) *Silence {
	if r.roll == nil && r.book != nil && r.book.Over() && r.book.Err() == nil {
		if list, err := r.book.object(ctx, wanted{list: true, members: []string{"name"}}); err == nil {
			r.roll = readRoll(list)
		}
	}
	if r.roll == nil || len(r.roll.nodes) < 2 {
		return nil
	}
	return &Silence{Silent: r.roll.silent, nodes: len(r.roll.nodes)}
}

// Incomplete returns the error for the case that the whole answer did not come, with the reason if the roll shows it.
func (r *RollCall) Incomplete(ctx context.Context, waited time.Duration, what string) error {
	if s := r.silence(ctx); s != nil {
		return s.fault(what)
	}
	return r.client.nobodySays(waited, what)
}

func readRoll(list record.Value) *roll {
	r := &roll{}
	list.Each(func(node record.Value) {
		r.nodes = append(r.nodes, node)
		if running, ok := node.At("running").Bool(); ok && !running {
			r.silent = append(r.silent, node.At("name").Text())
		}
	})
	return r
}

// rows returns the nodes of the roll as rows, and ends them with the error end. The value of running is absent if the
// silent node is not named: any of the nodes may be the silent one.
func (r *roll) rows(columns []record.Column, end error) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		picker := record.NewPicker(columns)
		for _, node := range r.nodes {
			row, err := picker.Pick(node)
			if err == nil && len(r.silent) == 0 {
				for i, c := range columns {
					if c.Path() == "running" {
						row[i] = nil
					}
				}
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
		yield(nil, end)
	}
}
