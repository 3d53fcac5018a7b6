package faultproxy

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault spoils an answer. It changes x.Answer, which the proxy then sends; or it takes the connection with x.Take and
// writes to the connection itself; or, as Hang does, it sends nothing.
type Fault func(x *Exchange)

// Answer is the answer of the broker. If the broker was not asked, it has status 200, the content type of JSON and an
// empty body.
type Answer struct {
	Status int
	// Header has no Content-Length.
	Header http.Header
	Body   []byte
}

// Exchange is a request and the answer to it.
type Exchange struct {
	Request *http.Request
	Answer  *Answer

	w    http.ResponseWriter
	sent bool
	done chan struct{}
}

// send sends x.Answer as valid HTTP.
func (x *Exchange) send() {
	x.sent = true
	for name, values := range x.Answer.Header {
		x.w.Header()[name] = values
	}
	if x.Answer.Status != http.StatusNoContent && x.Answer.Status != http.StatusNotModified {
		x.w.Header().Set("Content-Length", strconv.Itoa(len(x.Answer.Body)))
	}
	x.w.WriteHeader(x.Answer.Status)
	_, _ = x.w.Write(x.Answer.Body)
}

// Take returns the client's connection; the caller must close it.
func (x *Exchange) Take() net.Conn {
	x.sent = true
	conn, _, err := x.w.(http.Hijacker).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return conn
}

// head returns the status line and the header of the answer, then the further header lines in more, then the empty
// line.
func (x *Exchange) head(more ...string) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", x.Answer.Status, http.StatusText(x.Answer.Status))
	_ = x.Answer.Header.Write(&b)
	for _, line := range more {
		b.WriteString(line + "\r\n")
	}
	return b.String() + "\r\n"
}

// Change makes a Fault that changes the answer with f.
func Change(f func(a *Answer)) Fault { return func(x *Exchange) { f(x.Answer) } }

// Status answers with another status and the broker's body.
func Status(status int) Fault { return Change(func(a *Answer) { a.Status = status }) }

// Header sets a header, or removes it when value is "".
func Header(name, value string) Fault {
	return Change(func(a *Answer) {
		if a.Header.Del(name); value != "" {
			a.Header.Set(name, value)
		}
	})
}

// Body answers with another body, and keeps the status and the header.
func Body(body string) Fault { return Change(func(a *Answer) { a.Body = []byte(body) }) }

// Page answers with a status and an HTML page, as proxies do.
func Page(status int) Fault {
	return Change(func(a *Answer) {
		a.Status, a.Header = status, http.Header{"Content-Type": {"text/html"}}
		a.Body = []byte("<html><body><h1>" + strconv.Itoa(status) + " " + http.StatusText(status) + "</h1></body></html>\n")
	})
}

// Empty answers without a body.
func Empty() Fault { return Body("") }

// Garbage answers with bytes that are not HTTP.
func Garbage() Fault {
	return func(x *Exchange) {
		conn := x.Take()
		defer conn.Close()
		io.WriteString(conn, "\x00\x7f\xff nonsense \x1b[31m\r\n\r\n")
	}
}

// Framing is how the end of a cut body is marked.
type Framing int

const (
	// MatchingLength means a Content-Length that equals the length of the cut body: valid HTTP.
	MatchingLength Framing = iota
	// NoLength means that there is no Content-Length: the body ends when the connection is closed.
	NoLength
	// WholeLength means the Content-Length of the whole body, so the cut body is too short for it.
	WholeLength
	// Chunked means a chunked body without the last chunk.
	Chunked
)

// Cut sends only the first part of the body: Cut(0.5, NoLength) sends half of it.
func Cut(part float64, framing Framing) Fault {
	return func(x *Exchange) {
		whole := len(x.Answer.Body)
		body := x.Answer.Body[:int(part*float64(whole))]
		if framing == MatchingLength {
			x.Answer.Body = body
			return
		}
		conn := x.Take()
		defer conn.Close()
		switch framing {
		case WholeLength:
			io.WriteString(conn, x.head("Content-Length: "+strconv.Itoa(whole)))
		case Chunked:
			io.WriteString(conn, x.head("Transfer-Encoding: chunked"))
			fmt.Fprintf(conn, "%x\r\n%s\r\n", len(body), body)
			return
		default:
			io.WriteString(conn, x.head("Connection: close"))
		}
		conn.Write(body)
	}
}

// Hang sends no answer and waits until the client goes away or the test ends.
func Hang() Fault {
	return func(x *Exchange) {
		x.sent = true
		select {
		case <-x.Request.Context().Done():
		case <-x.done:
		}
		panic(http.ErrAbortHandler)
	}
}

// Reset resets the connection in place of an answer.
func Reset() Fault { return func(x *Exchange) { reset(x.Take()) } }

// ResetWithin resets the connection in the middle of the body.
func ResetWithin() Fault {
	return func(x *Exchange) {
		conn := x.Take()
		io.WriteString(conn, x.head("Content-Length: "+strconv.Itoa(len(x.Answer.Body))))
		conn.Write(x.Answer.Body[:len(x.Answer.Body)/2])
		// Wait until the client has read the part that was sent: a reset drops the bytes that the client has not read yet.
		time.Sleep(50 * time.Millisecond)
		reset(conn)
	}
}

func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	conn.Close()
}

// Close closes the connection in place of an answer.
func Close() Fault { return func(x *Exchange) { x.Take().Close() } }

// HalfHeader closes the connection in the middle of the header.
func HalfHeader() Fault {
	return func(x *Exchange) {
		conn := x.Take()
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: applica")
	}
}

// Drip sends the header at once, and then the body in pieces of the given number of bytes, with a pause after each
// piece. It stops when the client goes away or the test ends.
func Drip(bytes int, pause time.Duration) Fault {
	return func(x *Exchange) {
		conn := x.Take()
		defer conn.Close()
		io.WriteString(conn, x.head("Content-Length: "+strconv.Itoa(len(x.Answer.Body)), "Connection: close"))
		for rest := x.Answer.Body; len(rest) > 0; {
			n := min(bytes, len(rest))
			if _, err := conn.Write(rest[:n]); err != nil {
				return
			}
			rest = rest[n:]
			select {
			case <-x.done:
				return
			case <-time.After(pause):
			}
		}
	}
}

// Endless sends the head of a body, then the same piece again and again, until the client goes away or at least limit
// bytes are sent.
func Endless(head, piece string, limit int64) Fault {
	return func(x *Exchange) {
		conn := x.Take()
		defer conn.Close()
		io.WriteString(conn, x.head("Connection: close")+head)
		block := strings.Repeat(piece, 1+64<<10/len(piece))
		for sent := int64(0); sent < limit; sent += int64(len(block)) {
			if _, err := io.WriteString(conn, block); err != nil {
				return
			}
		}
	}
}

// Bomb sends head, at least limit bytes of pieces, and tail, compressed with gzip to about a thousandth of that size.
// Only clients that asked for gzip unpack it.
func Bomb(head, piece, tail string, limit int64) Fault {
	return func(x *Exchange) {
		const block = 1 << 20
		x.Answer.Header.Set("Content-Encoding", "gzip")
		// Several gzip members one after another form one body.
		middle := gzipped(strings.Repeat(piece, 1+block/len(piece)))
		body := gzipped(head)
		for size := int64(0); size < limit; size += block {
			body = append(body, middle...)
		}
		x.Answer.Body = append(body, gzipped(tail)...)
	}
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.Bytes()
}
