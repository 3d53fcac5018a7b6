//go:build acceptance

package acceptance

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// wine runs Windows programs with Wine.
type wine struct{ program, prefix string }

func newWine(t *testing.T) wine {
	t.Helper()
	w := wine{prefix: filepath.Join(t.TempDir(), "prefix")}
	for _, name := range []string{"wine64", "wine", "/usr/lib/wine/wine64"} {
		if found, err := exec.LookPath(name); err == nil {
			w.program = found
			break
		}
	}
	if w.program == "" {
		t.Skip("!!! nothing is proved on Windows: there is no wine (apt-get install --no-install-recommends wine64)")
	}
	w.run(t, nil, "wineboot", "--init").ok(t)
	w.server(t, "-w") // wineboot ends before all that it started has
	w.stayAwake(t)
	system := filepath.Join(w.prefix, "drive_c", "windows", "system32")
	library := filepath.Join(system, "bcryptprimitives.dll")
	if _, err := os.Stat(library); err != nil {
		// Go programs need this library to start, and Wine has it only since 9.0.
		missing := forwarder("bcryptprimitives.dll", "ProcessPrng", "ADVAPI32.SystemFunction036")
		if err := os.WriteFile(library, missing, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w wine) run(t *testing.T, env []string, name string, args ...string) ran {
	t.Helper()
	return run(t, append(w.env(), env...), w.program, append([]string{name}, args...)...)
}

// env lets Wine print its own errors to stderr: if Wine cannot start a program, they are the only output.
func (w wine) env() []string {
	return []string{"WINEPREFIX=" + w.prefix, "WINEDEBUG=fixme-all", "WINEDLLOVERRIDES=mscoree,mshtml="}
}

// server runs wineserver with these options, to wait for its end or to end it.
func (w wine) server(t *testing.T, options ...string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(filepath.Dir(w.program), "wineserver64"), options...)
	cmd.Env = append(os.Environ(), w.env()...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Logf("wineserver64 %q: %v: %s", options, err, out) // there is none to end
	}
}

// stayAwake keeps a program running that waits for its standard input. If no program runs, Wine begins to shut down
// after a moment, and the next program meets services that stop and a server that closes. On a busy machine such a
// start took 4 to 20 seconds instead of 0.3, and in some runs of the whole suite Wine ended with exit code 1 and
// printed nothing.
func (w wine) stayAwake(t *testing.T) {
	t.Helper()
	cmd := exec.Command(w.program, "cmd.exe")
	cmd.Env = append(os.Environ(), w.env()...)
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		w.server(t, "-k") // what still runs in there would write into the folder while it is removed
		_ = cmd.Wait()    // how it ends says nothing of what is tested
	})
}

