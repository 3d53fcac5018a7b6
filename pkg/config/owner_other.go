//go:build !unix

package config

import "io/fs"

// permissionsMatter is false: on Windows access control lists decide, which the file mode does not show.
const permissionsMatter = false

func ownerOf(fs.FileInfo) (uid int, known bool) { return 0, false }
