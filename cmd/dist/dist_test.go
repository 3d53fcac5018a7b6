package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// some returns a release of the given version that writes into a temporary folder of the test.
func some(t *testing.T, version string) *release {
	t.Helper()
	return &release{version: version, commit: "0123456789ab", date: time.Unix(1_700_000_000, 0).UTC(), out: t.TempDir(),
		url: "https://example.com/v" + version}
}

func someProduct(os, arch string) product {
	name := "rabbitctl"
	if os == "windows" {
		name += ".exe"
	}
	return product{
		target: target{os, arch},
		build: &debug.BuildInfo{
			GoVersion: "go1.26.8", Deps: []*debug.Module{{Path: "example.com/a", Version: "v1.0.0", Sum: "h1:x="}},
		},
		files: []file{{name, 0o755, []byte("program")}, {"man/man1/rabbitctl.1", 0o644, []byte("page")}},
	}
}

func TestTargetsNamed(t *testing.T) {
	t.Parallel()
	if all, err := targetsNamed(""); err != nil || len(all) != 6 {
		t.Errorf("%v, %v", all, err)
	}
	some, err := targetsNamed("windows/arm64,linux/amd64")
	if diff := cmp.Diff([]string{"linux/amd64", "windows/arm64"}, names(some)); diff != "" || err != nil {
		t.Errorf("%s%v", diff, err)
	}
	if _, err := targetsNamed("linux/amd64,plan9/386"); err == nil || !strings.Contains(err.Error(), "plan9/386") {
		t.Errorf("%v", err)
	}
}

func names(all []target) (names []string) {
	for _, t := range all {
		names = append(names, t.String())
	}
	return names
}

func TestNewRelease(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	for version, want := range map[string]string{
		"v1.2.3": "1.2.3", "1.2.3-rc.1": "1.2.3-rc.1", "1.2": "", "1.2.3 x": "", "../1.2.3": "",
	} {
		r, err := newRelease(t.Context(), version)
		switch {
		case want == "" && err == nil:
			t.Errorf("%s was taken", version)
		case want != "" && (err != nil || r.version != want || !r.date.Equal(time.Unix(1_700_000_000, 0))):
			t.Errorf("%s: %+v, %v", version, r, err)
		}
	}
}

