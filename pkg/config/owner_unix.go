//go:build unix

package config

import (
	"io/fs"
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
