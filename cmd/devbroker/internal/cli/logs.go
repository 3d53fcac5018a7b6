package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/container"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func newLogs(e *env) *cobra.Command {
	var (
		follow bool
		lines  int
	)
	cmd := &cobra.Command{
		Use:   "logs NAME[/N]",
		Short: "Print a node's log",
		Long: `Prints the node's log, or its last lines, and with --follow also new lines until it is interrupted.
If the node ended before it opened its log, it prints the node's standard output and standard error.`,
		Example: `  devbroker logs rabbit-3.10 --lines 20
  devbroker logs rabbit-4.3-x3/2 --follow`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := parseTarget(args[0])
			if err != nil {
				return err
			}
			if lines < 0 {
				return fail.Usagef("--lines must not be below 0")
			}
			b, err := e.broker(t.name)
			if err != nil {
				return err
			}
			n, err := t.first(b)
			if err != nil {
				return err
			}
			if b.Source == state.Docker {
				return becomeDockerLogs(b, n, lines, follow)
			}
			path := b.LogFile(n)
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				path = b.ConsoleFile(n)
			}
			return printLog(cmd.Context(), e.out, path, lines, follow)
		},
	}
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "also print new lines, until interrupted")
	cmd.Flags().IntVar(&lines, "lines", 0, "print only that many last lines (default all)")
	return cmd
}

// becomeDockerLogs replaces this process with docker, which has the log. It returns only if that fails.
func becomeDockerLogs(b state.Broker, n state.Node, lines int, follow bool) error {
	argv, err := container.LogArgv(b, n, lines, follow)
	if err != nil {
		return err
	}
	return process.View{}.Exec(argv, os.Environ(), "/")
}

// printLog copies a file, or its last lines if lines is above 0. With follow it also copies what is appended, until
// the context ends.
func printLog(ctx context.Context, out io.Writer, path string, lines int, follow bool) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fail.New(fail.NotFound, "the node has written no log yet")
	}
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	if _, err := out.Write(lastLines(text, lines)); err != nil {
		return err
	}
	for follow {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(200 * time.Millisecond):
		}
		if _, err := io.Copy(out, f); err != nil {
			return err
		}
	}
	return nil
}

// lastLines returns the last lines of the text, or the whole text if lines is 0.
func lastLines(text []byte, lines int) []byte {
	if lines == 0 {
		return text
	}
	end := len(text)
	if end > 0 && text[end-1] == '\n' {
		end--
	}
	for range lines {
		end = bytes.LastIndexByte(text[:end], '\n')
		if end < 0 {
			return text
		}
	}
	return text[end+1:]
}
