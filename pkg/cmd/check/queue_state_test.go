package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// TestQueueState: the next run reads exactly what a run has written, for names with any characters.
func TestQueueState(t *testing.T) {
	t.Parallel()
	known := func(n float64) health.Reading { return health.Reading{Value: n, Known: true} }
	kept := queueState{QueueReading: health.QueueReading{Taken: time.Unix(1790000000, 0).UTC(), Broker: "shop", Scope: ""},
		Messages: newKept()}
	for _, q := range []health.Queue{{VHost: "b", Name: `a"\b`, Messages: known(7)}, {VHost: "/", Name: "ü",
		Messages: known(0)},
		{VHost: "b", Name: "", Messages: known(1e9)}, {VHost: "b", Name: "silent"}} {
		kept.keep(q)
	}
	text, err := json.Marshal(kept)
	const want = `{"taken":"2026-09-21T14:13:20Z","broker":"shop","scope":"","messages":{"/":{"ü":0},"b":{"a\"\\b":7,"":1000000000}},"untold":{"b":["silent"]}}`
	if err != nil || string(text) != want {
		t.Fatalf("%v\n%s\nwant\n%s", err, text, want)
	}
	var read queueState
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if read.QueueReading != kept.QueueReading {
		t.Errorf("%+v", read.QueueReading)
	}
	for _, tt := range []struct {
		vhost, name string
		want        health.Reading
	}{{"b", `a"\b`, known(7)}, {"/", "ü", known(0)}, {"b", "", known(1e9)}, {"b", "silent", health.Reading{}},
		{"b", "new", known(0)}, {"/", "silent", known(0)}} {
		if got := read.Messages.of(tt.vhost, tt.name); got != tt.want {
			t.Errorf("%s in %s: %v, want %v", tt.name, tt.vhost, got, tt.want)
		}
	}
	for _, text := range []string{`{"messages":[]}`, `{"messages":{"/":7}}`, `{"messages":{"/":{"a":"x"}}}`} {
		if err := json.Unmarshal([]byte(text), &read); err == nil {
			t.Errorf("%s is read as %+v", text, read)
		}
	}
	for _, text := range []string{`{}`, `{"messages":null}`, `{"messages":{"/":null}}`} {
		if err := json.Unmarshal([]byte(text), &read); err != nil || read.Messages.of("/", "a") != known(0) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestRecount: if very many queues have no consumer, the check does not wait for the end of the listing of queues. It
// requests the listing of consumers once, and uses its counts.
func TestRecount(t *testing.T) {
	t.Parallel()
	limits, err := health.Limited{Least: true}.Parse("1")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, waitingQueues - 1, waitingQueues, 10 * waitingQueues} {
		for _, fails := range []bool{false, true} {
			judge := health.QueueChoice{Limits: health.QueueLimits{Consumers: limits}}.Judge(0, "")
			listed, asked := record.NewByName[uint32](), 0
			listed.Put([]byte("/"), []byte("q0"), 2)
			r := &recount{judge: judge, ask: func() (*record.ByName[uint32], error) {
				asked++
				if fails {
					return nil, errors.New("no")
				}
				return listed, nil
			}}
			for i := range n {
				r.add(health.Queue{VHost: "/", Name: fmt.Sprint("q", i), Consumers: health.Reading{Known: true}})
				if len(r.waiting) >= waitingQueues {
					t.Fatalf("%d wait", len(r.waiting))
				}
			}
			r.end()
			sum := judge.Facts().Sum
			want := n
			if !fails {
				want--
			}
			if asked != 1 || sum.Judged != n || sum.Offenders != want || (r.err != nil) != fails {
				t.Errorf("%d queues: asked %d times, %d judged, %d offenders, want %d; %v", n, asked, sum.Judged, sum.Offenders,
					want, r.err)
			}
		}
	}
}
