//go:build acceptance

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// copySource copies the source, with its uncommitted changes, into a new repository with one commit. Equal sources give
// equal commits.
func copySource(t *testing.T, folder string) {
	t.Helper()
	list, err := exec.Command("git", "-C", "../..", "ls-files", "-z", "--cached", "--others",
		"--exclude-standard").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	for name := range strings.SplitSeq(strings.Trim(string(list), "\x00"), "\x00") {
		from := filepath.Join("..", "..", name)
		data, err := os.ReadFile(from)
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "-A"}, {"commit", "-q", "-m", "The source"}, {"tag", "v1.2.3-rc.1"},
	} {
		runIn(t, folder, "git", args...)
	}
}

// runIn runs a program in a folder. Git commits as a fixed author at a fixed time, so the commit is always the same.
func runIn(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = folder
	const day = "2026-01-02T03:04:05Z"
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_AUTHOR_DATE="+day,
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com", "GIT_COMMITTER_DATE="+day)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q in %s: %v\n%s", name, args, folder, err, out)
	}
	return string(out)
}

// TestTwice builds in two folders and compares every byte. With RABBITCTL_SLOW=1 the second build has an empty build
// cache.
func TestTwice(t *testing.T) {
	first, second := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "another", "deeper", "folder")
	only := "linux/" + runtime.GOARCH + ",windows/amd64"
	for _, folder := range []string{first, second} {
		if folder == second {
			if os.Getenv("RABBITCTL_SLOW") != "" {
				t.Setenv("GOCACHE", t.TempDir())
			}
			t.Setenv("TZ", "Asia/Tokyo")
			t.Setenv("USER", "somebody")
		}
		copySource(t, folder)
		runIn(t, folder, "go", "run", "./cmd/dist", "-only", only)
	}
	entries, err := os.ReadDir(filepath.Join(first, "dist"))
	if err != nil || len(entries) != 11 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	for _, e := range entries {
		a, errA := os.ReadFile(filepath.Join(first, "dist", e.Name()))
		b, errB := os.ReadFile(filepath.Join(second, "dist", e.Name()))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs: %d and %d bytes, %v, %v", e.Name(), len(a), len(b), errA, errB)
		}
	}
	dist := filepath.Join(first, "dist")
	if out := runIn(t, dist, "sha256sum", "-c", "SHA256SUMS"); strings.Count(out, ": OK\n") != 10 {
		t.Error(out)
	}
	t.Run("archive", func(t *testing.T) { theArchive(t, dist) })
	t.Run("rpm", func(t *testing.T) { theRPMs(t, dist) })
	t.Run("apk", func(t *testing.T) { theAPKs(t, dist) })
}

// theArchive unpacks an archive and runs its program, which must report the version, date and commit that it was built
// from.
func theArchive(t *testing.T, dist string) {
	name := "rabbitctl_1.2.3-rc.1_linux_" + runtime.GOARCH
	folder := t.TempDir()
	runIn(t, folder, "tar", "xzf", filepath.Join(dist, name+".tar.gz"))
	out := runIn(t, filepath.Join(folder, name), "./rabbitctl", "version", "-o", "json")
	for _, want := range []string{`"version": "1.2.3-rc.1"`, `"date": "2026-01-02T03:04:05Z"`, `"modified": false`} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is not in %s", want, out)
		}
	}
	commit := strings.TrimSpace(runIn(t, filepath.Dir(dist), "git", "rev-parse", "HEAD"))
	if !strings.Contains(out, `"commit": "`+commit+`"`) {
		t.Errorf("%s was built from commit %s", out, commit)
	}
}

// expected returns some of the files that every package of rabbitctl has. rabbitctl-compat does not have them.
func expected() []string {
	return []string{"/usr/bin/rabbitctl", "/usr/share/man/man1/rabbitctl-list_queues.1.gz",
		"/usr/share/bash-completion/completions/rabbitctl"}
}