// TestEmpty: the function empty refuses a folder with a file that is not of a release, and then removes nothing.
func TestEmpty(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "dist")
	write := func(name string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := empty(folder); err != nil {
		t.Fatal(err)
	}
	write("letter.txt")
	if err := empty(folder); err == nil {
		t.Error("a folder of somebody else was emptied")
	}
	write("rabbitctl_1.0.0_linux_amd64.tar.gz")
	write("SHA256SUMS")
	if err := empty(folder); err == nil {
		t.Error("a file of somebody else was removed with those of a release")
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 3 {
		t.Errorf("%v, %v", left, err)
	}
	if err := os.Remove(filepath.Join(folder, "letter.txt")); err != nil {
		t.Fatal(err)
	}
	if err := empty(folder); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestArchive(t *testing.T) {
	t.Parallel()
	r := some(t, "1.2.3")
	packed, err := someProduct("linux", "amd64").archive(r)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil || !unzipped.ModTime.IsZero() {
		t.Fatalf("%v, %v", unzipped, err)
	}
	var got []string
	for tr := tar.NewReader(unzipped); ; {
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !h.ModTime.Equal(r.date) || h.Uid != 0 || h.Uname != "root" {
			t.Errorf("%+v", h)
		}
		got = append(got, h.FileInfo().Mode().String()+" "+h.Name)
	}
	want := []string{
		"-rwxr-xr-x rabbitctl_1.2.3_linux_amd64/rabbitctl", "-rw-r--r-- rabbitctl_1.2.3_linux_amd64/man/man1/rabbitctl.1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	packed, err = someProduct("windows", "arm64").archive(r)
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	first := zipped.File[0]
	if first.Name != "rabbitctl_1.2.3_windows_arm64/rabbitctl.exe" || !first.Modified.Equal(r.date) {
		t.Errorf("%+v", first)
	}
}

// Each format writes a pre-release in its own way. rabbitctl-compat needs rabbitctl of exactly its own version.
func TestCompat(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ version, format, depends, conflicts string }{
		{"1.2.3", "deb", "rabbitctl (= 1.2.3-1)", "rabbitmq-server"},
		{"1.2.3-rc.1", "deb", "rabbitctl (= 1.2.3~rc.1-1)", "rabbitmq-server"},
		{"1.2.3-rc.1", "rpm", "rabbitctl = 1.2.3~rc.1-1", "rabbitmq-server"},
		{"1.2.3-rc.1", "apk", "rabbitctl=1.2.3_rc1-r1 !rabbitmq-server", ""},
		{"0.1.0-dev", "apk", "rabbitctl=0.1.0_pre-r1 !rabbitmq-server", ""},
	} {
		q := some(t, tt.version).compat(tt.format)
		if got := strings.Join(q.Depends, " "); got != tt.depends || strings.Join(q.Conflicts, " ") != tt.conflicts {
			t.Errorf("%s, %s: %q, %q", tt.version, tt.format, got, q.Conflicts)
		}
		ctl := slices.IndexFunc(q.Contents, func(c content) bool { return c.Destination == "/usr/sbin/rabbitmqctl" })
		if ctl < 0 || q.Contents[ctl].Source != "../bin/rabbitctl" || q.Contents[ctl].Type != "symlink" {
			t.Errorf("%+v", q.Contents)
		}
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"rabbitctl":                 "/usr/bin/rabbitctl",
		"man/man1/rabbitctl.1":      "/usr/share/man/man1/rabbitctl.1.gz",
		"LICENSE":                   "/usr/share/doc/rabbitctl/copyright",
		"README.md":                 "/usr/share/doc/rabbitctl/README.md",
		"completions/_rabbitctl":    "/usr/share/zsh/vendor-completions/_rabbitctl",
		"completions/rabbitctl.ps1": "",
	} {
		if got := place(name, "deb"); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := place("completions/_rabbitctl", "apk"); got != "/usr/share/zsh/site-functions/_rabbitctl" {
		t.Error(got)
	}
}

func TestSBOM(t *testing.T) {
	t.Parallel()
	r := some(t, "1.2.3")
	if err := r.sbom(someProduct("darwin", "arm64")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(r.out, "rabbitctl_1.2.3_darwin_arm64.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var b bom
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	if len(b.Components) != 2 || b.Components[0].PURL != "pkg:golang/std@1.26.8" ||
		b.Components[1].PURL != "pkg:golang/example.com/a@v1.0.0" {
		t.Errorf("%+v", b.Components)
	}
	if b.Metadata.Component.Version != "1.2.3" || len(b.Dependencies) != 1 || len(b.Dependencies[0].DependsOn) != 2 ||
		len(b.Serial) != len("urn:uuid:")+36 {
		t.Errorf("%s", text)
	}
}

func TestManifests(t *testing.T) {
	t.Parallel()
	r := some(t, "1.2.3")
	var all []product
	for i, of := range platforms() {
		p := someProduct(of.os, of.arch)
		if err := r.write([]byte{byte(i)}, p.name(r)+p.extension()); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := r.manifests(all); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(r.out, "rabbitctl.json"))
	if err != nil {
		t.Fatal(err)
	}
	var scoop struct {
		Version      string
		Architecture map[string]struct{ URL, Hash string }
	}
	if err := json.Unmarshal(text, &scoop); err != nil {
		t.Fatal(err)
	}
	sum, err := r.sum("rabbitctl_1.2.3_windows_amd64.zip")
	const archive = "https://example.com/v1.2.3/rabbitctl_1.2.3_windows_amd64.zip"
	if at := scoop.Architecture["64bit"]; err != nil || at.URL != archive || at.Hash != sum {
		t.Errorf("%+v, %v", at, err)
	}
	formula, err := os.ReadFile(filepath.Join(r.out, "rabbitctl.rb"))
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range all[:4] {
		sum, err := r.sum(of.name(r) + of.extension())
		if err != nil || !bytes.Contains(formula, []byte(of.name(r)+".tar.gz\"\n      sha256 \""+sum+"\"\n")) {
			t.Errorf("%s is not in the formula: %v", of, err)
		}
	}
	if err := r.manifests(all[:5]); err == nil {
		t.Error("a manifest was made without the archive that it points to")
	}
	if err := r.checksums(); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(r.out, "SHA256SUMS"))
	if err != nil || bytes.Count(sums, []byte("\n")) != 8 ||
		!bytes.Contains(sums, []byte(sum+"  rabbitctl_1.2.3_windows_amd64.zip\n")) {
		t.Errorf("%s, %v", sums, err)
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var out bytes.Buffer
	if err := notice(&out, "example.com/a v1", folder); err == nil {
		t.Error("a module without a licence was taken")
	}
	for name, text := range map[string]string{
		"LICENSE-MIT.txt": "may be copied\r\n", "license.go": "package license", "notice": "made by a",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := notice(&out, "example.com/a v1", folder)
	if err != nil || !strings.HasSuffix(out.String(), "\n\nmay be copied\n\nmade by a\n") {
		t.Errorf("%q, %v", out.String(), err)
	}
}
