package erldist_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

func secret(context.Context) (string, string, error) { return "secret", "the test", nil }

func target(n *nodetest.Node) erldist.Target {
	return erldist.Target{Node: "rabbit", EpmdPort: n.EpmdPort, Cookie: secret, Patience: 2 * time.Second}
}

func dial(t *testing.T, n *nodetest.Node) *erldist.Link {
	t.Helper()
	l, err := erldist.Dial(t.Context(), target(n))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func echo(c *nodetest.Call) erlang.Term { return erlang.Tuple(c.Args) }

func TestCall(t *testing.T) {
	t.Parallel()
	for _, noRex := range []bool{false, true} {
		n := (&nodetest.Node{NoRex: noRex, Calls: map[string]func(*nodetest.Call) erlang.Term{
			"m:echo/2": echo,
			"m:say/0": func(c *nodetest.Call) erlang.Term {
				c.Print("one\n")
				c.Print("two\n")
				return erlang.Atom("ok")
			},
		}}).Start(t)
		l := dial(t, n)
		got, err := l.Call(t.Context(), erldist.Call{Module: "m", Function: "echo", Args: []erlang.Term{erlang.Int(1),
			erlang.Binary("b")}})
		if err != nil || erlang.Text(got) != `{1,<<"b">>}` || l.Node != "rabbit@localhost" {
			t.Errorf("without rex %v: %v, %v from %s", noRex, got, err, l.Node)
		}
		var said string
		_, err = l.Call(t.Context(), erldist.Call{Module: "m", Function: "say", Print: func(s string) { said += s }})
		if err != nil || said != "one\ntwo\n" {
			t.Errorf("without rex %v: it says %q, %v", noRex, said, err)
		}
		if noRex {
			continue
		}
		_, err = l.Call(t.Context(), erldist.Call{Module: "m", Function: "none"})
		if !erldist.IsMissing(err) || fail.KindOf(err) != fail.Unavailable || !strings.Contains(err.Error(),
			"node rabbit@localhost has no function m:none/0") {
			t.Errorf("an unknown function: %v", err)
		}
	}
}

// TestCall_overTLS: a call works over TLS, where the length of each handshake message has 4 bytes. A certificate of an
// unknown authority is refused.
func TestCall_overTLS(t *testing.T) {
	t.Parallel()
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	n := (&nodetest.Node{TLS: &tls.Config{Certificates: web.TLS.Certificates},
		Calls: map[string]func(*nodetest.Call) erlang.Term{"m:echo/1": echo}}).Start(t)
	at := target(n)
	at.TLS = &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "example.com"}
	if _, err := erldist.Dial(t.Context(), at); err == nil || !strings.Contains(err.Error(), "is not trusted") {
		t.Errorf("an unknown authority: %v", err)
	}
	at.TLS.RootCAs.AddCert(web.Certificate())
	l, err := erldist.Dial(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got, err := l.Call(t.Context(), erldist.Call{Module: "m", Function: "echo", Args: []erlang.Term{erlang.Atom("a")}})
	if err != nil || erlang.Text(got) != "{a}" {
		t.Errorf("%v, %v", got, err)
	}
}

// TestCall_manyAtOnce: each call gets its own answer and its own output.
func TestCall_manyAtOnce(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: map[string]func(*nodetest.Call) erlang.Term{
		"m:echo/1": func(c *nodetest.Call) erlang.Term {
			c.Print(erlang.Text(c.Args[0]))
			return c.Args[0]
		},
	}}).Start(t)
	l := dial(t, n)
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			var said string
			got, err := l.Call(t.Context(), erldist.Call{Module: "m", Function: "echo",
				Args: []erlang.Term{erlang.Int(int64(i))}, Print: func(s string) { said += s }})
			if want := fmt.Sprint(i); err != nil || erlang.Text(got) != want || said != want {
				t.Errorf("%d: %v, %q, %v", i, got, said, err)
			}
		})
	}
	all.Wait()
}

