package process

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Launch describes a program that is to outlive devbroker, and the file for its identity.
type Launch struct {
	Argv []string `json:"argv"` // Argv[0] is an absolute path, inside Root
	Env  []string `json:"env"`
	View View     `json:"view"`
	// Record is the file to which the process writes its Identity before it becomes the program. So the process is known
	// even if devbroker is killed in between.
	Record string `json:"record"`
}

// HoldFD is the file descriptor of the lock that a launched process holds until it is recorded.
const HoldFD = 3

// Start runs the program in its own session, appends its standard output and standard error to the output file, and
// returns at once. The process first runs `devbroker launch SPEC` (see Become). It inherits the open file that the
// caller has locked, so the lock lasts until the identity of the process is recorded. The channel is closed when the
// process ends while this devbroker is running.
func (l Launch) Start(spec, output string, hold *os.File) (<-chan struct{}, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	if err := WriteFile(spec, text, 0o600); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	out, err := os.OpenFile(output, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(self, "launch", spec) //nolint:noctx // the node outlives this program
	cmd.Dir = filepath.Dir(spec)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.ExtraFiles = []*os.File{hold}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	return ended, nil
}

// Become is the other half of Start: it records the calling process and replaces it with the program of the spec. It
// returns only if that fails.
func Become(spec string) error {
	// The lock must end with the exec: otherwise the program would hold the lock for as long as it runs.
	syscall.CloseOnExec(HoldFD)
	text, err := os.ReadFile(spec)
	if err != nil {
		return err
	}
	var l Launch
	if err := json.Unmarshal(text, &l); err != nil {
		return fmt.Errorf("%s: %w", spec, err)
	}
	id, err := Self()
	if err != nil {
		return err
	}
	if err := id.Save(l.Record); err != nil {
		return err
	}
	return l.View.Exec(l.Argv, l.Env, "/")
}
