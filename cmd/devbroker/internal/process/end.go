package process

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Signal sends the signal to the process itself. A process that is gone is no error.
func (id Identity) Signal(sig syscall.Signal) error {
	if id.Condition() == Gone {
		return nil
	}
	if err := syscall.Kill(id.PID, sig); err != nil && err != syscall.ESRCH {
		return fmt.Errorf("signal %v to process %d: %w", sig, id.PID, err)
	}
	return nil
}

// End ends the process and what is left of the programs it started. With a grace above 0 it is first asked to end by itself
// (SIGTERM) and given that long; then, or at once, it is killed. A frozen process is continued first. The programs it started are
// known by the mark, an entry of their environment that nobody else has; they are not in its session, as Erlang gives each its own.
func (id Identity) End(ctx context.Context, grace time.Duration, mark Mark) error {
	if grace > 0 && id.Condition() != Gone {
		for _, sig := range []syscall.Signal{syscall.SIGCONT, syscall.SIGTERM} {
			if err := id.Signal(sig); err != nil {
				return err
			}
		}
		id.wait(ctx, grace)
	}
	if err := id.Signal(syscall.SIGKILL); err != nil {
		return err
	}
	if !id.wait(ctx, time.Minute) {
		return fmt.Errorf("process %d did not end after SIGKILL", id.PID)
	}
	for _, pid := range marked(mark) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
			return fmt.Errorf("killing process %d: %w", pid, err)
		}
	}
	return nil
}

// Becomes tells whether the process is in that condition within the limit; one that is gone meanwhile stays so.
func (id Identity) Becomes(wanted Condition, limit time.Duration) bool {
	for deadline := time.Now().Add(limit); ; time.Sleep(5 * time.Millisecond) {
		now := id.Condition()
		if now == wanted || now == Gone || time.Now().After(deadline) {
			return now == wanted
		}
	}
}

// wait tells whether the process is gone within the limit.
func (id Identity) wait(ctx context.Context, limit time.Duration) bool {
	deadline := time.Now().Add(limit)
	for id.Condition() != Gone {
		if time.Now().After(deadline) || ctx.Err() != nil {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
	return true
}

// Mark is an entry in the environment of what one node starts. The zero Mark is on no process.
type Mark struct{ folder string }

// MarkOf is the mark for what belongs to the folder, an absolute path that only one node or epmd has.
func MarkOf(folder string) Mark { return Mark{folder} }

// Entry is the NAME=value that carries the mark.
func (m Mark) Entry() string { return "DEVBROKER_PROCESS=" + m.folder }

// marks tells whether the mark is in an environment, entries ended by NUL.
func (m Mark) marks(environ []byte) bool {
	// A mark that is no path of its own could be on anybody's process, and what is marked gets killed.
	if !filepath.IsAbs(m.folder) || filepath.Clean(m.folder) == "/" {
		return false
	}
	for _, one := range bytes.Split(environ, []byte{0}) {
		if string(one) == m.Entry() {
			return true
		}
	}
	return false
}

// marked lists the live processes whose environment holds the mark, never this one or the first.
func marked(mark Mark) []int {
	if mark == (Mark{}) {
		return nil
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid <= 1 || pid == os.Getpid() {
			continue
		}
		s, err := readStat(pid)
		if err != nil || s.over() {
			continue
		}
		env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err == nil && mark.marks(env) {
			pids = append(pids, pid)
		}
	}
	return pids
}
