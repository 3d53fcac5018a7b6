package install

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParseCandidate(t *testing.T) {
	for policy, want := range map[string]string{
		"rabbitmq-server:\n  Installed: (none)\n  Candidate: 3.10.8-1.1+deb12u1\n": "3.10.8-1.1+deb12u1",
		"x:\n  Candidate: (none)\n":  "",
		"x:\n  Candidate: 1:4.0.5\n": "4.0.5",
		"":                           "",
	} {
		if got := parseCandidate(policy); got != want {
			t.Errorf("%q: got %q, want %q", policy, got, want)
		}
	}
}

func TestReleaseOf(t *testing.T) {
	for version, want := range map[string]string{"3.10.8-1.1+deb12u1": "3.10", "4.3.6": "4.3", "4.0": "4.0", "x": "x",
		"": ""} {
		if got := ReleaseOf(version); got != want {
			t.Errorf("%q: got %q, want %q", version, got, want)
		}
	}
}

func TestCheckRelease(t *testing.T) {
	if err := CheckRelease("4.0"); err != nil {
		t.Error(err)
	}
	if err := CheckRelease("3.11"); err == nil || !strings.Contains(err.Error(), "3.10, 4.0, 4.3") {
		t.Errorf("got %v", err)
	}
}

func TestSuitesFromAsksTheLikeliestFirstAndEachOnce(t *testing.T) {
	got := suitesFrom("4.3")
	if got[0] != "sid" || len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
		t.Errorf("got %v", got)
	}
}

// makeRabbit creates the files of a RabbitMQ package.
func makeRabbit(t *testing.T, root, version string) {
	t.Helper()
	home := filepath.Join(root, "usr/lib/rabbitmq/lib/rabbitmq_server-"+version)
	for _, path := range []string{"sbin/rabbitmq-server", "sbin/rabbitmq-env", "plugins/rabbit-" + version +
		"/ebin/rabbit.app", "plugins/rabbit_common-9.9.9.ez"} {
		path = filepath.Join(home, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestInstalledIn(t *testing.T) {
	none := func() string { return "" }
	root := t.TempDir()
	if p, ok := installedIn(root, none); ok {
		t.Errorf("an empty root has %v", p)
	}
	makeRabbit(t, root, "3.10.8")
	p, ok := installedIn(root, none)
	if !ok || p.Release != "3.10" || p.Version != "3.10.8" ||
		p.Sbin != "/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/sbin" {
		t.Errorf("got %+v, %v", p, ok)
	}
	wrapper := t.TempDir()
	if p, ok := installedIn(t.TempDir(), func() string { return wrapper }); ok {
		t.Errorf("a folder with a wrapper alone has %v", p)
	}
}

func TestCachedTakesOnlyCompleteRoots(t *testing.T) {
	f := Finder{Cache: t.TempDir()}
	half := filepath.Join(f.Cache, buildingPrefix+"1")
	makeRabbit(t, filepath.Join(half, "root"), "4.0.5")
	marked := filepath.Join(f.Cache, "trixie-rabbitmq-4.0.5")
	text := []byte(`{"suite":"trixie","release":"4.0","version":"4.0.5","sbin":"/usr/lib/rabbitmq/lib/rabbitmq_server-4.0.5/sbin"}`)
	for _, dir := range []string{half, marked} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "unpacked.json"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if p, ok := f.cached("4.0"); ok {
		t.Errorf("found %v, which has no programs or is half made", p)
	}
	makeRabbit(t, filepath.Join(marked, "root"), "4.0.5")
	if p, ok := f.cached("4.0"); !ok || p.Root != filepath.Join(marked, "root") || p.Version != "4.0.5" {
		t.Errorf("got %+v, %v", p, ok)
	}
	if _, ok := f.cached("4.3"); ok {
		t.Error("found another release")
	}
	f.dropLeftovers()
	if _, err := os.Stat(half); err == nil {
		t.Error("the half-made root is still there")
	}
}

func TestDebootstrapArgs(t *testing.T) {
	machine := t.TempDir()
	scripts := filepath.Join(machine, "usr/share/debootstrap/scripts")
	if err := os.MkdirAll(scripts, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(scripts, "trixie"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	m := mirror{URI: "http://mirror.example/debian", SignedBy: "/k.gpg"}
	got := strings.Join(debootstrapArgs(m, "trixie", "/root", machine), " ")
	if want := "--variant=minbase --include=rabbitmq-server --keyring=/k.gpg trixie /root http://mirror.example/debian"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	m.Trusted = true
	got = strings.Join(debootstrapArgs(m, "forky", "/root", machine), " ")
	if !strings.Contains(got, "--no-check-gpg") || strings.Contains(got, "--keyring") || !strings.HasSuffix(got,
		"scripts/sid") {
		t.Errorf("got %s", got)
	}
}

func TestWithoutServices(t *testing.T) {
	policy := filepath.Join(t.TempDir(), "policy-rc.d")
	there := func() bool { _, err := os.Stat(policy); return err == nil }
	run := func() {
		t.Helper()
		if err := withoutServices(policy, func() error {
			if !there() {
				t.Error("no policy during the installation")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	run()
	if there() {
		t.Error("our policy was left behind")
	}
	if err := os.WriteFile(policy, []byte("#!/bin/sh\n# "+serviceMark+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	run()
	if there() {
		t.Error("the policy of a killed devbroker was left behind")
	}
	if err := os.WriteFile(policy, []byte("#!/bin/sh\nexit 101\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	run()
	clearServices(policy)
	if !there() {
		t.Error("the machine's own policy was removed")
	}
}

func TestImageVersion(t *testing.T) {
	if got := imageVersion("PATH=/x\nRABBITMQ_VERSION=4.3.6\n", "4.3"); got != "4.3.6" {
		t.Errorf("got %q", got)
	}
	if got := imageVersion("", "4.3"); got != "4.3" {
		t.Errorf("got %q", got)
	}
}
