package install

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// runContained runs a program that mounts file systems and starts others, so that nothing of it is left when it ends or is killed,
// nor when devbroker is killed: it has mounts and process ids of its own, and the kernel ends the latter with its first process.
func runContained(ctx context.Context, env []string, name string, args ...string) (string, error) {
	// The kernel sends Pdeathsig when the thread that started the program ends.
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
