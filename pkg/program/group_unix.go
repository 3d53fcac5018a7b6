//go:build unix && !solaris && !illumos && !aix

package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// runGroup runs the command in a process group of its own, and ends the group with it.
func runGroup(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		// A stopped process ends when it goes on.
		return errors.Join(syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM), syscall.Kill(-cmd.Process.Pid, syscall.SIGCONT))
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	status, lent, err := await(cmd.Process.Pid)
	// What it started and left behind: it would hold the output open, and a secret in its memory.
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	// The process is gone already, which Wait reports; it still ends the copying of the output.
	if waited := cmd.Wait(); waited != nil && !errors.Is(waited, syscall.ECHILD) && err == nil {
		err = waited
	}
	switch {
	case err != nil:
		return err
	case lent && (status.Signaled() && status.Signal() == syscall.SIGINT || status.ExitStatus() == 128+int(syscall.SIGINT)):
		return context.Canceled
	case status.Signaled():
		return fmt.Errorf("signal: %s", status.Signal())
	case status.ExitStatus() != 0:
		return fmt.Errorf("exit status %d", status.ExitStatus())
	}
	return nil
}

// await waits until the process has ended. A group that is not the terminal's is stopped when it wants something of it: it is
// then lent the terminal, and goes on.
func await(pid int) (status syscall.WaitStatus, lent bool, err error) {
	var terminal *os.File
	defer func() {
		if terminal != nil {
			takeBack(terminal)
			terminal.Close()
		}
	}()
	for {
		_, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil:
			return status, lent, err
		case !status.Stopped():
			return status, lent, nil
		}
		if s := status.StopSignal(); s == syscall.SIGTTIN || s == syscall.SIGTTOU {
			if terminal == nil {
				terminal = ours()
			}
			if terminal == nil || lend(terminal, pid) != nil {
				return status, lent, errors.New("it wants a terminal, and has none")
			}
			lent = true
		}
		_ = syscall.Kill(-pid, syscall.SIGCONT)
	}
}

// ours is the terminal of this process, if it is ours to lend: that of a job in the background is another's.
func ours() *os.File {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	group, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	if err != nil || group != syscall.Getpgrp() {
		f.Close()
		return nil
	}
	return f
}

func lend(terminal *os.File, group int) error {
	return unix.IoctlSetPointerInt(int(terminal.Fd()), unix.TIOCSPGRP, group)
}

// takeBack makes the terminal this process's again. The system stops a process that does so from the background, unless it
// ignores that. What else is in our group, a pager, may have been stopped meanwhile.
func takeBack(terminal *os.File) {
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	_ = lend(terminal, syscall.Getpgrp())
	_ = syscall.Kill(0, syscall.SIGCONT)
}
