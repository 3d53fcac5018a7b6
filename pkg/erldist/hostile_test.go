package erldist_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// TestHostile_memory: frames that a node sends without a request, or announces and does not send, take little memory,
// and the call ends in time. The test does not run in parallel, because it measures the memory of the whole program.
func TestHostile_memory(t *testing.T) { //nolint:paralleltest // see above
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // whatever GOGC says
	// flood sends many frames and then stays silent. If all frames were kept, they would take several times the allowed
	// memory.
	flood := func(frames int, frame func(i int) []byte) func(net.Conn) {
		return func(c net.Conn) {
			for i := range frames {
				if _, err := c.Write(frame(i)); err != nil {
					return
				}
			}
			time.Sleep(10 * time.Second)
		}
	}
	always := func(frame []byte) func(int) []byte { return func(int) []byte { return frame } }
	to := func(message erlang.Term) []byte {
		us := erlang.Pid{Node: "1X2Y@localhost", ID: 1, Creation: 7}
		return nodetest.Frame(erlang.Tuple{erlang.Int(2), erlang.Atom(""), us}, message)
	}
	long := erlang.Binary(strings.Repeat("x", 1<<20))
	for _, c := range []struct {
		name string
		node func(net.Conn)
		most uint64
	}{
		{"ticks", flood(500, always(make([]byte, 64<<10))), 4 << 20},
		{"messages", flood(150_000, always(to(erlang.Atom("row")))), 6 << 20},
		// These are 200 MB in all. On a busy machine, messages that came since the last garbage collection count as well: 27
		// MB were seen.
		{"long messages", flood(200, always(to(long))), 40 << 20},
		{"atoms", flood(150_000, func(i int) []byte { return to(erlang.Atom(fmt.Sprint("a", i))) }), 6 << 20},
		{"names", flood(150_000, func(i int) []byte { return to(erlang.Pid{Node: "n@h", ID: uint32(i)}) }), 6 << 20},
		{"a frame of 64 MB that never comes", func(c net.Conn) {
			c.Write(binary.BigEndian.AppendUint32(nil, 64<<20))
			time.Sleep(10 * time.Second)
		}, 4 << 20},
		{"a term of 4 GB that never comes", func(c net.Conn) {
			c.Write([]byte("\x00\x00\x00\x07p\x83\x69\xff\xff\xff\xff"))
			time.Sleep(10 * time.Second)
		}, 4 << 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := dial(t, (&nodetest.Node{After: c.node}).Start(t))
			defer l.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
			defer cancel()
			runtime.GC()
			var before runtime.MemStats
			runtime.ReadMemStats(&before)
			var peak atomic.Uint64
			go func() {
				for ctx.Err() == nil {
					var now runtime.MemStats
					runtime.GC() // so that garbage does not count
					runtime.ReadMemStats(&now)
					peak.Store(max(peak.Load(), now.HeapAlloc))
					time.Sleep(20 * time.Millisecond)
				}
			}()
			_, err := l.Call(ctx, erldist.Call{Module: "m", Function: "f"})
			if err == nil {
				t.Error("no error")
			}
			if grown := peak.Load() - min(before.HeapAlloc, peak.Load()); grown > c.most {
				t.Errorf("it costs %d bytes", grown)
			}
		})
	}
}

// TestHostile_slowReader: if the caller takes rows slowly, only a few more rows are read from the node than the caller
// has taken.
func TestHostile_slowReader(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	row := erlang.Binary(strings.Repeat("x", 1<<20))
	n := (&nodetest.Node{Calls: map[string]func(*nodetest.Call) erlang.Term{
		"rabbit:emit/2": func(c *nodetest.Call) erlang.Term {
			for range 1000 {
				c.Send(c.Args[1], erlang.Tuple{c.Args[0], row, erlang.Atom("continue")})
				sent.Add(1)
			}
			return erlang.Atom("ok")
		}}}).Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	taken := 0
	from := erldist.Source{Link: dial(t, n), Rows: []erldist.Rows{rowsOf("emit")}}
	err := erldist.Everywhere(ctx, []erldist.Source{from}, func(erlang.Term) error {
		taken++
		time.Sleep(100 * time.Millisecond)
		return nil
	})
	// Some megabytes can be sent already and wait in buffers of the operating system.
	if err == nil || taken == 0 || sent.Load() > int64(taken)+30 {
		t.Errorf("%d rows were sent, %d taken: %v", sent.Load(), taken, err)
	}
}
