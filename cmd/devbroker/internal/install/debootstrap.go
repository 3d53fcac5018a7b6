package install

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func (f Finder) needDebootstrap(ctx context.Context) error {
	if _, err := exec.LookPath("debootstrap"); err == nil {
		return nil
	}
	if _, err := f.offered(ctx, "debootstrap"); err != nil {
		return err
	}
	return f.aptInstall(ctx, "debootstrap")
}

// debootstrapArgs are the arguments for unpacking the suite into the root. Signatures are checked unless the machine's
// apt does not check them.
func debootstrapArgs(m mirror, suite, root, machine string) []string {
	args := []string{"--variant=minbase", "--include=rabbitmq-server"}
	if m.Trusted {
		args = append(args, "--no-check-gpg")
	} else {
		args = append(args, "--keyring="+m.keyring(machine))
	}
	args = append(args, suite, root, m.URI)
	scripts := filepath.Join(machine, "usr/share/debootstrap/scripts")
	if _, err := os.Stat(filepath.Join(scripts, suite)); err != nil {
		// An older debootstrap does not know the names of the newest suites; they unpack in the same way as sid.
		args = append(args, filepath.Join(scripts, "sid"))
	}
	return args
}

// proxies is the environment that makes debootstrap use the proxies of apt.
func proxies(ctx context.Context) []string {
	var env []string
	for _, scheme := range []string{"http", "https"} {
		out, err := run(ctx, "apt-config", "dump", "--format", "%v", "Acquire::"+scheme+"::Proxy")
		if proxy := strings.TrimSpace(out); err == nil && proxy != "" && proxy != "DIRECT" {
			env = append(env, scheme+"_proxy="+proxy)
		}
	}
	return env
}
