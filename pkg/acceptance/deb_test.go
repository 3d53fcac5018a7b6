//go:build acceptance

package acceptance

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// debian is a small Debian installation. debootstrap makes it from the archive that this machine's apt uses.
type debian struct{ root string }

func newDebian(t *testing.T) debian {
	t.Helper()
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		t.Skip("!!! the package is not installed anywhere: this needs root on Debian or its like")
	}
	if _, err := exec.LookPath("debootstrap"); err != nil {
		run(t, nil, "apt-get", "-qq", "install", "-y", "--no-install-recommends", "debootstrap").ok(t)
	}
	list := []string{"indextargets", "--format", "$(SITE) $(CODENAME)", "Created-By: Packages"}
	archives := run(t, nil, "apt-get", list...).ok(t).lines()
	own := slices.IndexFunc(archives, func(line string) bool { // the release itself, neither updates nor security
		_, suite, ok := strings.Cut(line, " ")
		return ok && !strings.ContainsAny(suite, "-/")
	})
	if own < 0 {
		t.Fatalf("apt knows no archive of a suite: %q", archives)
	}
	site, suite, _ := strings.Cut(archives[own], " ")
	d := debian{filepath.Join(t.TempDir(), "root")}
	// debootstrap mounts file systems. In a mount namespace of its own, they are gone when it ends.
	out, err := exec.CommandContext(t.Context(), "unshare", "--mount",
		"debootstrap", "--variant=minbase", suite, d.root, site).CombinedOutput()
	if err != nil {
		t.Fatalf("debootstrap %s: %v\n%s", suite, err, out[max(0, len(out)-1000):])
	}
	return d
}

// run runs a program inside that installation, without this process's environment.
func (d debian) run(t *testing.T, env []string, name string, args ...string) ran {
	t.Helper()
	words := []string{d.root, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}
	words = slices.Concat(words, env, []string{name}, args)
	return run(t, nil, "chroot", words...)
}

// files returns all paths of the installation, except /var/lib/dpkg, /var/log, /proc, /sys, /tmp and all below them.
func (d debian) files(t *testing.T) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(d.root, func(path string, e fs.DirEntry, err error) error {
		name := strings.TrimPrefix(path, d.root)
		if err == nil && e.IsDir() && slices.Contains([]string{"/var/lib/dpkg", "/var/log", "/proc", "/sys", "/tmp"}, name) {
			return fs.SkipDir
		}
		all = append(all, name)
		return err
	})
	if err != nil || len(all) < 1000 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return all
}

// TestDeb installs the packages on a new Debian, uses them, tries them beside rabbitmq-server, and removes them.
func TestDeb(t *testing.T) {
	slow(t)
	d := newDebian(t)
	before := d.files(t)
	tmp := filepath.Join(d.root, "tmp")
	dist := filepath.Join(t.TempDir(), "dist")
	build := exec.Command("go", "run", "./cmd/dist", "-only", "linux/"+runtime.GOARCH, "-version", "1.2.3-rc.1",
		"-out", dist)
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("dist: %v\n%s", err, out)
	}
	own, compat := "rabbitctl_1.2.3-rc.1_"+runtime.GOARCH+".deb", "rabbitctl-compat_1.2.3-rc.1_all.deb"
	for _, name := range []string{own, compat} {
		data, err := os.ReadFile(filepath.Join(dist, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tmp, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d.run(t, nil, "dpkg", "--install", "/tmp/"+compat).exits(t, 1) // without the program that it links to
	d.run(t, nil, "dpkg", "--purge", "rabbitctl-compat")
	d.run(t, nil, "dpkg", "--install", "/tmp/"+own, "/tmp/"+compat).ok(t)
	if r := d.run(t, nil, "dpkg", "--verify", "rabbitctl").ok(t); r.stdout != "" {
		t.Errorf("files differ from the package's list: %s", r.stdout)
	}
	if got := d.run(t, nil, "rabbitctl", "--version").ok(t).stdout; got != "1.2.3-rc.1\n" {
		t.Errorf("version %q", got)
	}
	t.Run("used", func(t *testing.T) { onEach(t, d.uses) })
	d.besideTheServer(t, compat)
	d.run(t, nil, "dpkg", "--purge", "rabbitctl").ok(t)
	if diff := cmp.Diff(before, d.files(t)); diff != "" {
		t.Errorf("the packages left something behind, or took something with them: %s", diff)
	}
}

// uses runs the installed program by its own name and by the names of official tools.
func (d debian) uses(t *testing.T, b *broker) {
	vhost := b.vhost(t, "deb")
	b.declare(t, vhost, "orders", nil)
	env := []string{"RABBITCTL_URL=" + b.URL}
	d.run(t, env, "rabbitctl", "list_queues", "-p", vhost, "name", "messages").ok(t).says(t, "orders\t0")
	d.run(t, env, "rabbitctl", "declare_queue", "-p", vhost, "orders").ok(t)
	words := []string{"-q", "list_queues", "-p", vhost, "name", "messages"}
	theirs := b.ctl(t, append([]string{"rabbitmqctl"}, words...)...).ok(t).stdout
	if ours := d.run(t, env, "rabbitmqctl", words...).ok(t).stdout; ours != theirs {
		t.Errorf("rabbitmqctl prints %q, and the package's %q", theirs, ours)
	}
	d.run(t, env, "rabbitmq-diagnostics", "check_running").ok(t)
}

// besideTheServer checks that dpkg refuses to install rabbitmq-server and rabbitctl-compat together.
func (d debian) besideTheServer(t *testing.T, compat string) {
	t.Helper()
	folder := t.TempDir()
	get := exec.Command("apt-get", "-qq", "download", "rabbitmq-server")
	get.Dir = folder
	if out, err := get.CombinedOutput(); err != nil {
		t.Fatalf("apt-get download: %v\n%s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(folder, "rabbitmq-server_*.deb"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%q, %v", found, err)
	}
	const server = "/tmp/server.deb"
	if err := os.Rename(found[0], filepath.Join(d.root, server)); err != nil {
		t.Fatal(err)
	}
	refused := func(r ran) {
		t.Helper()
		if r.code == 0 || !strings.Contains(r.stderr, "rabbitctl-compat conflicts with rabbitmq-server") {
			t.Errorf("exit %d: %s", r.code, r.stderr)
		}
	}
	// dpkg unpacks the server without its dependency Erlang: the test needs only the files.
	refused(d.run(t, nil, "dpkg", "--unpack", "--force-depends", server))
	if r := d.run(t, nil, "dpkg", "--purge", "rabbitctl"); r.code == 0 {
		t.Error("rabbitctl was removed while the links to it are there")
	}
	d.run(t, nil, "dpkg", "--purge", "rabbitctl-compat").ok(t)
	d.run(t, nil, "dpkg", "--unpack", "--force-depends", server).ok(t)
	d.run(t, nil, "dpkg", "--listfiles", "rabbitmq-server").ok(t).says(t, "/usr/sbin/rabbitmqctl")
	refused(d.run(t, nil, "dpkg", "--install", "/tmp/"+compat))
	d.run(t, nil, "dpkg", "--purge", "--force-depends", "rabbitmq-server").ok(t)
}
