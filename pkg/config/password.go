package config

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// longestPassword bounds what is read before the first line end, in bytes.
const longestPassword = 64 << 10

// passwordFromFile reads the first line. A regular file that other users can read is refused; a pipe is not checked.
func passwordFromFile(v value, getenv func(string) string) (string, error) {
	path, err := expandHome(v.text, getenv)
	if err != nil {
		return "", unusable(v, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", unusable(v, err)
	}
	defer f.Close()
	if err := checkSecretFile(f, path, "a password"); err != nil {
		return "", unusable(v, err)
	}
	text, err := firstLine(f)
	if err != nil {
		return "", unusable(v, problem("%s: %w", path, err))
	}
	return text, nil
}

// passwordFromCommand runs the shell command with an empty standard input: what is on the real one is for the command
// that wants the password. A program that must ask a person opens the terminal itself.
func passwordFromCommand(ctx context.Context, v value, stderr io.Writer) (string, error) {
	cmd := exec.CommandContext(ctx, "sh", "-c", v.text)
	cmd.Stderr = stderr
	// A child of the shell may keep the pipe open after the shell was killed.
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", unusable(v, problem("the command failed: %w", err)) // without its text, which may hold a secret
	}
	text, err := firstLine(bytes.NewReader(out))
	if err != nil {
		return "", unusable(v, problem("the command's output: %w", err))
	}
	return text, nil
}

func passwordFromStdin(v value, stdin io.Reader) (string, error) {
	if stdin == nil {
		return "", unusable(v, problem("there is no standard input"))
	}
	text, err := firstLine(stdin)
	if err != nil {
		return "", unusable(v, problem("standard input: %w", err))
	}
	return text, nil
}

// firstLine reads up to the first line end, a byte at a time so that the rest stays unread. An empty line is an error:
// RabbitMQ refuses empty passwords.
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
	return "", errors.New("the first line is too long for a password")
}

// unusable is of kind Config, also when a flag names the file: the command line is right, what it names is not.
func unusable(v value, err error) error { return layer{kind: fail.Config}.bad(v, err) }
