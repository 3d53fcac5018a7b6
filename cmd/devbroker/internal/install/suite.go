package install

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// unpacked is the file that is written beside a complete root; a root without this file is ignored.
type unpacked struct {
	Suite   string `json:"suite"`
	Release string `json:"release"`
	Version string `json:"version"`
	Sbin    string `json:"sbin"` // seen from inside the root
}

func (f Finder) cached(release string) (Programs, bool) {
	found, _ := filepath.Glob(filepath.Join(f.Cache, "*", "unpacked.json"))
	for _, path := range slices.Backward(found) {
		text, err := os.ReadFile(path)
		if err != nil || strings.HasPrefix(filepath.Base(filepath.Dir(path)), ".") {
			continue
		}
		var u unpacked
		if json.Unmarshal(text, &u) != nil || u.Release != release {
			continue
		}
		root := filepath.Join(filepath.Dir(path), "root")
		if _, err := os.Stat(filepath.Join(root, u.Sbin, "rabbitmq-server")); err != nil {
			continue
		}
		return Programs{Source: state.Suite, Release: u.Release, Version: u.Version, Root: root, Sbin: u.Sbin}, true
	}
	return Programs{}, false
}

// unpack fetches a Debian suite, such as trixie, and the RabbitMQ of that suite, with debootstrap. It puts both into
// the cache folder, which the caller has locked. release is the RabbitMQ release that the suite must have.
func (f Finder) unpack(ctx context.Context, m mirror, suite, release string) (Programs, error) {
	if err := f.needDebootstrap(ctx); err != nil {
		return Programs{}, err
	}
	f.dropLeftovers()
	building, err := os.MkdirTemp(f.Cache, buildingPrefix)
	if err != nil {
		return Programs{}, err
	}
	defer os.RemoveAll(building)
	root := filepath.Join(building, "root")
	f.Report("unpacking Debian %s with RabbitMQ %s into %s", suite, release, f.Cache)
	if out, err := runContained(ctx, proxies(ctx), "debootstrap", debootstrapArgs(m, suite, root, f.Root)...); err != nil {
		if ctx.Err() != nil {
			return Programs{}, fail.New(fail.Canceled, "interrupted while unpacking Debian %s", suite)
		}
		return Programs{}, fail.New(fail.Unavailable, "debootstrap %s: %w\n%s", suite, err, lastLines(out, 6))
	}
	p, ok := installedIn(root, func() string { return "" })
	if !ok || p.Release != release {
		return Programs{}, fail.New(fail.Unavailable, "Debian %s was unpacked, but it has RabbitMQ %q and not %s", suite,
			p.Version, release)
	}
	if err := finishRoot(root); err != nil {
		return Programs{}, err
	}
	text, err := json.MarshalIndent(unpacked{Suite: suite, Release: p.Release, Version: p.Version, Sbin: p.Sbin}, "", "  ")
	if err != nil {
		return Programs{}, err
	}
	if err := os.WriteFile(filepath.Join(building, "unpacked.json"), append(text, '\n'), 0o644); err != nil {
		return Programs{}, err
	}
	if err := os.Chmod(building, 0o755); err != nil {
		return Programs{}, err
	}
	final := filepath.Join(f.Cache, suite+"-rabbitmq-"+p.Version)
	// If this folder exists, it is incomplete: f.cached did not find it.
	if err := os.RemoveAll(final); err != nil {
		return Programs{}, err
	}
	if err := os.Rename(building, final); err != nil {
		return Programs{}, err
	}
	if p, ok := f.cached(release); ok {
		return p, nil
	}
	return Programs{}, fmt.Errorf("%s was unpacked, but is missing", final)
}

const buildingPrefix = ".building-"

// dropLeftovers removes the files of a devbroker that was killed while it unpacked. The debootstrap of that devbroker
// ended together with it, so nothing uses the files.
func (f Finder) dropLeftovers() {
	left, _ := filepath.Glob(filepath.Join(f.Cache, buildingPrefix+"*"))
	for _, dir := range left {
		_ = os.RemoveAll(dir)
	}
}

// finishRoot makes localhost resolve inside the root, because the names of nodes end in @localhost, and removes files
// that only debootstrap needed.
func finishRoot(root string) error {
	if err := os.WriteFile(filepath.Join(root, "etc/hosts"), []byte("127.0.0.1 localhost\n"), 0o644); err != nil {
		return err
	}
	archives, _ := filepath.Glob(filepath.Join(root, "var/cache/apt/archives/*.deb"))
	lists, _ := filepath.Glob(filepath.Join(root, "var/lib/apt/lists/*_Packages"))
	for _, path := range append(archives, lists...) {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
