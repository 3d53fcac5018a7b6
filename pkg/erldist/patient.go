package erldist

import "time"

// patient reads from the node, and waits for data no longer than the constant quiet says. Before it waits, it hands
// over what has arrived.
type patient struct {
	link *Link
	// sent is the value of link.sent at the last reset of trickles; trickles is the number of small reads since the last
	// large read or the last request.
	sent     uint32
	trickles int
}

const (
	// Many small reads without a request between them mean a listing: a node sends each row by itself, and to read each
	// row by itself takes several times the CPU of all other work on it. So the reader waits until some more rows have
	// arrived; the more small reads there were, the longer it waits. Over TLS the rows are read one by one anyway.
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
