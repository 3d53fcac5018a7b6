package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// checkSecretFile refuses a regular file that users other than its owner can read, or that belongs neither to this
// user nor to root; the parameter what names the file's content. It does not check files whose mode a person cannot or
// should not change:
//
//   - pipes and devices (/dev/stdin, /dev/fd/63, a process substitution),
//   - files below /run/secrets and /var/run/secrets, which container engines mount readable for the container's user,
//   - Kubernetes volumes: files of root, behind a link to a folder such as ..2026_01_31_12_00_00.123456789.
//
// The error has no kind.
func checkSecretFile(info fs.FileInfo, path, what string) error {
	return checkFile(info, path, what, 0o077, "read")
}

// checkCommandFile refuses a file that others can change, because the command in it will be run. It has the same
// exceptions as checkSecretFile.
func checkCommandFile(info fs.FileInfo, path string) error {
	return checkFile(info, path, "a command to run", 0o022, "change")
}

// checkFile refuses a file whose mode has one of the bits; the parameter can says what those bits let other users do.
func checkFile(info fs.FileInfo, path, what string, bits fs.FileMode, can string) error {
	if !info.Mode().IsRegular() || isContainerMount(path, info) {
		return nil
	}
	if err := checkOwner(path, info, what); err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&bits != 0 && permissionsMatter {
		return problem("%s holds %s and its mode %04o lets other users %s it", path, what, mode, can).
			Next("chmod 600 %s", quotePath(path))
	}
	return nil
}

func checkOwner(path string, info fs.FileInfo, what string) error {
	uid, known := ownerOf(info)
	if !known || uid == 0 || uid == os.Geteuid() {
		return nil
	}
	return problem("%s holds %s and belongs to another user (uid %d)", path, what, uid).
		Next("copy it to a file of your own").Do(fail.NameOwnFile)
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

// quotePath quotes a path for a shell if the path needs quotes.
func quotePath(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool { return !isHostRune(r) && !strings.ContainsRune("/+@%,~:", r) }) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
