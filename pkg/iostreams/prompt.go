package iostreams

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// CanPrompt reports whether a person can be asked: stdin and stderr are terminals.
func (s *Streams) CanPrompt() bool { return s.InTTY && s.ErrTTY }

// Confirm asks a yes-or-no question on Err. Anything but y or yes means no, and so does the end of input. If the
// context ends first, it returns the context's error.
func (s *Streams) Confirm(ctx context.Context, question string) (bool, error) {
	answer, err := s.Ask(ctx, question+" [y/N] ")
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

// Ask asks for a line of text on Err. If the context ends first, it returns the context's error.
func (s *Streams) Ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(s.Err, printable(question))
	return await(ctx, func() (string, error) { return readLine(s.In) }, func() { fmt.Fprintln(s.Err) })
}

// ReadSecret asks for a secret on Err and reads it without echo. If the context ends first, it restores the terminal
// and returns the context's error.
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

// printable replaces control characters, which could drive or deceive the terminal. Names of queues and nodes can
// contain them.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// longestLine bounds the length of a line that is read, in bytes. No expected answer is longer.
const longestLine = 64 << 10

// ReadLine reads a line of In without a question, until the context ends. A line that ends with the input, without a
// line end, is complete, too. At the end of the input it returns "" and no error.
func (s *Streams) ReadLine(ctx context.Context) (string, error) {
	line, err := await(ctx, func() (string, error) { return readLine(s.In) }, func() {})
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return line, err
}

// await calls read, and returns early if the context ends. The read itself cannot be interrupted: it goes on, its
// result is dropped, and the program exits soon.
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

// readLine reads one line, one byte at a time, so that the input after it stays unread.
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
