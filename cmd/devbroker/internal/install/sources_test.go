package install

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseList(t *testing.T) {
	got := parseList(`# a comment
deb http://mirror.example/debian bookworm main contrib # trailing
deb-src http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg trusted=yes] https://mirror.example/sec bookworm-security main
  deb   file:/srv/flat   ./
nonsense
deb http://no-suite.example
`)
	want := []archive{
		{Types: []string{"deb"}, URIs: []string{"http://mirror.example/debian"}, Suites: []string{"bookworm"},
			Components: []string{"main", "contrib"}},
		{Types: []string{"deb-src"}, URIs: []string{"http://mirror.example/debian"}, Suites: []string{"bookworm"},
			Components: []string{"main"}},
		{Types: []string{"deb"}, URIs: []string{"https://mirror.example/sec"}, Suites: []string{"bookworm-security"},
			Components: []string{"main"},
			SignedBy:   "/usr/share/keyrings/x.gpg", Trusted: true},
		{Types: []string{"deb"}, URIs: []string{"file:/srv/flat"}, Suites: []string{"./"}, Components: []string{}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported()); diff != "" {
		t.Error(diff)
	}
}

func TestParseStanzas(t *testing.T) {
	got := parseStanzas(
		"Types: deb deb-src\n# a comment inside\nURIs: http://a.example/debian\n http://b.example/debian\nSuites: bookworm\tbookworm-updates\n" +
			"Components: main\nSigned-By: /usr/share/keyrings/a.gpg\n\n \n\nTypes: deb\nEnabled: no\nURIs: http://off.example\nSuites: x\nComponents: main\n\n" +
			"types: deb\r\nuris: http://c.example\r\nsuites: x\r\ncomponents: main\r\ntrusted: Yes\r\n")
	want := []archive{
		{Types: []string{"deb", "deb-src"}, URIs: []string{"http://a.example/debian", "http://b.example/debian"},
			Suites: []string{"bookworm", "bookworm-updates"}, Components: []string{"main"},
			SignedBy: "/usr/share/keyrings/a.gpg"},
		{Types: []string{"deb"}, URIs: []string{"http://c.example"}, Suites: []string{"x"}, Components: []string{"main"},
			Trusted: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMirrorOf(t *testing.T) {
	deb := func(uri, suite string, components ...string) archive {
		return archive{Types: []string{"deb"}, URIs: []string{uri}, Suites: []string{suite}, Components: components}
	}
	for name, c := range map[string]struct {
		archives []archive
		want     string // "" for none
	}{
		"the distribution's own": {[]archive{deb("http://s", "bookworm-security", "main"), deb("http://d", "bookworm",
			"main")}, "http://d"},
		"not a flat folder":     {[]archive{deb("http://flat", "./")}, ""},
		"not another component": {[]archive{deb("http://tool", "stable", "tool")}, ""},
		"not a disc": {[]archive{deb("cdrom:[x]/", "bookworm", "main"), deb("file:/srv/debian", "bookworm",
			"main")}, "file:/srv/debian"},
		"no sources only": {[]archive{{Types: []string{"deb-src"}, URIs: []string{"http://s"}, Suites: []string{"x"},
			Components: []string{"main"}}}, ""},
		"nothing": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, ok := mirrorOf(c.archives)
			if m.URI != c.want || ok != (c.want != "") {
				t.Errorf("got %q, %v, want %q", m.URI, ok, c.want)
			}
		})
	}
}

func TestArchivesReadsEveryFileAptReads(t *testing.T) {
	root := t.TempDir()
	parts := filepath.Join(root, "etc/apt/sources.list.d")
	if err := os.MkdirAll(parts, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		filepath.Join(root, "etc/apt/sources.list"): "deb http://one bookworm main\n",
		filepath.Join(parts, "two.list"):            "deb http://two bookworm main\n",
		filepath.Join(parts, "three.sources"):       "Types: deb\nURIs: http://three\nSuites: x\nComponents: main\n",
		filepath.Join(parts, "four.list.disabled"):  "deb http://four bookworm main\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, a := range archives(root) {
		got = append(got, a.URIs...)
	}
	if diff := cmp.Diff([]string{"http://one", "http://two", "http://three"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestKeyring(t *testing.T) {
	const own = "/usr/share/keyrings/debian-archive-keyring.gpg"
	for signedBy, want := range map[string]string{
		"":                              own,
		"/k/a.gpg":                      "/k/a.gpg",
		"/k/a.asc":                      own,
		"-----BEGIN PGP PUBLIC KEY\n x": own,
	} {
		if got := (mirror{SignedBy: signedBy}).keyring("/"); got != want {
			t.Errorf("%q: got %q, want %q", signedBy, got, want)
		}
	}
}
