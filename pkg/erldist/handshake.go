package erldist

import (
	"context"
	"crypto/md5" //nolint:gosec // the protocol's own digest
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// The capabilities that nodes demand (tried with Erlang 25 to 29), and those that this package uses. The package does
// not offer the atom cache and fragments, so each message is one frame. It does not set PUBLISHED, so the node treats
// us as a hidden node. nameMe asks the node for a name. The node can use that name again for others; a name that we
// chose would stay in the node's table of atoms for ever.
const (
	extendedReferences = 1 << 2
	distMonitor        = 1 << 3
	funTags            = 1 << 4
	distMonitorName    = 1 << 5
	newFunTags         = 1 << 7
	extendedPids       = 1 << 8
	exportTag          = 1 << 9
	bitBinaries        = 1 << 10
	newFloats          = 1 << 11
	unicodeIO          = 1 << 12
	smallAtomTags      = 1 << 14
	utf8Atoms          = 1 << 16
	mapTag             = 1 << 17
	bigCreation        = 1 << 18
	handshake23        = 1 << 24
	unlinkID           = 1 << 25
	mandatory25        = 1 << 26
	spawn              = 1 << 32
	nameMe             = 1 << 33
	v4NC               = 1 << 34

	flags = extendedReferences | distMonitor | funTags | distMonitorName | newFunTags | extendedPids | exportTag |
		bitBinaries | newFloats | unicodeIO | smallAtomTags | utf8Atoms | mapTag | bigCreation | handshake23 |
		unlinkID | mandatory25 | spawn | nameMe | v4NC
)

// longestPacket is the largest size of a packet of the handshake, in bytes: names have up to 255 characters.
const longestPacket = 2048

// handshake is the exchange in which two nodes introduce themselves and prove that they know the cookie.
type handshake struct {
	target Target
	conn   net.Conn
	// wide means that lengths have 4 bytes, as over TLS, and not 2.
	wide bool
	// me is the name that the node gave us; node is the node's own name.
	me, node erlang.Atom
	creation uint32
}

// shake introduces us to the node and makes both sides prove that they know the cookie.
func (h *handshake) shake(ctx context.Context) error {
	host := "localhost"
	if _, named := h.target.parts(); named != "" {
		host = named
	}
	hello := binary.BigEndian.AppendUint64([]byte{'N'}, flags)
	hello = binary.BigEndian.AppendUint32(hello, 0)
	hello = append(binary.BigEndian.AppendUint16(hello, uint16(len(host))), host...)
	if err := h.write(hello); err != nil {
		return h.target.silent(ctx, err)
	}
	if err := h.status(ctx); err != nil {
		return err
	}
	challenge, err := h.challenge(ctx)
	if err != nil {
		return err
	}
	cookie, from, err := h.target.Cookie(ctx)
	if err != nil {
		return err
	}
	return h.prove(ctx, cookie, from, challenge)
}

// status reads the answer of the node: the name that it gives us, or a refusal.
func (h *handshake) status(ctx context.Context) error {
	p, err := h.read()
	if err != nil {
		return h.target.silent(ctx, err)
	}
	text, ok := strings.CutPrefix(string(p), "s")
	if !ok {
		return h.target.strange("%.20q in place of its status", p)
	}
	named, ok := strings.CutPrefix(text, "named:")
	if !ok {
		return h.target.refused(printable(text))
	}
	length, rest, err := readUint16(named)
	if err != nil || len(rest) != length+4 || !utf8.ValidString(rest[:length]) {
		return h.target.strange("it assigns no name to this side")
	}
	h.me, h.creation = erlang.Atom(rest[:length]), binary.BigEndian.Uint32([]byte(rest[length:]))
	return nil
}

// challenge reads the node's own name, and the number with which we have to prove that we know the cookie.
func (h *handshake) challenge(ctx context.Context) (uint32, error) {
	p, err := h.read()
	if err != nil {
		return 0, h.target.silent(ctx, err)
	}
	const before = 1 + 8 + 4 + 4
	if len(p) < before+2 || p[0] != 'N' {
		return 0, h.target.strange("%.20q in place of its challenge", p)
	}
	length, rest, err := readUint16(string(p[before:]))
	if err != nil || len(rest) < length || !utf8.ValidString(rest[:length]) {
		return 0, h.target.strange("it sends no name of its own")
	}
	h.node = erlang.Atom(rest[:length])
	if !h.target.is(h.node) {
		return 0, h.target.otherName(h.node)
	}
	return binary.BigEndian.Uint32(p[9:13]), nil
}

// prove proves to the node that we know the cookie, and checks the node's proof of the same.
func (h *handshake) prove(ctx context.Context, cookie, from string, challenge uint32) error {
	var own [4]byte
	if _, err := rand.Read(own[:]); err != nil {
		return err
	}
	digest := digestOf(cookie, challenge)
	reply := append([]byte{'r'}, own[:]...)
	if err := h.write(append(reply, digest[:]...)); err != nil {
		return h.target.silent(ctx, err)
	}
	p, err := h.read()
	if err != nil {
		// A node that has another cookie closes the connection without an answer.
		return h.target.cookieRefused(ctx, err, h.node, from)
	}
	want := digestOf(cookie, binary.BigEndian.Uint32(own[:]))
	if len(p) != 1+len(want) || p[0] != 'a' || subtle.ConstantTimeCompare(p[1:], want[:]) != 1 {
		return h.target.impostor(h.node)
	}
	return nil
}

func digestOf(cookie string, challenge uint32) [md5.Size]byte {
	return md5.Sum(fmt.Appendf([]byte(cookie), "%d", challenge)) //nolint:gosec // the protocol's own digest
}

func (h *handshake) write(p []byte) error {
	var head []byte
	if h.wide {
		head = binary.BigEndian.AppendUint32(nil, uint32(len(p)))
	} else {
		head = binary.BigEndian.AppendUint16(nil, uint16(len(p)))
	}
	_, err := h.conn.Write(append(head, p...))
	return err
}

func (h *handshake) read() ([]byte, error) {
	head := make([]byte, 2)
	if h.wide {
		head = make([]byte, 4)
	}
	if _, err := io.ReadFull(h.conn, head); err != nil {
		return nil, err
	}
	length := 0
	for _, c := range head {
		length = length<<8 | int(c)
	}
	if !h.wide && head[0] == 0x15 && head[1] == 3 {
		return nil, errTLS
	}
	if length > longestPacket {
		return nil, errLength
	}
	p := make([]byte, length)
	_, err := io.ReadFull(h.conn, p)
	return p, err
}

func readUint16(s string) (n int, rest string, err error) {
	if len(s) < 2 {
		return 0, "", io.ErrUnexpectedEOF
	}
	return int(s[0])<<8 | int(s[1]), s[2:], nil
}
