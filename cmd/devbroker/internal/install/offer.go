package install

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// suiteFor finds a suite of the mirror that offers the release. It first asks the suite that Releases names for the
// release, and then the other suites, because releases move from suite to suite.
func (f Finder) suiteFor(ctx context.Context, m mirror, release string) (string, error) {
	var offers []string
	for _, suite := range suitesFrom(release) {
		f.Report("looking for RabbitMQ %s in Debian %s", release, suite)
		version, err := f.offerOf(ctx, m, suite)
		if ctx.Err() != nil {
			return "", fail.New(fail.Canceled, "interrupted while looking for RabbitMQ %s in Debian suites", release)
		}
		if err != nil {
			offers = append(offers, fmt.Sprintf("%s: %v", suite, err))
			continue
		}
		if ReleaseOf(version) == release {
			return suite, nil
		}
		if version == "" {
			version = "none"
		}
		offers = append(offers, suite+": "+version)
	}
	return "", fail.New(fail.Unavailable, "no suite of this machine's Debian mirror has RabbitMQ %s (%s)", release,
		strings.Join(offers, "; "))
}

// suitesFrom lists the suites that may have a release, the likeliest first.
func suitesFrom(release string) []string {
	var first string
	for _, r := range Releases() {
		if r.Name == release {
			first = r.Suite
		}
	}
	suites := []string{first}
	for _, suite := range []string{"bookworm", "trixie", "testing", "sid"} {
		if suite != first {
			suites = append(suites, suite)
		}
	}
	return suites
}

// offerOf returns the version of rabbitmq-server in a suite, or "" if the suite has none. It runs apt with package
// lists and sources of its own, and with the proxies, keys and other settings of the machine.
func (f Finder) offerOf(ctx context.Context, m mirror, suite string) (string, error) {
	dir, err := os.MkdirTemp("", "devbroker-apt-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	// apt fetches as another user, who must be able to write here.
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	for _, sub := range []string{"sources", "lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return "", err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "sources", "suite.sources"), []byte(m.stanza(suite)), 0o644); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "status"), nil, 0o644); err != nil {
		return "", err
	}
	options := []string{
		"-q", "-o", "Dir::Etc::sourcelist=/dev/null", "-o", "Dir::Etc::sourceparts=" + filepath.Join(dir, "sources"),
		"-o", "Dir::State::Lists=" + filepath.Join(dir, "lists"), "-o", "Dir::Cache=" + filepath.Join(dir, "cache"),
		"-o", "Dir::State::status=" + filepath.Join(dir, "status"), "-o", "Acquire::Languages=none",
	}
	if out, err := run(ctx, "apt-get", append(options, "update", "--error-on=any")...); err != nil {
		return "", fmt.Errorf("apt-get update: %w (%s)", err, lastLines(out, 1))
	}
	out, err := run(ctx, "apt-cache", append(options, "policy", "rabbitmq-server")...)
	if err != nil {
		return "", fmt.Errorf("apt-cache policy: %w (%s)", err, lastLines(out, 1))
	}
	return parseCandidate(out), nil
}

// stanza is the deb822 text for one suite of the mirror.
func (m mirror) stanza(suite string) string {
	text := fmt.Sprintf("Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n", m.URI, suite)
	if m.SignedBy != "" {
		text += "Signed-By: " + m.SignedBy + "\n"
	}
	if m.Trusted {
		text += "Trusted: yes\n"
	}
	return text
}
