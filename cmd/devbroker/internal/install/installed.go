package install

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// Installed finds the machine's own RabbitMQ. It looks for the folder of the real programs, because the programs in
// Debian's PATH are wrappers that change the user and the home folder.
func (f Finder) Installed() (Programs, bool) {
	return installedIn(f.Root, func() string {
		path, err := exec.LookPath("rabbitmq-server")
		if err != nil {
			return ""
		}
		path, err = filepath.EvalSymlinks(path)
		if err != nil {
			return ""
		}
		return filepath.Dir(path)
	})
}

// installedIn looks below root in the folders that packages use, then in the folder of the rabbitmq-server in the
// PATH. The Sbin that it returns is a path inside root.
func installedIn(root string, inPath func() string) (Programs, bool) {
	found, _ := filepath.Glob(filepath.Join(root, "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"))
	slices.Sort(found)
	var dirs []string
	for _, path := range found {
		dirs = append(dirs, filepath.Dir(path))
	}
	if dir := inPath(); dir != "" {
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs {
		// A folder of wrappers has no such file.
		if _, err := os.Stat(filepath.Join(dir, "rabbitmq-env")); err != nil {
			continue
		}
		version := versionIn(dir)
		if version == "" {
			continue
		}
		sbin, err := filepath.Rel(root, dir)
		if err != nil {
			continue
		}
		return Programs{Source: state.Installed, Release: ReleaseOf(version), Version: version, Sbin: filepath.Join("/",
			sbin)}, true
	}
	return Programs{}, false
}

// versionIn reads the version from the name of the broker's own plugin: rabbit-VERSION, with or without .ez.
func versionIn(sbin string) string {
	found, _ := filepath.Glob(filepath.Join(sbin, "..", "plugins", "rabbit-[0-9]*"))
	for _, path := range found {
		if m := regexp.MustCompile(`^rabbit-(\d+\.\d+\.\d+[^/]*?)(\.ez)?$`).
			FindStringSubmatch(filepath.Base(path)); m != nil {
			return m[1]
		}
	}
	return ""
}
