//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package file

import "os"

// tryLock takes no lock: this system has none of the kind that ends with its program.
func tryLock(*os.File) (bool, error) { return true, nil }
