package personality

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/app"
)

// screen is a writer for a standard output that is a terminal. The official tools print names as they are. A name must
// not control a terminal, so screen escapes its control characters; in a pipe nothing is escaped. screen writes line by
// line.
type screen struct {
	to   io.Writer
	line []byte
	// own matches the escape sequences that the formats of the tools contain: a line of a box, and bold.
	own *regexp.Regexp
}

// onScreen puts a screen before the app's output if that output is a terminal. The caller must call end when everything
// is written.
func onScreen(a *app.App) (end func()) {
	if !a.IO.OutTTY {
		return func() {}
	}
	before := a.IO
	streams := *before
	// The pattern matches only complete sequences, so a sequence inside a name has no effect on the text after the name.
	s := &screen{to: before.Out, own: regexp.MustCompile(`\x1b\(0[j-x]*\x1b\(B|\x1b\[1m([^\x1b]*)\x1b\[0m`)}
	streams.Out = s
	a.IO = &streams
	return func() {
		_, _ = io.WriteString(s.to, s.safe(string(s.line)))
		a.IO = before
	}
}

// Write reports all of p as written, since the escaped text may have another length.
func (s *screen) Write(p []byte) (int, error) {
	s.line = append(s.line, p...)
	end := bytes.LastIndexByte(s.line, '\n') + 1
	if end == 0 {
		return len(p), nil
	}
	text := s.safe(string(s.line[:end]))
	s.line = append([]byte(nil), s.line[end:]...)
	if _, err := io.WriteString(s.to, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// safe escapes control characters in lines, and keeps the sequences that the formats write themselves.
func (s *screen) safe(text string) string {
	var b strings.Builder
	at := 0
	for _, found := range s.own.FindAllStringSubmatchIndex(text, -1) {
		if found[2] >= 0 && harmless(text[found[2]:found[3]]) != text[found[2]:found[3]] {
			continue
		}
		b.WriteString(harmless(text[at:found[0]]))
		b.WriteString(text[found[0]:found[1]])
		at = found[1]
	}
	return b.String() + harmless(text[at:])
}
