// Package process starts programs that outlive devbroker, and knows them again later.
//
// A process is known by its id, the moment it started and the boot of the machine, so that an id which the kernel gave to
// another program in the meantime is never signalled.
package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Identity names one process for as long as the machine is up.
type Identity struct {
	PID int `json:"pid"`
	// Start is when the process started: clock ticks since the machine booted.
	Start uint64 `json:"start_ticks"`
	// Boot is the kernel's id of this boot of the machine.
	Boot string `json:"boot_id"`
}

// Condition is what a process does now.
type Condition string

const (
	Gone   Condition = "gone"   // ended, a zombie, or its id belongs to another program now
	Alive  Condition = "alive"  // scheduled as usual
	Frozen Condition = "frozen" // stopped by a signal, until it is continued
)

// Self is the identity of the calling process. It stays the same over an exec.
func Self() (Identity, error) { return Identify(os.Getpid()) }

// Identify is the identity of the process that has the id now; an error when there is none.
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

// Condition tells what became of the process. The zero Identity is Gone.
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

// stat is the part of /proc/PID/stat that tells processes apart.
type stat struct {
	state   byte
	threads int
	start   uint64
}

// over tells whether nothing of the process runs any more. A killed one is a zombie before its other threads have ended, and with them
// its ports are closed.
func (s stat) over() bool { return s.state == 'X' || s.state == 'Z' && s.threads <= 1 }

func readStat(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	return parseStat(text)
}

// parseStat reads the fields after the program's name, which is in parentheses and may itself hold spaces and parentheses.
func parseStat(text []byte) (stat, error) {
	end := bytes.LastIndexByte(text, ')')
	if end < 0 {
		return stat{}, fmt.Errorf("no program name in %q", text)
	}
	fields := strings.Fields(string(text[end+1:]))
	// Counted from the state, which proc(5) calls field 3: num_threads is field 20, starttime field 22.
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
