package erlang

import (
	"io"
)

// A ListWriter prints a list whose elements come one by one, in the form in which Erlang prints the whole list: on one
// line where all of it fits, otherwise each element on lines of its own. The elements must have parts, as tuples do.
// For a list of elements without parts, which share lines, use Lines.
type ListWriter struct {
	w io.StringWriter
	// held holds the elements that are not printed yet: all of them while they may fit on one line, and later only the
	// last one, because it is not known yet whether a comma or a bracket follows it.
	held   List
	length int
	broken bool
}

// NewListWriter makes a ListWriter that prints to w. It ignores the errors of w: a bufio.Writer keeps its first error.
func NewListWriter(w io.StringWriter) *ListWriter { return &ListWriter{w: w} }

// Add adds an element, and prints the elements whose form is now known.
func (l *ListWriter) Add(t Term) {
	l.held = append(l.held, t)
	if !l.broken {
		l.length += width(Text(t)) + 1
		if fits(l.length+1, 1, 0) {
			return
		}
		l.broken = true
		l.write("[")
	}
	last := len(l.held) - 1
	for _, e := range l.held[:last] {
		l.write(Lines(e, 2, 0) + ",\n ")
	}
	l.held = l.held[last:]
}

// End prints the elements that are still held, and ends the list. It must be called once, after the last element.
func (l *ListWriter) End() {
	if !l.broken {
		l.write(Text(l.held))
		return
	}
	l.write(Lines(l.held[0], 2, 1) + "]")
}

func (l *ListWriter) write(s string) { _, _ = l.w.WriteString(s) }