// TestDial_failures: each failure has its own message and its next step, and is found in time.
func TestDial_failures(t *testing.T) {
	t.Parallel()
	hang := func(net.Conn) { time.Sleep(5 * time.Second) }
	for name, c := range map[string]struct {
		node   *nodetest.Node
		change func(t *erldist.Target)
		kind   fail.Kind
		says   string
	}{
		"another cookie": {&nodetest.Node{Cookie: "other"}, nil, fail.Denied, "node rabbit@localhost has another Erlang cookie than the one from the test"},
		"unknown to epmd": {&nodetest.Node{Name: "hare@localhost"}, nil, fail.Unreachable,
			"no node named rabbit runs there: epmd at 127.0.0.1:EPMD does not know it"},
		"no epmd": {&nodetest.Node{}, func(t *erldist.Target) { t.EpmdPort = 1 }, fail.Unreachable,
			"cannot connect to epmd, which knows the ports of Erlang nodes, at 127.0.0.1:1: connection refused"},
		"port closed": {&nodetest.Node{}, func(t *erldist.Target) { t.Port = 1 }, fail.Unreachable,
			"node rabbit does not accept connections at 127.0.0.1:1: connection refused"},
		"another host part": {&nodetest.Node{}, func(t *erldist.Target) { t.Node = "rabbit@127.0.0.1" }, fail.Unreachable,
			"the node there calls itself rabbit@localhost, not rabbit@127.0.0.1"},
		"no such host": {&nodetest.Node{}, func(t *erldist.Target) { t.Node = "rabbit@nowhere.invalid" }, fail.Unreachable,
			"the host of node rabbit@nowhere.invalid is not found"},
		"frozen": {&nodetest.Node{Instead: hang}, nil, fail.Unreachable,
			"node rabbit accepts the connection, but does not answer within 2s: it hangs, or its distribution is over TLS"},
		"cut": {&nodetest.Node{Instead: func(c net.Conn) { c.Read(make([]byte, 1)) }}, nil, fail.Unreachable,
			"node rabbit breaks off the handshake"},
		"TLS against plain": {&nodetest.Node{}, func(t *erldist.Target) { t.TLS = &tls.Config{ServerName: "x"} }, fail.Unreachable,
			"node rabbit accepts the connection, but does not answer in TLS within 2s: it hangs, or its distribution is without TLS"},
		"text against TLS": {&nodetest.Node{Instead: func(c net.Conn) { c.Write([]byte("HTTP/1.1 400")) }},
			func(t *erldist.Target) { t.TLS = &tls.Config{ServerName: "x"} }, fail.Unreachable,
			"node rabbit does not speak TLS on this port"},
		"no certificate of ours": {&nodetest.Node{Instead: func(c net.Conn) { c.Read(make([]byte, 9)); c.Write([]byte("\x15\x03\x03\x00\x02\x02\x28")) }},
			func(t *erldist.Target) { t.TLS = &tls.Config{ServerName: "x"} }, fail.Unreachable,
			"node rabbit refuses the certificate of rabbitctl, or has no TLS version or cipher suite in common with it: tls: handshake failure"},
		"plain against TLS": {&nodetest.Node{Instead: func(c net.Conn) { c.Write([]byte("\x15\x03\x03\x00\x02\x02\x46")) }},
			nil, fail.Unreachable, "node rabbit speaks Erlang distribution over TLS only"},
		"impostor": {&nodetest.Node{Instead: impostor}, nil, fail.Denied, "does not know the Erlang cookie"},
		"refused": {&nodetest.Node{Instead: func(c net.Conn) { c.Write([]byte("\x00\x0csnot_allowed")) }}, nil,
			fail.Unreachable, "node rabbit refuses the connection: not_allowed"},
		"a long packet": {&nodetest.Node{Instead: func(c net.Conn) { c.Write([]byte("\xff\xffsnamed:")); hang(c) }}, nil,
			fail.Unreachable, "too long a packet"},
		"no name for us": {&nodetest.Node{Instead: func(c net.Conn) { c.Write([]byte("\x00\x0asnamed:\xff\xffx")) }}, nil,
			fail.Unreachable, "it assigns no name to this side"},
		"epmd is another": {&nodetest.Node{}, func(t *erldist.Target) { t.EpmdPort = -1 }, fail.Unreachable,
			"does not answer as epmd does"},
		"no name": {&nodetest.Node{}, func(t *erldist.Target) { t.Node = "@host" }, fail.Usage, "is not the name of a node"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := c.node.Start(t)
			at := target(n)
			if c.change != nil {
				c.change(&at)
			}
			if at.EpmdPort < 0 {
				at.EpmdPort = n.Port
			}
			began := time.Now()
			l, err := erldist.Dial(t.Context(), at)
			if err == nil {
				l.Close()
				t.Fatal("connected")
			}
			says := strings.ReplaceAll(c.says, "EPMD", fmt.Sprint(n.EpmdPort))
			if fail.KindOf(err) != c.kind || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v", fail.KindOf(err), err)
			}
			if len(fail.HintOf(err)) == 0 || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v: next %v", err, fail.HintOf(err))
			}
			if took := time.Since(began); took > 4*time.Second {
				t.Errorf("it takes %s", took)
			}
		})
	}
}

