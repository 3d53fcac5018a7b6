package iostreams

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// CanPrompt tells whether a person can be asked: both the question's stream and the answer's are terminals.
func (s *Streams) CanPrompt() bool { return s.InTTY && s.ErrTTY }

// Confirm asks a yes-or-no question on Err. Anything but y or yes is no, as is the end of input. It ends with the
// context's error when that ends first.
func (s *Streams) Confirm(ctx context.Context, question string) (bool, error) {
	answer, err := s.Ask(ctx, question+" [y/N] ")
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

// Ask asks for a line of text on Err. It ends with the context's error when that ends first.
func (s *Streams) Ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(s.Err, printable(question))
	return await(ctx, func() (string, error) { return readLine(s.In) }, func() { fmt.Fprintln(s.Err) })
}

// ReadSecret asks for a secret on Err and reads it without echo. It ends with the context's error when that ends
// first, and leaves the terminal as it was.
func (s *Streams) ReadSecret(ctx context.Context, question string) (string, error) {
	fmt.Fprint(s.Err, printable(question))
	restore := s.saveTerminal()
	secret, err := await(ctx, s.readSecret, func() {
		if restore != nil {
			restore()
		}
		fmt.Fprintln(s.Err)
	})
	if ctx.Err() == nil {
		fmt.Fprintln(s.Err)
	}
	return secret, err
}

// printable is a line without what drives or deceives a terminal: names of queues and nodes come into such lines.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// longestLine bounds what is read before a line ends, in bytes: nothing that is asked for is longer.
const longestLine = 64 << 10

// ReadLine reads a line of In without asking, for as long as the context lasts. The end of In ends the line.
func (s *Streams) ReadLine(ctx context.Context) (string, error) {
	line, err := await(ctx, func() (string, error) { return readLine(s.In) }, func() {})
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return line, err
}

// await reads, but no longer than the context lasts. The reading itself cannot be ended; what it would still get is
// dropped, and the program is about to exit.
func await(ctx context.Context, read func() (string, error), givenUp func()) (string, error) {
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := read()
		got <- answer{text, err}
	}()
	select {
	case a := <-got:
		return a.text, a.err
	case <-ctx.Done():
		givenUp()
		return "", ctx.Err()
	}
}

// readLine reads up to the next line end, one byte at a time, so that nothing behind it is lost to a buffer.
func readLine(r io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) <= longestLine {
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
	return "", errors.New("the line is longer than 64 KiB")
}