// forwarder returns a Windows library with one function, which forwards to a function of another library.
func forwarder(library, function, target string) []byte {
	const at, header = 0x1000, 0x200 // where the one section is in memory, and in the file
	var names bytes.Buffer
	place := func(text string) uint32 {
		offset := at + 40 + 10 + uint32(names.Len()) // behind the directory and its three tables
		names.WriteString(text + "\x00")
		return offset
	}
	libraryAt, functionAt, targetAt := place(library), place(function), place(target)
	exports := struct {
		Flags, Time                    uint32
		Major, Minor                   uint16
		Name, Base, Functions, Names   uint32
		Addresses, NameTable, Ordinals uint32
		Address, FunctionName          uint32
		Ordinal                        uint16
	}{
		Name: libraryAt, Base: 1, Functions: 1, Names: 1, Addresses: at + 40, NameTable: at + 44, Ordinals: at + 48,
		Address: targetAt, FunctionName: functionAt,
	}
	var section bytes.Buffer
	write := func(to *bytes.Buffer, values ...any) {
		for _, v := range values {
			_ = binary.Write(to, binary.LittleEndian, v) // this never fails
		}
	}
	write(&section, exports)
	section.Write(names.Bytes())
	size := uint32(section.Len())
	var out bytes.Buffer
	out.WriteString("MZ")
	out.Write(make([]byte, 58))
	write(&out, uint32(0x40))
	out.WriteString("PE\x00\x00")
	// The header says: x86-64, one section, 240 bytes of the next header, and a library.
	write(&out, uint16(0x8664), uint16(1), uint32(0), uint32(0), uint32(0), uint16(240), uint16(0x2022))
	write(&out, uint16(0x20b), uint16(0), uint32(0), uint32(size), uint32(0), uint32(0), uint32(at)) // no code, no entry
	write(&out, uint64(0x180000000), uint32(0x1000), uint32(0x200))
	write(&out, uint16(6), uint16(0), uint16(0), uint16(0), uint16(6), uint16(0))
	write(&out, uint32(0), uint32(2*at), uint32(header), uint32(0), uint16(3), uint16(0x100))
	write(&out, uint64(1<<20), uint64(1<<12), uint64(1<<20), uint64(1<<12), uint32(0), uint32(16))
	write(&out, uint32(at), size) // the directory of exports, then fifteen empty ones
	out.Write(make([]byte, 15*8))
	out.WriteString(".edata\x00\x00")
	write(&out, size, uint32(at), uint32(0x200), uint32(header), uint32(0), uint32(0), uint32(0), uint32(0x40000040))
	out.Write(make([]byte, header-out.Len()))
	out.Write(section.Bytes())
	out.Write(make([]byte, header+0x200-out.Len()))
	return out.Bytes()
}

// TestWindows runs the Windows program against a broker, and the unit tests of the code that is only for Windows.
func TestWindows(t *testing.T) {
	slow(t)
	w := newWine(t)
	folder := t.TempDir()
	build := func(args ...string) {
		t.Helper()
		cmd := exec.Command("go", args...)
		cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %q: %v\n%s", args, err, out)
		}
	}
	const module = "github.com/rabbitctl/rabbitctl/"
	exe := filepath.Join(folder, "rabbitctl.exe")
	build("build", "-trimpath", "-ldflags", "-s -w", "-o", exe, module+"cmd/rabbitctl")
	for name, tests := range map[string]string{
		"program": ".", "iostreams": ".", "file": "Windows", "config": "DefaultFile",
	} {
		test := filepath.Join(folder, name+".test.exe")
		build("test", "-c", "-trimpath", "-o", test, module+"pkg/"+name)
		if r := w.run(t, nil, test, "-test.v", "-test.run", tests); r.code != 0 || !strings.Contains(r.stdout, "--- PASS") {
			t.Errorf("the tests of %s: exit %d\n%s%s", name, r.code, r.stdout, r.stderr)
		}
	}
	path := strings.TrimSpace(w.run(t, nil, exe, "config", "path").ok(t).stdout)
	if !strings.HasSuffix(path, `\AppData\Roaming\rabbitctl\config.toml`) {
		t.Errorf("the configuration file is %q", path)
	}
	onEach(t, func(t *testing.T, b *broker) { w.uses(t, exe, b) })
}

func (w wine) uses(t *testing.T, exe string, b *broker) {
	vhost := b.vhost(t, "windows")
	b.declare(t, vhost, "orders", nil)
	url := fmt.Sprintf("url=http://127.0.0.1:%d", b.ManagementPort)
	w.run(t, nil, exe, "config", "set", b.Name, url, "username=guest", "password_command=echo guest").ok(t)
	w.run(t, nil, exe, "-c", b.Name, "list_queues", "-p", vhost, "name", "messages").ok(t).says(t, "orders\t0")
	official := []string{"-c", b.Name, "as", "rabbitmqctl", "-q", "list_queues", "-p", vhost, "name", "messages"}
	w.run(t, nil, exe, official...).ok(t).says(t, "orders\t0")
	if r := w.run(t, nil, exe, "-c", b.Name, "list_queues", "-p", vhost, "nme"); r.code != 64 {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
	r := w.run(t, nil, exe, "--url", "http://127.0.0.1:1", "list_queues")
	if r.code != 69 || !strings.Contains(r.stderr, "nothing listens at http://127.0.0.1:1") {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
}
