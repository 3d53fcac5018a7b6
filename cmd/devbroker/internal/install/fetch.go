package install

import (
	"context"
	"os"
	"path/filepath"
	"regexp"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// fetch fetches the programs of a release. The empty release means the same as for Find. Only one devbroker fetches at
// a time.
func (f Finder) fetch(ctx context.Context, release string) (Programs, error) {
	if !canApt() {
		return f.image(ctx, release, "it is not installed, apt-get can only be used as root on Debian and its derivatives")
	}
	lock, err := state.LockFolder(ctx, f.Cache, func() {
		f.Report("waiting for another devbroker, which is fetching RabbitMQ")
	})
	if err != nil {
		return Programs{}, err
	}
	defer lock.Unlock()
	clearServices(policyFile)
	// While this devbroker waited for the lock, another one may have fetched the release.
	p, installed := f.Installed()
	if installed && (release == "" || p.Release == release) {
		return p, nil
	}
	if p, ok := f.cached(release); ok {
		return p, nil
	}
	if !installed {
		p, ok, err := f.fromPackage(ctx, release)
		if err != nil || ok {
			return p, err
		}
	}
	if release == "" {
		release = Releases()[len(Releases())-1].Name
	}
	m, ok := mirrorOf(archives(f.Root))
	if !ok || distribution(f.Root) != "debian" {
		return f.image(ctx, release, "apt offers another release, and knows no Debian mirror with newer suites")
	}
	suite, err := f.suiteFor(ctx, m, release)
	if err != nil {
		if p, imageErr := f.image(ctx, release, err.Error()); imageErr == nil {
			return p, nil
		}
		return Programs{}, err
	}
	return f.unpack(ctx, m, suite, release)
}

// fromPackage installs the machine's own package if it has the wanted release.
func (f Finder) fromPackage(ctx context.Context, release string) (Programs, bool, error) {
	version, err := f.offered(ctx, "rabbitmq-server")
	if err != nil || version == "" || release != "" && ReleaseOf(version) != release {
		return Programs{}, false, err
	}
	if err := f.aptInstall(ctx, "rabbitmq-server"); err != nil {
		return Programs{}, false, err
	}
	p, ok := f.Installed()
	if !ok {
		return Programs{}, false, fail.New(fail.Unavailable,
			"apt-get installed rabbitmq-server %s, but devbroker cannot find it", version)
	}
	return p, true, nil
}

// distribution is the ID in the machine's os-release; empty when there is none.
func distribution(root string) string {
	text, err := os.ReadFile(filepath.Join(root, "etc/os-release"))
	if err != nil {
		return ""
	}
	m := regexp.MustCompile(`(?m)^ID="?([a-z0-9._-]+)"?\s*$`).FindSubmatch(text)
	if m == nil {
		return ""
	}
	return string(m[1])
}
