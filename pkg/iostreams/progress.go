package iostreams

import (
	"fmt"
	"sync"
	"time"
)

// Progress is a line on Err that shows the progress of long work. It appears only at a terminal that can redraw a line,
// and only after a second, so that short work shows nothing. It is safe for concurrent use.
type Progress struct {
	mu    sync.Mutex
	s     *Streams
	text  string
	shown bool
	done  chan struct{}
	once  sync.Once
}

// Progress starts a progress line. Call Stop before writing anything else to the terminal.
func (s *Streams) Progress(text string) *Progress {
	p := &Progress{s: s, text: printable(text), done: make(chan struct{})}
	if s.ErrTTY && !s.Dumb {
		go p.run()
	}
	return p
}

// Update replaces the text.
func (p *Progress) Update(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = printable(fmt.Sprintf(format, args...))
}

// Stop clears the line. Calling it again does nothing.
func (p *Progress) Stop() {
	p.once.Do(func() {
		close(p.done)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.shown {
			fmt.Fprint(p.s.Err, "\r\x1b[K")
		}
	})
}

func (p *Progress) run() {
	start := time.Now()
	for wait := time.Second; ; wait = 200 * time.Millisecond {
		select {
		case <-p.done:
			return
		case <-time.After(wait):
		}
		p.mu.Lock()
		select {
		case <-p.done:
		default:
			taken := fmt.Sprintf(" (%ds)", int(time.Since(start).Seconds()))
			fmt.Fprint(p.s.Err, "\r\x1b[K"+p.s.oneLine(p.text, len(taken))+taken)
			p.shown = true
		}
		p.mu.Unlock()
	}
}

// oneLine cuts the text to fit on one line of the terminal. behind is the number of columns that stay free after the
// text. A line that wraps cannot be redrawn.
func (s *Streams) oneLine(text string, behind int) string {
	width := s.Width
	if width == 0 {
		width = 80
	}
	runes := []rune(text)
	if room := width - behind - 1; len(runes) > room && room > 1 {
		return string(runes[:room-1]) + "…"
	}
	return text
}

// Say writes a line to Err. If a progress line is on the screen, the new line replaces it.
func (s *Streams) Say(line string) {
	if s.ErrTTY && !s.Dumb {
		line = "\r\x1b[K" + line
	}
	fmt.Fprintln(s.Err, line)
}
