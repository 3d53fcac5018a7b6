package erldist

import "time"

// patient reads from the node, and waits for at most the time quiet. Before it waits, it hands over what has come.
type patient struct {
	link *Link
	// sent is the value of link.sent at the last reset of trickles; trickles is how many small reads there were since
	// the last large read or the last request.
	sent     uint32
	trickles int
}

const (
	// Many small reads without a request between them are a listing: a node sends each row by itself, and reading each
	// row by itself takes several times the CPU of all other work on it. So the reader then waits until some more rows
	// have come, the longer the more such reads there were. Over TLS the rows are read one by one anyway.
	manyTrickles = 8
	someMore     = time.Millisecond
	mostMore     = 10 * time.Millisecond
)

func (p *patient) Read(b []byte) (int, error) {
	p.link.pass()
	if p.trickles >= manyTrickles && p.link.target.TLS == nil {
		time.Sleep(min(someMore*time.Duration(p.trickles/manyTrickles), mostMore))
	}
	if err := p.link.conn.SetReadDeadline(time.Now().Add(quiet)); err != nil {
		return 0, err
	}
	n, err := p.link.conn.Read(b)
	p.trickles++
	if sent := p.link.sent.Load(); sent != p.sent || n > len(b)/2 {
		p.sent, p.trickles = sent, 0
	}
	return n, err
}
