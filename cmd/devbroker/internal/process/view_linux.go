package process

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// Exec replaces the calling process with the program, in the folder dir, or in / if the view has no such folder. It
// returns only if that fails.
//
// If the view has a Root, Exec mounts /proc, /sys, /dev and the Shared folders below it, in a mount namespace of this
// process. The kernel removes these mounts with the last process that uses them, so nothing is left to unmount, however
// the program or devbroker ends.
func (v View) Exec(argv, env []string, dir string) error {
	if v.Root != "" {
		// A namespace belongs to a thread; exec keeps that of the calling thread.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := v.enter(); err != nil {
			return err
		}
	}
	if os.Chdir(dir) != nil {
		if err := os.Chdir("/"); err != nil {
			return err
		}
	}
	if err := unix.Exec(argv[0], argv, env); err != nil {
		return fmt.Errorf("%s: %w", argv[0], err)
	}
	return nil
}

func (v View) enter() error {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("a mount namespace of its own: %w", err)
	}
	// Without this the mounts below would appear on the whole machine.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	for _, path := range append([]string{"/proc", "/sys", "/dev"}, v.Shared...) {
		target := filepath.Join(v.Root, path)
		if err := os.MkdirAll(target, 0o755); err != nil {
			return err
		}
		if err := unix.Mount(path, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return fmt.Errorf("mounting %s into %s: %w", path, v.Root, err)
		}
	}
	if err := unix.Chroot(v.Root); err != nil {
		return fmt.Errorf("changing the root to %s: %w", v.Root, err)
	}
	return os.Chdir("/")
}
