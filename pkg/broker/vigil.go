package broker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
)

// vigil finds out whether a node of the cluster is silent, once for all requests of a client that are not answered
// soon. Until a frozen node counts as down, about a minute, most requests wait for it silently: measured on 3.10 and
// 4.3 for connections, channels, consumers, virtual hosts, single queues, exchanges, nodes and users, and the overview.
type vigil struct {
	client *Client
	mu     sync.Mutex
	// call is the running roll call; waiting is how many requests wait for its end.
	call    *beside.Work[*roll]
	waiting int
	// known is the last roll that showed a silent node; since is the time when it did.
	known *roll
	since time.Time
	// told means that a note about the silent node was written.
	told bool
}

const (
	// vigilHeadStart is how long a request may take before vigil looks whether a node is silent.
	vigilHeadStart = time.Second
	// lastChance is how long a request may still take after a node is known to be silent. An answer that needs no other
	// node comes at once.
	lastChance = 1500 * time.Millisecond
	// vigilLingers is how long a roll call goes on when no request waits for it, because many commands send one request
	// after the other.
	vigilLingers = 2 * time.Second
	// vigilPatience is how long the standing may take before the roll decides whether a node is silent.
	vigilPatience = 12 * time.Second
	// silenceHolds is how long a known silence is believed without asking again.
	silenceHolds = 15 * time.Second
	// unnamedRoll decides about a roll that names no silent node. If it came sooner than this, the asked node is just
	// slow; while a node is silent, such a roll takes 5 s (3.10).
	unnamedRoll = 3 * time.Second
)

// ask works like get, for an answer that may need every node. If a silent node delays the answer, ask returns an error
// whose cause is the Silence. Only a listing of bindings whose context is from Patiently goes on waiting.
func (c *Client) ask(ctx context.Context, path string, query url.Values) (*http.Response, error) {
	if c.vigil == nil {
		return c.get(ctx, path, query)
	}
	asked, giveUp := context.WithCancelCause(ctx)
	answered := make(chan struct{})
	timer := time.AfterFunc(beside.Share(ctx, 0.2, vigilHeadStart), func() {
		if s := c.vigil.over(asked, answered); s != nil && isPatient(ctx) && answersLate(path) {
			c.vigil.tell(s)
		} else if s != nil {
			giveUp(s)
		}
	})
	resp, err := c.get(asked, path, query)
	timer.Stop()
	close(answered)
	if err != nil {
		var s *Silence
		if ctx.Err() == nil && errors.As(context.Cause(asked), &s) {
			err = s.fault(c.base + " has not answered, either")
		}
		giveUp(nil)
		return nil, err
	}
	resp.Body = &attended{resp.Body, func() { giveUp(nil) }}
	return resp, nil
}

type patient struct{}

// Patiently returns a context in which a listing of bindings waits for its late answer while a node is silent. A note
// says why the listing takes long. Other requests end with an error, as without Patiently.
func Patiently(ctx context.Context) context.Context { return context.WithValue(ctx, patient{}, true) }

func isPatient(ctx context.Context) bool { return ctx.Value(patient{}) != nil }

// answersLate reports whether a request is answered late while a node is silent: 4.3 answers a listing of bindings,
// after 20 s.
func answersLate(path string) bool {
	return strings.HasSuffix(path, "/bindings") || strings.Contains(path, "/bindings/")
}

// tell writes one note that says what the command waits for.
func (v *vigil) tell(s *Silence) {
	v.mu.Lock()
	told := v.told
	v.told = true
	v.mu.Unlock()
	if !told && v.client.made.Note != nil {
		v.client.made.Note(fmt.Sprintf("%s, so this takes about 20 s longer", s))
	}
}

// attended is the body of an answer. Closing it cancels the context of the request.
type attended struct {
	io.ReadCloser
	drop func()
}

func (a *attended) Close() error {
	defer a.drop()
	return a.ReadCloser.Close()
}

// over watches a request. It returns the silence that delays the request, or nil if the request is over.
func (v *vigil) over(ctx context.Context, answered <-chan struct{}) *Silence {
	for {
		if r := v.silence(ctx, answered); r != nil {
			select {
			case <-answered:
			case <-ctx.Done():
			case <-time.After(beside.Share(ctx, 0.3, lastChance)):
				return &Silence{Silent: r.silent, nodes: len(r.nodes)}
			}
			return nil
		}
		select {
		case <-answered:
			return nil
		case <-ctx.Done():
			return nil
		case <-time.After(patienceForRoll):
		}
	}
}

// silence waits until it is known whether a node is silent, or until the request is over. It returns nil if no node is
// known to be silent.
func (v *vigil) silence(ctx context.Context, over <-chan struct{}) *roll {
	v.mu.Lock()
	if known := v.fresh(); known != nil {
		v.mu.Unlock()
		return known
	}
	if v.call == nil {
		whole := context.WithoutCancel(ctx)
		v.call = beside.Run(whole, func(ending context.Context) (*roll, error) {
			if deadline, ok := ctx.Deadline(); ok {
				var cancel context.CancelFunc
				ending, cancel = context.WithDeadline(ending, deadline)
				defer cancel()
			}
			return v.look(ending), nil
		})
	}
	call := v.call
	v.waiting++
	v.mu.Unlock()
	select {
	case <-call.Done():
	case <-over:
	case <-ctx.Done():
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.waiting--
	select {
	case <-call.Done():
		if v.call == call {
			v.call = nil
		}
		known, _ := call.Result()
		return known
	default:
	}
	if v.waiting == 0 {
		time.AfterFunc(vigilLingers, func() { v.giveUp(call) })
	}
	return nil
}

// giveUp ends a roll call when no request waits for it any longer.
func (v *vigil) giveUp(call *beside.Work[*roll]) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.waiting == 0 && v.call == call {
		call.Cancel()
		v.call = nil
	}
}

// when returns a channel that is closed once it is known that a node is silent. The channel stays open if no node is
// found to be silent, or if the request ends first.
func (v *vigil) when(ctx context.Context, over <-chan struct{}) <-chan struct{} {
	known := make(chan struct{})
	if v != nil {
		go func() {
			if v.silence(ctx, over) != nil {
				close(known)
			}
		}()
	}
	return known
}

// look asks which nodes answer. It returns nil if all do, or if it is not certain that one does not.
func (v *vigil) look(ctx context.Context) *roll {
	call := v.client.rollCall(v.client.askStanding(ctx))
	defer call.Drop()
	if call.Within(ctx, beside.Share(ctx, 0.8, vigilPatience)) || ctx.Err() != nil {
		return nil
	}
	call.silence(ctx)
	if !call.certain() {
		return nil
	}
	return call.roll
}

// learn keeps a roll that shows a silence.
func (v *vigil) learn(r *roll) {
	if v == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.known, v.since = r, time.Now()
}

// knows returns the roll if a silent node is already known, else nil.
func (v *vigil) knows() *roll {
	if v == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.fresh()
}

func (v *vigil) fresh() *roll {
	if v.known != nil && time.Since(v.since) < silenceHolds {
		return v.known
	}
	return nil
}
