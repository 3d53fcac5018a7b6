package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// checkSecretFile refuses a regular file that users other than its owner can read, or that is neither ours nor
// root's; what says what it holds. Not checked, because there is nothing a person could change or should:
//
//   - pipes and devices (/dev/stdin, /dev/fd/63, a process substitution),
//   - files below /run/secrets and /var/run/secrets, which container engines mount readable for the container's user,
//   - Kubernetes volumes: files of root's that a link reaches in a folder such as ..2026_01_31_12_00_00.123456789.
//
// The error has no kind.
func checkSecretFile(info fs.FileInfo, path, what string) error {
	return checkFile(info, path, what, 0o077, "read")
}

// checkCommandFile refuses a file that others can change, because what it holds will be run as a command; with the same
// exceptions.
func checkCommandFile(info fs.FileInfo, path string) error {
	return checkFile(info, path, "a command to run", 0o022, "change")
}

// checkFile refuses a file whose mode has one of the bits; can says what those let other users do.
func checkFile(info fs.FileInfo, path, what string, bits fs.FileMode, can string) error {
	if !info.Mode().IsRegular() || isContainerMount(path, info) {
		return nil
	}
	if err := checkOwner(path, info, what); err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&bits != 0 && permissionsMatter {
		return problem("%s holds %s and its mode %04o lets other users %s it", path, what, mode, can).Next("chmod 600 %s", quotePath(path))
	}
	return nil
}

func checkOwner(path string, info fs.FileInfo, what string) error {
	uid, known := ownerOf(info)
	if !known || uid == 0 || uid == os.Geteuid() {
		return nil
	}
	return problem("%s holds %s and belongs to another user (number %d)", path, what, uid).
		Next("make a file of your own and name it with --config or the option that named this one")
}

func isContainerMount(path string, info fs.FileInfo) bool {
	for _, folder := range []string{"/run/secrets/", "/var/run/secrets/"} {
		if strings.HasPrefix(filepath.Clean(path), folder) {
			return true
		}
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	uid, known := ownerOf(info)
	if !known || uid != 0 {
		return false
	}
	// The kubelet's atomic writer makes a folder with the time as its name and links ..data to it.
	stamped := regexp.MustCompile(`/\.\.\d{4}_\d{2}_\d{2}_\d{2}_\d{2}_\d{2}\.\d+/`)
	return stamped.MatchString(real)
}

// quotePath makes a path fit for the command line of a hint.
func quotePath(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool { return !isHostRune(r) && !strings.ContainsRune("/+@%,~:", r) }) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
