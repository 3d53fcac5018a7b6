// Package nodetest simulates an Erlang node, with its epmd, for tests: the node accepts clients that know the cookie
// and answers calls, or misbehaves in a way that the test chooses.
package nodetest

import (
	"bufio"
	"crypto/md5" //nolint:gosec // the protocol's own digest
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// Node describes the node. Start starts it.
type Node struct {
	// Name and Cookie are the node's name and cookie. If they are empty, Start sets rabbit@localhost and "secret".
	Name, Cookie string
	// Calls are the functions that can be called on the node, by names such as rabbit:stop/0.
	Calls map[string]func(c *Call) erlang.Term
	// TLS is the node's configuration of inter-node TLS; nil means a node without TLS.
	TLS *tls.Config
	// NoRex means that the node has no process rex, which serves rpc calls. It then answers erpc calls only.
	NoRex bool
	// Instead, if set, is called with a connection in place of the handshake. After, if set, is called in place of
	// answering calls.
	Instead, After func(conn net.Conn)

	// Port is the port on which the node listens, and EpmdPort the port of its epmd. Start sets both.
	Port, EpmdPort int

	mu     sync.Mutex
	asked  []string
	open   []net.Conn
	others []*Node
	// listener accepts connections until Close ends the node. From then on epmd does not know the node either.
	listener net.Listener
	ended    bool
}

// Call is a call under way.
type Call struct {
	Args []erlang.Term
	// Leader is the group leader of the call: the process that receives what the function prints.
	Leader erlang.Term
	send   func(to erlang.Pid, message erlang.Term)
}

// Send sends a message to a process of the caller. It does nothing if to is not a process identifier.
func (c *Call) Send(to erlang.Term, message erlang.Term) {
	if pid, ok := to.(erlang.Pid); ok {
		c.send(pid, message)
	}
}

// Print sends text to the caller as output of the function, and does not wait for the caller's answer.
func (c *Call) Print(text string) {
	request := erlang.Tuple{erlang.Atom("put_chars"), erlang.Atom("unicode"), erlang.Binary(text)}
	c.Send(c.Leader, erlang.Tuple{erlang.Atom("io_request"), erlang.Pid{Node: "printer"}, erlang.Atom("ref"), request})
}

// Start makes the node and its epmd listen on a loopback address until the test ends.
func (n *Node) Start(t testing.TB) *Node {
	t.Helper()
	if n.Name == "" {
		n.Name = "rabbit@localhost"
	}
	if n.Cookie == "" {
		n.Cookie = "secret"
	}
	n.listener = listen(t)
	n.Port = n.accept(n.listener, n.serve)
	n.EpmdPort = n.accept(listen(t), n.epmd)
	t.Cleanup(func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		for _, c := range n.open {
			c.Close()
		}
	})
	return n
}

// Asked returns the names of the functions that were called so far, in the order of the calls.
func (n *Node) Asked() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string{}, n.asked...)
}

// Close makes the node accept no new connections, as if the node had ended. Open connections stay. The node's epmd goes
// on: another test's epmd could otherwise get the same port.
func (n *Node) Close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ended = true
	n.listener.Close()
}

func (n *Node) isEnded() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ended
}

// Knows makes the node's epmd also answer requests for the port of another node, which must have started.
func (n *Node) Knows(other *Node) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.others = append(n.others, other)
}

// portOf returns the port that epmd reports for the node of that name, or 0 if epmd does not know the node.
func (n *Node) portOf(name string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, known := range append([]*Node{n}, n.others...) {
		if own, _, _ := strings.Cut(known.Name, "@"); own == name && (known != n || !n.ended) {
			return known.Port
		}
	}
	return 0
}

// Cut cuts every connection.
func (n *Node) Cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.open {
		c.Close()
	}
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// accept calls serve with every connection to the listener, and returns the listener's port.
func (n *Node) accept(l net.Listener, serve func(net.Conn)) int {
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			n.mu.Lock()
			n.open = append(n.open, conn)
			n.mu.Unlock()
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// epmd answers the two requests of clients: for the port of a node, and for all nodes. The second answer has only n,
// even after Knows, and no node after Close.
func (n *Node) epmd(conn net.Conn) {
	p, err := packet(conn, 2)
	if err != nil || len(p) == 0 {
		return
	}
	name, _, _ := strings.Cut(n.Name, "@")
	switch {
	case p[0] == 110 && n.isEnded():
		conn.Write([]byte("\x00\x00\x11\x11"))
	case p[0] == 110:
		fmt.Fprintf(conn, "\x00\x00\x11\x11name %s at port %d\n", name, n.Port)
	case n.portOf(string(p[1:])) == 0:
		conn.Write([]byte{119, 1})
	default:
		conn.Write(binary.BigEndian.AppendUint16([]byte{119, 0}, uint16(n.portOf(string(p[1:])))))
	}
}

// packet reads a packet and returns it without its length, which comes first and takes size bytes.
func packet(in io.Reader, size int) ([]byte, error) {
	head := make([]byte, size)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, err
	}
	length := 0
	for _, c := range head {
		length = length<<8 | int(c)
	}
	p := make([]byte, length)
	_, err := io.ReadFull(in, p)
	return p, err
}

func packed(p []byte, size int) []byte {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(p)))
	return append(head[4-size:], p...)
}

