package install

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// runContained runs a program that mounts file systems and starts other programs. It has its own mount and process
// namespaces, so the kernel removes its mounts and ends its processes when it ends, even when devbroker is killed.
func runContained(ctx context.Context, env []string, name string, args ...string) (string, error) {
	// The kernel sends Pdeathsig when the thread that started the program ends, even if the process continues. So this
	// thread must not end before the program.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:   syscall.CLONE_NEWPID,
		Unshareflags: syscall.CLONE_NEWNS,
		Pdeathsig:    syscall.SIGKILL,
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
