package iostreams

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// CanPrompt tells whether a person can be asked: both the question's stream and the answer's are terminals.
func (s *Streams) CanPrompt() bool { return s.InTTY && s.ErrTTY }

// Confirm asks a yes-or-no question on Err. Anything but y or yes is no, as is the end of input.
func (s *Streams) Confirm(question string) (bool, error) {
	fmt.Fprintf(s.Err, "%s [y/N] ", question)
	answer, err := readLine(s.In)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

// Ask asks for a line of text on Err.
func (s *Streams) Ask(question string) (string, error) {
	fmt.Fprint(s.Err, question)
	return readLine(s.In)
}

// ReadSecret asks for a secret on Err and reads it without echo.
func (s *Streams) ReadSecret(question string) (string, error) {
	fmt.Fprint(s.Err, question)
	secret, err := s.readSecret()
	fmt.Fprintln(s.Err)
	return secret, err
}

// readLine reads up to the next line end, one byte at a time, so that nothing behind it is lost to a buffer.
func readLine(r io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for {
		n, err := r.Read(one)
		if n == 1 {
			if one[0] == '\n' {
				return strings.TrimSuffix(string(line), "\r"), nil
			}
			line = append(line, one[0])
		}
		if err != nil {
			if errors.Is(err, io.EOF) && len(line) > 0 {
				return string(line), nil
			}
			return string(line), err
		}
	}
}
