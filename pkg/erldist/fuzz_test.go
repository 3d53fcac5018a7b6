package erldist

import (
	"bytes"
	"context"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// saying is a connection that delivers the bytes of its Reader and ignores what is written to it.
type saying struct{ io.Reader }

func (saying) Write(b []byte) (int, error)      { return len(b), nil }
func (saying) Close() error                     { return nil }
func (saying) LocalAddr() net.Addr              { return nil }
func (saying) RemoteAddr() net.Addr             { return nil }
func (saying) SetDeadline(time.Time) error      { return nil }
func (saying) SetReadDeadline(time.Time) error  { return nil }
func (saying) SetWriteDeadline(time.Time) error { return nil }

// FuzzFrames: reading any bytes from a node ends.
func FuzzFrames(f *testing.F) {
	me := erlang.Pid{Node: "me", Creation: 1}
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte("\x00\x00\x00\x05p\x83h\x00\x00"))
	us := erlang.Pid{Node: "me", Creation: 1, ID: 1}
	ref := erlang.Ref{Node: "me", Creation: 1, Words: 3, ID: [5]uint32{2, 0, 1}}
	to := erlang.Tuple{erlang.Int(opSend), erlang.Atom(""), us}
	row := erlang.List{erlang.Tuple{erlang.Atom("name"), erlang.Binary("q")}}
	one := nodetest.Frame(to, erlang.Tuple{ref, row, erlang.Atom("continue")})
	end := nodetest.Frame(to, erlang.Tuple{ref, erlang.Atom("finished")})
	f.Add(slices.Concat(one, make([]byte, 4), one, one, end, one))
	gone := nodetest.Frame(erlang.Tuple{erlang.Int(opMonitorExit), us, us, ref, erlang.Atom("noproc")})
	f.Add(slices.Concat(one, gone, end))
	f.Add(slices.Concat(nodetest.Frame(erlang.Tuple{erlang.Int(opSpawnReply), ref, us, erlang.Int(0), us}), one))
	f.Add(nodetest.Frame(to, erlang.Tuple{erlang.Atom("io_request"), us, ref,
		erlang.Tuple{erlang.Atom("put_chars"), erlang.Atom("unicode"), erlang.Binary("text")}}))
	f.Fuzz(func(t *testing.T, sent []byte) {
		l := &Link{Node: "n", conn: saying{bytes.NewReader(sent)}, me: me,
			boxes: map[uint32]*mailbox{}, over: make(chan struct{})}
		m := l.mailbox()
		go func() {
			for over := false; !over; {
				var err error
				if _, over, err = m.rows(context.Background(), Rows{}, ref); err != nil {
					return
				}
			}
			for {
				got, err := m.next(context.Background())
				if err != nil {
					return
				}
				m.serve(t.Context(), Call{Print: func(string) {}}, got.message)
			}
		}()
		l.listen()
		if l.lost == nil {
			t.Error("it does not end")
		}
	})
}

// FuzzHandshake: with any answer the handshake ends, and a node without the cookie never passes it.
func FuzzHandshake(f *testing.F) {
	f.Add([]byte("\x00\x0fsnamed:\x00\x02xx\x00\x00\x00\x01"+
		"\x00\x1bN\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x01\x00\x08rabbit@h"+
		"\x00\x11a0123456789abcdef"), false)
	f.Fuzz(func(t *testing.T, sent []byte, wide bool) {
		at := Target{Node: "rabbit", Cookie: func(context.Context) (string, string, error) { return "secret", "", nil }}
		h := &handshake{target: at, conn: saying{bytes.NewReader(sent)}, wide: wide}
		if err := h.shake(t.Context()); err == nil {
			t.Error("it got in")
		}
	})
}
