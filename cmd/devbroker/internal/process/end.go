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

// Signal sends the signal to the process itself. A process that has ended is not an error.
func (id Identity) Signal(sig syscall.Signal) error {
	if id.Condition() == Gone {
		return nil
	}
	if err := syscall.Kill(id.PID, sig); err != nil && err != syscall.ESRCH {
		return fmt.Errorf("signal %v to process %d: %w", sig, id.PID, err)
	}
	return nil
}

// End ends the process and the programs that it started. With a grace above 0 it first sends SIGCONT, for a frozen
// process, and SIGTERM, and waits that long for the end. Then it sends SIGKILL; with a grace of 0 it does so at once.
// It finds the started programs by the mark, an entry of their environment that no other process has: they are not in
// the process's session, because Erlang gives each program a session of its own.
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

// Becomes reports whether the process reaches that condition within the limit.
func (id Identity) Becomes(wanted Condition, limit time.Duration) bool {
	for deadline := time.Now().Add(limit); ; time.Sleep(5 * time.Millisecond) {
		now := id.Condition()
		if now == wanted || now == Gone || time.Now().After(deadline) {
			return now == wanted
		}
	}
}

// wait reports whether the process ends within the limit and before ctx ends.
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

// Mark is an environment entry that all processes of one node have, or all processes of one epmd. The zero Mark is on
// no process.
type Mark struct{ folder string }

// MarkOf is the mark for a folder, an absolute path that belongs to only one node or epmd.
func MarkOf(folder string) Mark { return Mark{folder} }

// Entry is the mark as NAME=value.
func (m Mark) Entry() string { return "DEVBROKER_PROCESS=" + m.folder }

// marks reports whether the mark is in an environment, whose entries end with NUL.
func (m Mark) marks(environ []byte) bool {
	// A mark that is not an absolute path could be on any process, and marked processes get killed.
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

// marked lists the live processes whose environment has the mark, except this process and process 1.
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