// TestDial_budget: if the time budget ends before the time that a node gets for an answer, the error says so and names
// the node.
func TestDial_budget(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Instead: func(net.Conn) { time.Sleep(3 * time.Second) }}).Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := erldist.Dial(ctx, target(n))
	if fail.KindOf(err) != fail.Timeout || err.Error() != "node rabbit did not answer: the time budget ended" {
		t.Errorf("%s: %v", fail.KindOf(err), err)
	}
}

// impostor lets us in although it does not know the cookie.
func impostor(c net.Conn) {
	c.Write([]byte("\x00\x0fsnamed:\x00\x02xx\x00\x00\x00\x01"))
	c.Write([]byte("\x00\x1bN\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x01\x00\x08rabbit@h"))
	c.Write([]byte("\x00\x11a0123456789abcdef"))
	time.Sleep(time.Second)
}

// TestDial_otherMachine: rabbitctl sends nothing to another machine without TLS, unless that is allowed.
func TestDial_otherMachine(t *testing.T) {
	t.Parallel()
	var written atomic.Int64
	at := erldist.Target{Node: "rabbit@mq.example.com", Cookie: secret, Patience: time.Second,
		Reach: func(context.Context, string, string) (net.Conn, error) { return far{written: &written}, nil }}
	_, err := erldist.Dial(t.Context(), at)
	if fail.KindOf(err) != fail.Config || !strings.Contains(err.Error(), "mq.example.com:4369 is another machine") {
		t.Error(err)
	}
	if written.Load() != 0 {
		t.Error("something was sent")
	}
	at.Plain = true
	if _, err = erldist.Dial(t.Context(), at); err == nil || written.Load() == 0 {
		t.Error("allowed, and nothing was sent", err)
	}
}

// far is a connection to another machine that never answers.
type far struct {
	net.Conn
	written *atomic.Int64
}

func (far) LocalAddr() net.Addr           { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)} }
func (far) RemoteAddr() net.Addr          { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2)} }
func (far) SetDeadline(time.Time) error   { return nil }
func (far) Close() error                  { return nil }
func (far) Read([]byte) (int, error)      { return 0, errors.New("nothing") }
func (f far) Write(b []byte) (int, error) { f.written.Add(int64(len(b))); return len(b), nil }

