// Package install finds the programs of a RabbitMQ release on the machine, or fetches them: with the machine's package
// manager, from a newer suite of its Debian mirror, or as a container image.
package install

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Programs says where the programs of one release are.
type Programs struct {
	Source  state.Source
	Release string // for example 3.10
	Version string // for example 3.10.8
	Root    string // see state.Broker
	Sbin    string // see state.Broker
	Image   string // see state.Broker
}

// Release is a release that devbroker knows where to find.
type Release struct {
	Name  string
	Suite string // the first Debian suite with this release; it is asked first, and then the other suites
}

// Releases are the known releases, oldest first.
func Releases() []Release {
	return []Release{{"3.10", "bookworm"}, {"4.0", "trixie"}, {"4.3", "sid"}}
}

// CheckRelease refuses an unknown release.
func CheckRelease(name string) error {
	var known []string
	for _, r := range Releases() {
		if r.Name == name {
			return nil
		}
		known = append(known, r.Name)
	}
	return fail.Usagef("unknown release %q: it is one of %s, or installed", name, strings.Join(known, ", "))
}

// ReleaseOf is the release of a version: 3.10 for 3.10.8-1.1+deb12u1.
func ReleaseOf(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return version
	}
	return parts[0] + "." + parts[1]
}

// Finder looks for programs and fetches them.
type Finder struct {
	// Cache is the folder of unpacked suites.
	Cache string
	// Root is the folder that stands for the machine's /; it differs only in tests.
	Root string
	// Report shows a person one line about the progress.
	Report func(format string, args ...any)
}

// Find returns the programs of the release; "" means the installed release, else the one that the package manager
// offers, else the newest of Releases.
func (f Finder) Find(ctx context.Context, release string) (Programs, error) {
	if p, ok := f.Installed(); ok && (release == "" || p.Release == release) {
		return p, nil
	}
	if p, ok := f.cached(release); ok {
		return p, nil
	}
	return f.fetch(ctx, release)
}
