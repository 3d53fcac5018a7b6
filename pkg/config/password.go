package config

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
	"github.com/rabbitctl/rabbitctl/pkg/program"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// longestPassword bounds the first line of a file or of standard input, and the whole output of a password command, in
// bytes.
const longestPassword = 64 << 10

// passwordFromFile reads the file's first line. It refuses the files that checkSecretFile refuses; a pipe is not
// checked.
func passwordFromFile(ctx context.Context, v value, getenv func(string) string) (string, error) {
	path, err := expandHome(v.text, getenv)
	if err != nil {
		return "", passwordError(v, err)
	}
	text, err := file.Use(ctx, path, func(f *os.File) (string, error) {
		info, err := f.Stat()
		if err != nil {
			return "", err
		}
		if err := checkSecretFile(info, path, "a password"); err != nil {
			return "", err
		}
		text, err := firstLine(f)
		if err != nil {
			return "", problem("%s: %w", path, err)
		}
		return text, nil
	})
	if err != nil {
		return "", passwordError(v, err)
	}
	return text, nil
}

// passwordFromCommand runs the shell command with an empty standard input, because the real one may hold data for the
// rabbitctl command. A program that must ask a person opens the terminal itself.
func passwordFromCommand(ctx context.Context, v value, stderr io.Writer) (string, error) {
	out, err := program.Shell(ctx, v.text, longestPassword, stderr)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "", passwordError(v, timedOut("the command did not end", err))
	case errors.Is(err, context.Canceled):
		return "", err
	case err != nil:
		// The error leaves out the command's text, which may hold a secret.
		return "", passwordError(v, problem("the command failed: %w", err))
	}
	text, err := firstLine(bytes.NewReader(out))
	if err != nil {
		return "", passwordError(v, problem("the command's output: %w", err))
	}
	return text, nil
}

func passwordFromStdin(ctx context.Context, v value, stdin io.Reader) (string, error) {
	if stdin == nil {
		return "", passwordError(v, problem("there is no standard input"))
	}
	text, err := file.Await(ctx, func() (string, error) { return firstLine(stdin) })
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return "", passwordError(v, timedOut("no line with the password came on standard input", err))
	case err != nil:
		return "", passwordError(v, problem("standard input: %w", err))
	}
	return text, nil
}

// timedOut returns the error for a wait that --timeout or Ctrl-C ended.
func timedOut(what string, err error) *fail.Error {
	e := fail.New(fail.KindOf(err), "%s within --timeout", what).Next("use a longer --timeout")
	if e.Kind == fail.Canceled {
		e.Message, e.Hint = "interrupted", nil
	}
	e.Err = err
	return e
}

// firstLine reads up to the first newline, one byte at a time, so that the rest of the input stays unread. An empty
// line is an error, because RabbitMQ refuses empty passwords.
func firstLine(r io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) <= longestPassword {
		n, err := r.Read(one)
		if n == 1 && one[0] != '\n' {
			line = append(line, one[0])
		}
		if n == 1 && one[0] == '\n' || errors.Is(err, io.EOF) {
			text := strings.TrimSuffix(string(line), "\r")
			if text == "" {
				return "", errors.New("the first line is empty")
			}
			return text, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", errors.New("the first line is too long for a password: more than " + prose.Limit(longestPassword))
}

// passwordError makes an error of kind Config even when a flag names the file: the command line is right, the file is
// not. An error from --timeout or from Ctrl-C keeps its own kind.
func passwordError(v value, err error) error {
	kind := fail.Config
	if k := fail.KindOf(err); k == fail.Timeout || k == fail.Canceled {
		kind = k
	}
	return layer{kind: kind}.bad(v, err)
}

// PasswordFrom says where to read the password that a command sets for a user of the broker. That is not the password
// that rabbitctl logs in with. At most one of the three fields is set.
type PasswordFrom struct {
	// File is a file whose first line is the password. Command is a shell command whose first line of output is the
	// password.
	File, Command string
	// Stdin means that the first line of standard input is the password.
	Stdin bool
}

// Read reads the password: from standard input if neither File nor Command is set. Errors name the flag that gives it:
// the parameter flag is the part that all three flags begin with, such as --new-password.
func (p PasswordFrom) Read(ctx context.Context, in Input, flag string) (string, error) {
	switch {
	case p.File != "":
		return passwordFromFile(ctx, value{text: p.File, where: flag + "-file"}, in.getenv)
	case p.Command != "":
		return passwordFromCommand(ctx, value{text: p.Command, where: flag + "-command"}, in.Stderr)
	}
	return passwordFromStdin(ctx, value{where: flag + "-stdin"}, in.Stdin)
}
