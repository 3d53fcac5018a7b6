//go:build unix

package config

import (
	"io/fs"
	"syscall"
)

// permissionsMatter is true: the file mode says who can read the file.
const permissionsMatter = true

func ownerOf(info fs.FileInfo) (uid int, known bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Uid), true
}
