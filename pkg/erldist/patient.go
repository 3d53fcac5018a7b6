package erldist

import "time"

// patient reads from a node that may be quiet for some time, and not longer. What has come is handed over before.
type patient struct {
	link *Link
	// sent is what was sent when the last bytes came, and trickles how often few bytes came since then.
	sent     uint32
	trickles int
}

const (
	// Many trickles without a question between them are a listing: a node sends each row by itself, and reading each by
	// itself takes several times the CPU of all that is done with it. So there some more are waited for, the longer the
	// longer it goes on like that. Over TLS the rows are read one by one anyway.
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
