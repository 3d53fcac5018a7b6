package verb

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// page says where the rows and the notes of a listing are written.
type page struct {
	// rows receives the rows.
	rows io.Writer
	// note writes a line for people, unless they asked for quiet.
	note func(format string, args ...any)
}

// streamsOf returns a page that writes rows to stdout as they come, and notes to stderr.
func streamsOf(a *app.App) page {
	return page{a.IO.Out, func(format string, args ...any) { note(a, format, args...) }}
}

// screen shows a repeated listing at a terminal. It draws a round when the round is complete, so the previous round
// stays readable while the broker is asked. It cuts the round to the screen's height, because lines that scroll away
// cannot be read and fill the terminal's memory.
type screen struct {
	app *app.App
	// head is the line above a round, and text the rows below it.
	head string
	text bytes.Buffer
	// last is the complete text of the last round, except rounds that failed without any text.
	last string
}

// begin starts a round, and returns the page to write it to. It measures the window again, since its size may have
// changed.
func (s *screen) begin(every time.Duration, o *render.Options) page {
	s.app.IO.Measure()
	o.Width = s.app.IO.Width
	s.head = fmt.Sprintf("every %s, %s (Ctrl-C ends)\n\n", every, s.app.Now().Format(time.TimeOnly))
	s.text.Reset()
	return page{&s.text, func(format string, args ...any) {
		if line := noteLine(s.app, s.app.IO.Width, format, args...); line != "" {
			s.text.WriteString(line)
		}
	}}
}

// draw shows the round. If the round failed without rows, the rows of the previous round stay, under the time when they
// were read. whole means that nothing is cut: after the last round people can scroll.
func (s *screen) draw(failed error, whole bool) {
	text := s.head + s.text.String()
	if failed != nil && s.text.Len() == 0 && s.last != "" {
		text = s.last
	} else {
		s.last = text
	}
	foot := ""
	if failed != nil {
		foot = render.Message(s.app.Now().Format(time.TimeOnly)+" "+render.Escape(failed.Error()), s.app.IO.Width) + "\n"
		if hint := steps.Of(failed); hint != "" {
			foot += render.Message("  next: "+render.Escape(hint), s.app.IO.Width) + "\n"
		}
	}
	clear := "\x1b[H\x1b[2J"
	if s.app.IO.Dumb {
		// A dumb terminal cannot be cleared, so each round is below the previous one.
		clear, whole = "\n", true
	}
	if !whole {
		// The last line stays free for the progress line.
		text = fit(text, s.app.IO.Height-1-height(foot, s.app.IO.Width), s.app.IO.Width)
	}
	fmt.Fprint(s.app.IO.Out, clear+text+foot)
}

// fit cuts lines off the end, and adds a last line that says how many. lines is how many lines of the screen the text
// may take. With fewer than 3, as when the screen's height is not known, nothing is cut.
func fit(text string, lines, width int) string {
	if lines < 3 || height(text, width) <= lines {
		return text
	}
	all := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	used, kept := 1, 0
	for _, line := range all {
		if used += height(line, width); used > lines {
			break
		}
		kept++
	}
	return strings.Join(all[:kept], "") + fmt.Sprintf("… and %d more lines: choose rows with --sort and --limit\n",
		len(all)-kept)
}

// height returns how many lines of a screen the text takes.
func height(text string, width int) int {
	sgr := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	n := 0
	for _, line := range strings.SplitAfter(text, "\n") {
		if line == "" {
			continue
		}
		n++
		if seen := utf8.RuneCountInString(sgr.ReplaceAllString(strings.TrimSuffix(line, "\n"), "")); width > 0 && seen > 0 {
			n += (seen - 1) / width
		}
	}
	return n
}
