// Package process starts programs that outlive devbroker, and recognises them later.
//
// A process is identified by its id, its start time and the boot of the machine. So an id that the kernel has given to
// another program is never signalled.
package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Identity identifies one process until the machine is shut down.
type Identity struct {
	PID int `json:"pid"`
	// Start is the start time of the process, in clock ticks since the boot.
	Start uint64 `json:"start_ticks"`
	// Boot is the kernel's id of this boot of the machine.
	Boot string `json:"boot_id"`
}

// Condition is the state of a process.
type Condition string

const (
	Gone   Condition = "gone"   // ended, a zombie without other threads, or its id belongs to another program now
	Alive  Condition = "alive"  // scheduled as usual
	Frozen Condition = "frozen" // stopped by a signal, until it is continued
)

// Self is the identity of the calling process. An exec does not change it.
func Self() (Identity, error) { return Identify(os.Getpid()) }

// Identify returns the identity of the process that has the id now, or an error if no process has it.
func Identify(pid int) (Identity, error) {
	s, err := readStat(pid)
	if err != nil {
		return Identity{}, err
	}
	boot, err := bootID()
	if err != nil {
		return Identity{}, err
	}
	return Identity{PID: pid, Start: s.start, Boot: boot}, nil
}

// Condition returns the process's state now. The zero Identity is Gone.
func (id Identity) Condition() Condition {
	if id.PID <= 1 {
		return Gone
	}
	s, err := readStat(id.PID)
	if err != nil || s.start != id.Start || s.over() {
		return Gone
	}
	if boot, err := bootID(); err != nil || boot != id.Boot {
		return Gone
	}
	if s.state == 'T' || s.state == 't' {
		return Frozen
	}
	return Alive
}

// stat is the part of /proc/PID/stat that identifies a process.
type stat struct {
	state   byte
	threads int
	start   uint64
}

// over reports whether no thread of the process runs any more. A killed process is a zombie before its other threads
// end, and its ports are closed only when they have ended.
func (s stat) over() bool { return s.state == 'X' || s.state == 'Z' && s.threads <= 1 }

func readStat(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	return parseStat(text)
}

// parseStat reads the fields after the program's name. The name is in parentheses and may itself contain spaces and
// parentheses.
func parseStat(text []byte) (stat, error) {
	end := bytes.LastIndexByte(text, ')')
	if end < 0 {
		return stat{}, fmt.Errorf("no program name in %q", text)
	}
	fields := strings.Fields(string(text[end+1:]))
	// Counted from the state, which is field 3 in proc(5): num_threads is field 20, starttime field 22.
	if len(fields) < 20 || len(fields[0]) != 1 {
		return stat{}, fmt.Errorf("too few fields in %q", text)
	}
	threads, err := strconv.Atoi(fields[17])
	if err != nil {
		return stat{}, fmt.Errorf("number of threads in %q: %w", text, err)
	}
	start, err := strconv.ParseUint(fields[19], 10, 64)
	if err != nil {
		return stat{}, fmt.Errorf("start time in %q: %w", text, err)
	}
	return stat{state: fields[0][0], threads: threads, start: start}, nil
}

func bootID() (string, error) {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(text)), err
}