func (n *Node) serve(conn net.Conn) {
	size := 2
	if n.TLS != nil {
		conn, size = tls.Server(conn, n.TLS), 4
	}
	if n.Instead != nil {
		n.Instead(conn)
		return
	}
	if !n.letIn(conn, size) {
		return
	}
	if n.After != nil {
		n.After(conn)
		return
	}
	n.answer(conn)
}

// letIn performs the handshake as the side that accepts the connection.
func (n *Node) letIn(conn net.Conn, size int) bool {
	hello, err := packet(conn, size)
	if err != nil || len(hello) == 0 || hello[0] != 'N' {
		return false
	}
	us := "1X2Y@localhost"
	status := append(binary.BigEndian.AppendUint16([]byte("snamed:"), uint16(len(us))), us...)
	conn.Write(packed(binary.BigEndian.AppendUint32(status, 7), size))
	const challenge = 4000000000
	ask := binary.BigEndian.AppendUint64([]byte{'N'}, 0xdf7fbd)
	ask = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(ask, challenge), 9)
	conn.Write(packed(append(binary.BigEndian.AppendUint16(ask, uint16(len(n.Name))), n.Name...), size))
	reply, err := packet(conn, size)
	want := digest(n.Cookie, challenge)
	if err != nil || len(reply) != 21 || string(reply[5:]) != string(want) {
		return false
	}
	conn.Write(packed(append([]byte{'a'}, digest(n.Cookie, binary.BigEndian.Uint32(reply[1:]))...), size))
	return true
}

func digest(cookie string, challenge uint32) []byte {
	sum := md5.Sum([]byte(fmt.Sprint(cookie, challenge))) //nolint:gosec // the protocol's own digest
	return sum[:]
}

// Frame returns a message in the form in which it is sent over the connection.
func Frame(control erlang.Term, message ...erlang.Term) []byte {
	frame := []byte{0, 0, 0, 0, 112}
	for _, t := range append([]erlang.Term{control}, message...) {
		var err error
		if frame, err = erlang.Append(frame, t); err != nil {
			panic(err)
		}
	}
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	return frame
}

// answer answers calls, until the connection ends.
func (n *Node) answer(conn net.Conn) {
	in := bufio.NewReader(conn)
	var writing sync.Mutex
	write := func(control erlang.Term, message ...erlang.Term) {
		writing.Lock()
		defer writing.Unlock()
		conn.Write(Frame(control, message...))
	}
	for {
		p, err := packet(in, 4)
		if err != nil {
			return
		}
		if len(p) == 0 {
			continue
		}
		first, rest, err := erlang.DecodeFirst(p[1:])
		if err != nil {
			panic(err)
		}
		control := first.(erlang.Tuple)
		var message erlang.Term
		if len(rest) > 0 {
			if message, err = erlang.Decode(rest); err != nil {
				panic(err)
			}
		}
		go n.take(control, message, write)
	}
}

// take carries out the request in one message.
func (n *Node) take(control erlang.Tuple, message erlang.Term, write func(erlang.Term, ...erlang.Term)) {
	send := func(to erlang.Pid, message erlang.Term) {
		write(erlang.Tuple{erlang.Int(2), erlang.Atom(""), to}, message)
	}
	switch control[0] {
	case erlang.Int(19):
		if n.NoRex {
			write(erlang.Tuple{erlang.Int(21), control[2], control[1], control[3], erlang.Atom("noproc")})
		}
	case erlang.Int(6):
		if n.NoRex {
			return
		}
		request := message.(erlang.Tuple)
		from, call := request[1].(erlang.Tuple), request[2].(erlang.Tuple)
		value := n.call(call[1], call[2], call[3], call[4], send)
		send(from[0].(erlang.Pid), erlang.Tuple{from[1], value})
	case erlang.Int(29):
		args := message.(erlang.List)
		worker := erlang.Pid{Node: erlang.Atom(n.Name), ID: 99}
		write(erlang.Tuple{erlang.Int(31), control[1], control[2], erlang.Int(2), worker})
		value := n.call(args[1], args[2], args[3], control[3], send)
		reason := erlang.Tuple{args[0], erlang.Atom("return"), value}
		write(erlang.Tuple{erlang.Int(21), worker, control[2], control[1], reason})
	}
}

func (n *Node) call(module, function, args, leader erlang.Term,
	send func(erlang.Pid, erlang.Term)) erlang.Term {
	var list []erlang.Term
	switch v := args.(type) {
	case erlang.List:
		list = v
	case erlang.String:
		list = erlang.Characters(v)
	}
	name := fmt.Sprintf("%s:%s/%d", module, function, len(list))
	n.mu.Lock()
	n.asked = append(n.asked, name)
	n.mu.Unlock()
	if do := n.Calls[name]; do != nil {
		return do(&Call{Args: list, Leader: leader, send: send})
	}
	switch name {
	case "code:ensure_loaded/1":
		return erlang.Tuple{erlang.Atom("module"), list[0]}
	case "erlang:function_exported/3":
		_, has := n.Calls[fmt.Sprintf("%s:%s/%s", list[0], list[1], list[2])]
		return erlang.Atom(strconv.FormatBool(has))
	}
	stack := erlang.List{erlang.Tuple{module, function, args, erlang.List{}}}
	undef := erlang.Tuple{erlang.Atom("undef"), stack}
	return erlang.Tuple{erlang.Atom("badrpc"), erlang.Tuple{erlang.Atom("EXIT"), undef}}
}
