package install

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// candidate is the version of a package that apt would install; empty when there is none.
func candidate(ctx context.Context, name string) string {
	out, err := run(ctx, "apt-cache", "policy", name)
	if err != nil {
		return ""
	}
	return parseCandidate(out)
}

func parseCandidate(policy string) string {
	m := regexp.MustCompile(`(?m)^\s*Candidate:\s*(\S+)\s*$`).FindStringSubmatch(policy)
	if m == nil || m[1] == "(none)" {
		return ""
	}
	// Cut off the epoch of the package: it is not part of the version of RabbitMQ.
	_, bare, found := strings.Cut(m[1], ":")
	if found {
		return bare
	}
	return m[1]
}

// offered returns the same as candidate. If apt has no candidate, offered updates the package lists and looks again.
func (f Finder) offered(ctx context.Context, name string) (string, error) {
	if version := candidate(ctx, name); version != "" {
		return version, nil
	}
	f.Report("fetching the package lists")
	if out, err := run(ctx, "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "update"); err != nil {
		return "", fail.New(fail.Unavailable, "apt-get update: %w\n%s", err, lastLines(out, 5))
	}
	return candidate(ctx, name), nil
}

// aptInstall installs a package without starting its services.
func (f Finder) aptInstall(ctx context.Context, name string) error {
	f.Report("installing %s with apt-get", name)
	return withoutServices(policyFile, func() error {
		out, err := run(ctx, "apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300", "--no-install-recommends", "install",
			name)
		if err != nil {
			return fail.New(fail.Unavailable, "apt-get install %s: %w\n%s", name, err, lastLines(out, 5))
		}
		return nil
	})
}

func canApt() bool {
	_, err := exec.LookPath("apt-get")
	return err == nil && os.Geteuid() == 0
}

// run runs a program and returns its standard output and standard error together.
func run(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