// TestCall_hostile: if a node sends anything but an answer, the call fails in time.
func TestCall_hostile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after func(conn net.Conn)
		says  string
	}{
		"cut":           {func(c net.Conn) { c.Read(make([]byte, 10)) }, "the connection to node rabbit@localhost is lost"},
		"silence":       {func(net.Conn) { time.Sleep(3 * time.Second) }, "the time budget ended"},
		"endless ticks": {ticks, "the time budget ended"},
		"a huge frame":  {func(c net.Conn) { c.Write([]byte("\xff\xff\xff\xff")); ticks(c) }, "a message of 4294967295 bytes"},
		"a frame that never comes": {func(c net.Conn) { c.Write([]byte("\x03\xff\xff\xffp")); time.Sleep(3 * time.Second) },
			"the time budget ended"},
		"no message":   {func(c net.Conn) { c.Write([]byte("\x00\x00\x00\x01x")); ticks(c) }, "begins with byte 120"},
		"no term":      {func(c net.Conn) { c.Write([]byte("\x00\x00\x00\x02px")); ticks(c) }, "not an Erlang term"},
		"no purpose":   {func(c net.Conn) { c.Write(nodetest.Frame(erlang.Int(3))); ticks(c) }, "without the control part"},
		"compressed":   {func(c net.Conn) { c.Write([]byte("\x00\x00\x00\x04p\x83\x50\xff")); ticks(c) }, "compressed"},
		"not for us":   {strangers, "the time budget ended"},
		"only headers": {func(c net.Conn) { c.Write(nodetest.Frame(erlang.Tuple{erlang.Int(2)})); ticks(c) }, "the time budget ended"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := dial(t, (&nodetest.Node{After: c.after}).Start(t))
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			began := time.Now()
			_, err := l.Call(ctx, erldist.Call{Module: "erlang", Function: "node"})
			if err == nil || !strings.Contains(err.Error(), c.says) || fail.KindOf(err) == fail.Internal {
				t.Errorf("%s: %v", fail.KindOf(err), err)
			}
			if took := time.Since(began); took > 2500*time.Millisecond {
				t.Errorf("it takes %s", took)
			}
		})
	}
}

func ticks(c net.Conn) { keepSending(c, make([]byte, 4000)) }

// strangers sends messages to processes that do not exist.
func strangers(c net.Conn) {
	nobody := erlang.Pid{Node: "1X2Y@localhost", ID: 77, Creation: 7}
	f := nodetest.Frame(erlang.Tuple{erlang.Int(2), erlang.Atom(""), nobody}, erlang.Tuple{})
	keepSending(c, f)
}

// keepSending sends the same bytes again and again, for longer than the test waits.
func keepSending(c net.Conn, p []byte) {
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if _, err := c.Write(p); err != nil {
			return
		}
	}
}

// TestCall_cut: when a connection is cut, running and later calls on it fail.
func TestCall_cut(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{}).Start(t)
	n.Calls = map[string]func(*nodetest.Call) erlang.Term{
		"m:cut/0": func(*nodetest.Call) erlang.Term { n.Cut(); return erlang.Atom("ok") },
	}
	l := dial(t, n)
	_, err := l.Call(t.Context(), erldist.Call{Module: "m", Function: "cut"})
	if fail.KindOf(err) != fail.Unreachable || !strings.Contains(err.Error(), "is lost") {
		t.Error(err)
	}
	if _, err := l.Call(t.Context(), erldist.Call{Module: "m", Function: "cut"}); fail.KindOf(err) != fail.Unreachable {
		t.Error("after the end:", err)
	}
}

// TestTicks: a connection without calls still sends ticks, so that the node does not take it for dead.
func TestTicks(t *testing.T) {
	t.Parallel()
	ticked := make(chan bool, 1)
	dial(t, (&nodetest.Node{After: func(c net.Conn) {
		b := make([]byte, 4)
		_, err := c.Read(b)
		ticked <- err == nil && string(b) == "\x00\x00\x00\x00"
	}}).Start(t))
	select {
	case ok := <-ticked:
		if !ok {
			t.Error("something else came")
		}
	case <-time.After(5 * time.Second):
		t.Error("no tick")
	}
}
