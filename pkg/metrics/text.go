package metrics

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// maxLabels is how many labels a line may have. Lines with more labels are skipped.
const maxLabels = 8

// sample is one line of the text format of metrics: NAME{label="value",...} NUMBER. Its byte slices are valid only
// until the next line is read.
type sample struct {
	name   []byte
	labels [maxLabels]label
	// n is how many labels there are.
	n     int
	value []byte
	// scratch keeps the values of labels that had escapes.
	scratch [maxLabels][]byte
}

type label struct{ name, value []byte }

// label returns the value of a label, or nil if the line does not have the label.
func (s *sample) label(name string) []byte {
	for _, l := range s.labels[:s.n] {
		if string(l.name) == name {
			return l.value
		}
	}
	return nil
}

// whole returns the value of the line, and whether it is a whole number.
func (s *sample) whole() (int64, bool) {
	n, err := strconv.ParseInt(string(s.value), 10, 64)
	return n, err == nil
}

// eachSample calls the function each with every line that begins with the prefix.
func eachSample(r io.Reader, prefix string, each func(*sample)) error {
	var s sample
	start := []byte(prefix)
	return eachLine(r, func(line []byte) {
		if bytes.HasPrefix(line, start) && s.read(line) {
			each(&s)
		}
	})
}

// eachLine calls the function each with every line of the text format of metrics. A line is valid until each returns.
// The text is incomplete, and the error is io.ErrUnexpectedEOF, if it ends within a line, or before the line that names
// the node: brokers always send that line last, whatever the request was (3.10 to 4.3).
func eachLine(r io.Reader, each func(line []byte)) error {
	lines := bufio.NewReaderSize(r, 64<<10)
	for told := false; ; {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			// No name is as long as this line, so the line is not about a queue: skip it.
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = lines.ReadSlice('\n')
			}
			line = nil
		}
		if err == io.EOF && (len(line) > 0 || !told) {
			return io.ErrUnexpectedEOF
		}
		if err == io.EOF {
			return nil
		}
		told = told || bytes.HasPrefix(line, []byte(identityMetric))
		each(line)
		if err != nil {
			return err
		}
	}
}

// read splits a line into its parts, and reports whether it is a sample with labels.
func (s *sample) read(line []byte) (ok bool) {
	if s.name, line, ok = bytes.Cut(line, []byte("{")); !ok {
		return false
	}
	s.n = 0
	for more := true; more; s.n++ {
		if s.n == maxLabels {
			return false
		}
		if line, more, ok = s.readLabel(line); !ok {
			return false
		}
	}
	if line, ok = bytes.CutPrefix(line, []byte("} ")); !ok {
		return false
	}
	s.value = bytes.TrimSpace(line)
	return true
}

// readLabel reads the next label, and reports whether more labels follow.
func (s *sample) readLabel(line []byte) (rest []byte, more, ok bool) {
	l := &s.labels[s.n]
	if l.name, line, ok = bytes.Cut(line, []byte(`="`)); !ok {
		return nil, false, false
	}
	if l.value, line, ok = value(line, &s.scratch[s.n]); !ok {
		return nil, false, false
	}
	rest, more = bytes.CutPrefix(line, []byte(","))
	return rest, more, true
}

// value reads the value of a label up to its closing quote. In it, a backslash stands before a quote and before a
// backslash, and \n is a line end.
func value(line []byte, scratch *[]byte) (value, rest []byte, ok bool) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '"':
			return line[:i:i], line[i+1:], true
		case '\\':
			return escapedValue(line, scratch)
		}
	}
	return nil, nil, false
}

func escapedValue(line []byte, scratch *[]byte) (value, rest []byte, ok bool) {
	b := (*scratch)[:0]
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '"':
			*scratch = b
			return b, line[i+1:], true
		case line[i] == '\\' && i+1 < len(line):
			i++
			if line[i] == 'n' {
				b = append(b, '\n')
				continue
			}
			b = append(b, line[i])
		default:
			b = append(b, line[i])
		}
	}
	return nil, nil, false
}
