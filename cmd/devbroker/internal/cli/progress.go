package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress shows on stderr what is being done: one line for each step, and at a terminal a running clock after the
// last line.
type progress struct {
	out  io.Writer
	live bool

	mu    sync.Mutex
	text  string
	since time.Time
	done  chan struct{}
}

func newProgress(out io.Writer) *progress {
	f, ok := out.(*os.File)
	p := &progress{out: out, live: ok && term.IsTerminal(int(f.Fd())), done: make(chan struct{})}
	if p.live {
		go p.tick()
	}
	return p
}

func (p *progress) step(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	if !p.live {
		fmt.Fprintln(p.out, text)
		return
	}
	if p.text != "" {
		fmt.Fprintf(p.out, "\r\x1b[K%s\n", p.text)
	}
	p.text, p.since = text, time.Now()
	fmt.Fprintf(p.out, "\r\x1b[K%s", text)
}

func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.done)
	if p.live && p.text != "" {
		fmt.Fprintf(p.out, "\r\x1b[K%s\n", p.text)
		p.text = ""
	}
}

func (p *progress) tick() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-ticker.C:
			p.mu.Lock()
			if p.text != "" {
				fmt.Fprintf(p.out, "\r\x1b[K%s … %.0f s", p.text, time.Since(p.since).Seconds())
			}
			p.mu.Unlock()
		}
	}
}
