//go:build unix

package config

import (
	"io/fs"
	"os"
	"syscall"
)

// permissionsMatter says that a file's mode tells who can read it.
const permissionsMatter = true

// ownerOf is the user number of the file's owner.
func ownerOf(info fs.FileInfo) (uid int, known bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Uid), true
}

// keepOwner gives the new file the owner and group of the old one, which matters when root edits another user's file.
func keepOwner(f *os.File, old fs.FileInfo) error {
	stat, ok := old.Sys().(*syscall.Stat_t)
	if !ok || int(stat.Uid) == os.Geteuid() {
		return nil
	}
	return f.Chown(int(stat.Uid), int(stat.Gid))
}
