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

// runGroup runs the command in its own process group, and kills the group when the command ends.
func runGroup(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		// A stopped process handles SIGTERM only after SIGCONT.
		return errors.Join(syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM), syscall.Kill(-cmd.Process.Pid, syscall.SIGCONT))
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	status, lent, err := await(cmd.Process.Pid)
	// Processes that the command left behind would hold the output open, and may hold a secret in memory.
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	// Wait4 has reaped the process already, so Wait fails with ECHILD; but Wait also waits for the copying of the
	// output.
	if waited := cmd.Wait(); waited != nil && !errors.Is(waited, syscall.ECHILD) && err == nil {
		err = waited
	}
	switch {
	case err != nil:
		return err
	case lent && (status.Signaled() && status.Signal() == syscall.SIGINT || status.ExitStatus() == 128+
		int(syscall.SIGINT)):
		return context.Canceled
	case status.Signaled():
		return fmt.Errorf("signal: %s", status.Signal())
	case status.ExitStatus() != 0:
		return fmt.Errorf("exit status %d", status.ExitStatus())
	}
	return nil
}

// await waits until the process has ended. The system stops a process of a background group that uses the terminal. In
// that case await gives the terminal to the group and continues it; lent then is true.
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
				terminal = ownTerminal()
			}
			if terminal == nil || lend(terminal, pid) != nil {
				return status, lent, errors.New("it needs a terminal, and there is none")
			}
			lent = true
		}
		_ = syscall.Kill(-pid, syscall.SIGCONT)
	}
}

// ownTerminal opens the terminal of this process. It returns nil if the process has no terminal, or is itself in the
// background and may not give the terminal away.
func ownTerminal() *os.File {
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

// takeBack makes this process's group the foreground group again. SIGTTOU must be ignored meanwhile, because the
// system would stop a background process that does this. SIGCONT wakes other processes of the group, such as a pager,
// that may have been stopped.
func takeBack(terminal *os.File) {
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	_ = lend(terminal, syscall.Getpgrp())
	_ = syscall.Kill(0, syscall.SIGCONT)
}