func theRPMs(t *testing.T, dist string) {
	own := readRPM(t, filepath.Join(dist, "rabbitctl_1.2.3-rc.1_"+runtime.GOARCH+".rpm"))
	for _, path := range append(expected(), "/usr/share/licenses/rabbitctl/LICENSE") {
		if !slices.Contains(own.files, path) {
			t.Errorf("%s is not in the package: %q", path, own.files)
		}
	}
	if own.version != "1.2.3~rc.1-1" {
		t.Error(own.version)
	}
	compat := readRPM(t, filepath.Join(dist, "rabbitctl-compat_1.2.3-rc.1_all.rpm"))
	if !slices.Contains(compat.files, "/usr/sbin/rabbitmqctl") || !slices.Contains(compat.conflicts, "rabbitmq-server") ||
		!slices.Contains(compat.requires, "rabbitctl 1.2.3~rc.1-1") {
		t.Errorf("%+v", compat)
	}
}

// rpm holds those tags of a package's header that the test compares.
type rpm struct {
	version                    string
	files, requires, conflicts []string
}

// readRPM reads the header of a package. It comes after a lead of 96 bytes and a header with signatures.
func readRPM(t *testing.T, path string) rpm {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, end := rpmHeader(t, data, 96)
	tags, _ := rpmHeader(t, data, (end+7)/8*8)
	one := func(tag uint32) string { return strings.Join(tags[tag], "") }
	p := rpm{version: one(1001) + "-" + one(1002), conflicts: tags[1054]}
	for i, name := range tags[1049] {
		p.requires = append(p.requires, strings.TrimSpace(name+" "+tags[1050][i]))
	}
	for i, base := range tags[1117] {
		var folder int
		if _, err := fmt.Sscan(tags[1116][i], &folder); err != nil {
			t.Fatal(err)
		}
		p.files = append(p.files, tags[1118][folder]+base)
	}
	return p
}

// rpmHeader reads the header at an offset: the texts and 32-bit numbers of each tag, and the offset where the header
// ends.
func rpmHeader(t *testing.T, data []byte, at int) (tags map[uint32][]string, end int) {
	t.Helper()
	number := func(at int) int { return int(binary.BigEndian.Uint32(data[at:])) }
	if !bytes.HasPrefix(data[at:], []byte{0x8e, 0xad, 0xe8}) {
		t.Fatalf("no header is at %d", at)
	}
	entries, size := number(at+8), number(at+12)
	store := at + 16 + 16*entries
	tags = map[uint32][]string{}
	for i := range entries {
		entry := at + 16 + 16*i
		tag, kind, offset, count := uint32(number(entry)), number(entry+4), store+number(entry+8), number(entry+12)
		for range count {
			switch kind {
			case 4:
				tags[tag] = append(tags[tag], fmt.Sprint(number(offset)))
				offset += 4
			case 6, 8, 9:
				text, _, _ := bytes.Cut(data[offset:], []byte{0})
				tags[tag] = append(tags[tag], string(text))
				offset += len(text) + 1
			}
		}
	}
	return tags, store + size
}

func theAPKs(t *testing.T, dist string) {
	info, files := readAPK(t, filepath.Join(dist, "rabbitctl_1.2.3-rc.1_"+runtime.GOARCH+".apk"))
	for _, path := range expected() {
		if !slices.Contains(files, path) {
			t.Errorf("%s is not in the package: %q", path, files)
		}
	}
	if !strings.Contains(info, "\npkgver = 1.2.3_rc1-r1\n") {
		t.Error(info)
	}
	info, files = readAPK(t, filepath.Join(dist, "rabbitctl-compat_1.2.3-rc.1_noarch.apk"))
	if !slices.Contains(files, "/usr/sbin/rabbitmqctl") {
		t.Errorf("%q", files)
	}
	for _, line := range strings.Split(strings.TrimSpace(info), "\n") {
		if !strings.Contains(line, " = ") {
			t.Errorf("%q is no line that apk reads", line)
		}
	}
	if !strings.Contains(info, "\ndepend = rabbitctl=1.2.3_rc1-r1\ndepend = !rabbitmq-server\n") {
		t.Error(info)
	}
}

// readAPK reads the concatenated archives of a package, and returns the text of .PKGINFO and the paths of its files.
func readAPK(t *testing.T, path string) (info string, files []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	// The first archive has no end marker, so one tar reader reads all archives.
	for r := tar.NewReader(unzipped); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return info, files
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Name != ".PKGINFO" {
			files = append(files, "/"+strings.TrimPrefix(h.Name, "/"))
			continue
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		info = string(text)
	}
}
