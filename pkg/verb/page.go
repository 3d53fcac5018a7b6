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

// page is where one printing of a listing goes.
type page struct {
	// rows takes the rows.
	rows io.Writer
	// note writes a line for people, unless they asked for quiet.
	note func(format string, args ...any)
}

// streamsOf is the page whose rows go to stdout as they come, and whose notes go to stderr.
func streamsOf(a *app.App) page {
	return page{a.IO.Out, func(format string, args ...any) { note(a, format, args...) }}
}

// screen shows a repeated listing at a terminal. A round is drawn when it is complete, so the round before stays
// readable while the broker is asked. It is cut to the screen's height, because lines that scroll away cannot be read
// and fill the terminal's memory.
type screen struct {
	app *app.App
	// head is the line above a round, and text the rest of the round.
	head string
	text bytes.Buffer
	// last are head and text of the last round that had any rows.
	last string
}

// begin starts a round, and returns where it is to be written. The window may have another size by now.
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

// draw shows the round. With an error and no rows the rows of the round before stay, under the time when they were
// read. whole shows all of it: after the last round people can scroll.
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
		// Each round stands below the one before.
		clear, whole = "\n", true
	}
	if !whole {
		// The last line stays free for the progress.
		text = fit(text, s.app.IO.Height-1-height(foot, s.app.IO.Width), s.app.IO.Width)
	}
	fmt.Fprint(s.app.IO.Out, clear+text+foot)
}

// fit cuts lines off the end, and says so in the last of those that fit; lines is how many the screen has, 0 or less
// when that is not known.
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

// height is how many lines of a screen the text takes.
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
