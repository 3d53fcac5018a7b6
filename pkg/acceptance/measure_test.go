//go:build acceptance

package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// measuring is the environment variable that makes the test binary run as measureChild.
const measuring = "ACCEPTANCE_MEASURE"

// cost is what one run of a program took.
type cost struct {
	Wall, CPU time.Duration
	// PeakKB is the highest memory use of the program, or of a program that it started.
	PeakKB int64
	Code   int
	// Bytes is the number of bytes that the program wrote to stdout.
	Bytes int64
}

// measure runs a program with its output in a pipe. A small process starts the program: Linux counts at least the
// starting process's peak for a new program, and this test process is large.
func measure(t testing.TB, env []string, name string, args ...string) cost {
	t.Helper()
	c, err := measureTo(t.Context(), io.Discard, env, name, args...)
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return c
}

func measureTo(ctx context.Context, out io.Writer, env []string, name string, args ...string) (cost, error) {
	var c cost
	self, err := os.Executable()
	if err != nil {
		return c, err
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		return c, err
	}
	defer reader.Close()
	counted := &counter{next: out}
	cmd := exec.CommandContext(ctx, self, append([]string{name}, args...)...)
	cmd.Env = append(append(os.Environ(), env...), measuring+"=1")
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = counted, os.Stderr, []*os.File{writer}
	err = cmd.Run()
	writer.Close()
	if err != nil {
		return c, err
	}
	if err := json.NewDecoder(reader).Decode(&c); err != nil {
		return c, err
	}
	c.Bytes = counted.n
	return c, nil
}

// measureChild runs the program, and writes its cost to file descriptor 3.
func measureChild(argv []string) int {
	os.Unsetenv(measuring)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	c := cost{Wall: wall, CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), PeakKB: usage.Maxrss,
		Code: cmd.ProcessState.ExitCode()}
	if err := json.NewEncoder(os.NewFile(3, "cost")).Encode(c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

type counter struct {
	next io.Writer
	n    int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return c.next.Write(p)
}
