//go:build linux || darwin

package survey

import "syscall"

// volume returns, in bytes, the size of the volume that a folder is on, and its free space for unprivileged programs.
func volume(dir string) (size, free float64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, false
	}
	return float64(s.Blocks) * float64(s.Bsize), float64(s.Bavail) * float64(s.Bsize), true
}
