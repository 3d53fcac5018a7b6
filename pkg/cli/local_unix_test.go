//go:build unix

package cli_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// waiting is a test case: a command line that waits for something on this machine that never comes.
type waiting struct {
	name string
	line string // FIFO is a named pipe that nobody has opened
	env  []string
	// in is what the test types into standard input, which stays open.
	in string
	// home is the name that FIFO gets in the home folder; "" means that its name does not matter.
	home string
	// code is the exit code when the time is over.
	code int
	// asked prepares answers to the requests that the command sends before it waits; nil means that it sends none.
	asked func(s *brokertest.Server)
	// requests is the number of those requests.
	requests int
}

func waitings() []waiting {
	alarms := func(s *brokertest.Server) {
		s.JSON("GET /api/health/checks/alarms", 200, `{"status":"ok"}`)
		s.JSON("GET /api/nodes?columns=name%2Crunning%2Cpartitions", 200, brokertest.AllWell)
	}
	speaker := func(s *brokertest.Server) {
		s.JSON("GET /api/overview?disable_stats=true", 200,
			`{"node":"rabbit@a","rabbitmq_version":"4.3.0","cluster_name":"rabbit@a"}`)
	}
	purge := func(s *brokertest.Server) {
		s.JSON("GET /api/queues/%2F/orders", 200, `{"name":"orders","vhost":"/","type":"classic","consumers":0}`)
		s.JSON("GET /api/queues/%2F/orders?disable_stats=true&enable_queue_totals=true", 200,
			`{"messages_ready":1,"messages_unacknowledged":0}`)
		s.JSON("GET /api/queues/%2F/orders/bindings", 200, `[]`)
	}
	declared := func(s *brokertest.Server) {
		s.JSON("GET /api/definitions", 200, `{"rabbit_version":"3.10.8","vhosts":[{"name":"/"}],"queues":[],"exchanges":[],"bindings":[]}`)
		s.JSON("GET /api/vhosts?columns=name%2Cmetadata", 200, `[{"name":"/"}]`)
	}
	const password = "RABBITCTL_PASSWORD="
	return []waiting{
		{name: "config", line: "list_vhosts --config FIFO", code: 75},
		{name: "config of rabbitmqadmin", line: "list_vhosts -c lab", home: ".rabbitmqadmin.conf", code: 75},
		{name: "config of a check", line: "check_alarms --config FIFO", code: 3},
		{name: "config list", line: "config list --config FIFO", code: 75},
		{name: "password file", line: "list_vhosts --password-file FIFO", env: []string{password}, code: 75},
		{name: "password on standard input", line: "list_vhosts --password-stdin", in: "hu", env: []string{password},
			code: 75},
		{name: "password to keep", line: "config set x --password-stdin", code: 75},
		{name: "password command", line: "list_vhosts --password-command sleep${IFS}60", env: []string{password}, code: 75},
		{name: "authorities", line: "list_vhosts --url https://127.0.0.1:1 --cacert FIFO", code: 75},
		{name: "certificate", line: "list_vhosts --url https://127.0.0.1:1 --cert FIFO", code: 75},
		{name: "signing key", line: "add_signing_key k --json-file FIFO", code: 75},
		{name: "signing key in PEM", line: "add_signing_key k --pem-file FIFO", code: 75},
		{name: "code", line: "eval_file FIFO", code: 75},
		{name: "limits", line: "check_queues --limits FIFO", code: 3},
		{name: "state", line: "check_queues --max-growth 1 --state FIFO", code: 3},
		{name: "bundle", line: "check --file FIFO", code: 3},
		{name: "value", line: "set_parameter shovel x --value-file FIFO", code: 75},
		{name: "names", line: "delete_queue --yes --from-file FIFO", code: 75},
		{name: "names on standard input", line: "delete_queue --yes --from-file -", in: "a", code: 75},
		{name: "value on standard input", line: "set_parameter shovel x --value-file -", in: "{", code: 75},
		{name: "definitions", line: "check_definitions FIFO", code: 3},
		{name: "definitions on standard input", line: "check_definitions -", in: "{", code: 3},
		{name: "definitions to import", line: "import_definitions FIFO", code: 75},
		{name: "definitions to write", line: "export_definitions FIFO", code: 75, asked: declared, requests: 2},
		{name: "messages", line: "import_messages FIFO --queue q", code: 75},
		{name: "body", line: "publish_message --queue q --body-file FIFO", code: 75},
		{name: "body on standard input", line: "publish_message --queue q --body-file -", in: "a", code: 75},
		{name: "output", line: "check_alarms --output FIFO", code: 75, asked: alarms, requests: 2},
		{name: "journal", line: "delete_queue orders --yes --journal FIFO", code: 75, asked: purge, requests: 3},
		{name: "as rabbitmqctl, password", line: "as rabbitmqctl -t 2 change_password u", code: 75, asked: speaker,
			requests: 1},
		{name: "as rabbitmqctl, definitions", line: "as rabbitmqctl import_definitions -t 2", in: "{", code: 75,
			asked: speaker, requests: 1},
		{name: "as rabbitmqctl, definitions in a file", line: "as rabbitmqctl import_definitions FIFO -t 2", code: 75,
			asked: speaker, requests: 1},
		{name: "as rabbitmqctl, config", line: "--config FIFO as rabbitmqctl -t 2 list_vhosts", code: 75},
	}
}

// heeding makes the programs that the test starts react to signals as at a terminal, even if the test itself was
// started with these signals ignored: in the background of a script, or under nohup.
func heeding() {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGHUP} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
}

// start starts the program with a standard input that stays open, and waits until the program has sent its requests,
// for 20 seconds at most.
func (w waiting) start(t *testing.T, timeout string) (cmd *exec.Cmd, errOut *bytes.Buffer) {
	t.Helper()
	s := brokertest.New(t)
	if w.asked != nil {
		w.asked(s)
	}
	home := t.TempDir()
	fifo := filepath.Join(home, "pipe")
	if w.home != "" {
		fifo = filepath.Join(home, w.home)
	}
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("rabbitctl")
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(strings.ReplaceAll(w.line, "FIFO", fifo))
	cmd = exec.Command(program, words...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "GOCOVERDIR=" + t.TempDir(), "HOME=" + home,
		"RABBITCTL_TIMEOUT=" + timeout,
		"RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}, w.env...)
	if w.home != "" {
		cmd.Env = append(cmd.Env, "RABBITCTL_URL=")
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	errOut = &bytes.Buffer{}
	cmd.Stderr = errOut
	heeding()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, w.in); err != nil {
		t.Error(err)
	}
	for end := time.Now().Add(20 * time.Second); len(s.Requests()) < w.requests && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	return cmd, errOut
}

// ends waits until the program ends, and kills it after 30 seconds. If a signal ended the program, code is -1 and by is
// that signal.
func ends(t *testing.T, cmd *exec.Cmd) (code int, by os.Signal) {
	t.Helper()
	stop := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
	defer stop.Stop()
	_ = cmd.Wait()
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return -1, status.Signal()
	}
	return status.ExitStatus(), nil
}

// TestLocal_timeout: whatever a command waits for on this machine, the wait ends with the time limit, and the error
// says what did not come.
func TestLocal_timeout(t *testing.T) {
	t.Parallel()
	for _, w := range waitings() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			timeout := "300ms"
			if w.asked != nil {
				timeout = "2s" // a busy machine needs this time for the requests
			}
			cmd, errOut := w.start(t, timeout)
			code, by := ends(t, cmd)
			if code != w.code || by != nil {
				t.Errorf("exit %d, want %d; signal %v; stderr:\n%s", code, w.code, by, errOut)
			}
			if strings.Contains(errOut.String(), "context") || code == 75 && !strings.Contains(errOut.String(), "next: ") &&
				!strings.Contains(w.line, "as rabbitmqctl") {
				t.Errorf("stderr:\n%s", errOut)
			}
		})
	}
}

// TestLocal_interrupt: Ctrl-C ends the wait, too. The test cannot see when the program begins to wait: if the signal
// killed the program, it had not begun, and the test tries again with more time.
func TestLocal_interrupt(t *testing.T) {
	t.Parallel()
	for _, w := range waitings() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			w.line = strings.Replace(w.line, "-t 2", "", 1)
			for wait := 200 * time.Millisecond; ; wait *= 3 {
				cmd, errOut := w.start(t, "infinity")
				time.Sleep(wait)
				if err := cmd.Process.Signal(os.Interrupt); err != nil {
					t.Fatal(err)
				}
				code, by := ends(t, cmd)
				if by == os.Interrupt && wait < 5*time.Second {
					continue
				}
				if code != 130 || by != nil {
					t.Errorf("exit %d, signal %v; stderr:\n%s", code, by, errOut)
				}
				return
			}
		})
	}
}

// TestLocal_otherSignals: SIGHUP and SIGTERM end the program with exit code 130, as Ctrl-C does. If the program was
// started with a signal ignored, that signal does not end it; the time limit does.
func TestLocal_otherSignals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, trap string
		signal     syscall.Signal
		code       int
	}{
		{"hang-up", "", syscall.SIGHUP, 130},
		{"SIGTERM", "", syscall.SIGTERM, 130},
		{"hang-up under nohup", "trap '' HUP; ", syscall.SIGHUP, 75},
		{"interrupt in the background of a script", "trap '' INT; ", syscall.SIGINT, 75},
		{"SIGTERM in the background of a script", "trap '' INT; ", syscall.SIGTERM, 130},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			program, err := exec.LookPath("rabbitctl")
			if err != nil {
				t.Fatal(err)
			}
			// The password command is what waits. It first creates a file to show that it has begun.
			home := t.TempDir()
			begun := filepath.Join(home, "begun")
			limit := "3s"
			if tt.code == 130 {
				limit = "60s" // on a busy machine the signal can come later than after 3 s
			}
			cmd := exec.Command("sh", "-c", tt.trap+"exec "+program+" list_vhosts --timeout "+limit+
				" --password-command 'touch "+begun+"; sleep 60'")
			cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GOCOVERDIR=" + t.TempDir(), "HOME=" + home,
				"RABBITCTL_URL=http://127.0.0.1:1"}
			heeding()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
				if _, err := os.Stat(begun); err == nil {
					break
				}
			}
			for range 2 { // a second signal kills a program that reacts to the first
				_ = cmd.Process.Signal(tt.signal)
				if tt.code == 130 {
					break
				}
				time.Sleep(100 * time.Millisecond)
			}
			if code, by := ends(t, cmd); code != tt.code || by != nil {
				t.Errorf("exit %d, signal %v, want %d", code, by, tt.code)
			}
		})
	}
}

// TestLocal_secondInterrupt: a reader of the output may be slow, so no time limit holds for writing to it. The second
// Ctrl-C ends the program.
func TestLocal_secondInterrupt(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/vhosts?columns=name", 200, `[{"name":"`+strings.Repeat("x", 1<<20)+`"}]`)
	program, err := exec.LookPath("rabbitctl")
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(program, "list_vhosts", "--timeout", "20s")
	cmd.Env = []string{"GOCOVERDIR=" + t.TempDir(), brokertest.NoHome, "RABBITCTL_URL=" + s.URL,
		"RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}
	cmd.Stdout = w
	heeding()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := io.ReadFull(r, make([]byte, 10)); err != nil { // it is writing now
		t.Fatal(err)
	}
	for range 2 {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond) // the system may merge two signals that come at once
	}
	if code, by := ends(t, cmd); by != os.Interrupt {
		t.Errorf("exit %d, signal %v", code, by)
	}
}

// TestLocal_endless: an endless input is read up to a limit, which the message names. A configuration file that is to
// be written is not read at all if it is not a regular file.
func TestLocal_endless(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"list_vhosts --config /dev/zero":                           "configuration file: /dev/zero is larger than 1 MiB, the limit for this file",
		"config set x host=y --config /dev/zero":                   "/dev/zero: not a regular file",
		"list_vhosts --password-file /dev/zero":                    "the first line is too long for a password: more than 64 KiB",
		"list_vhosts --password-command yes":                       "the command failed: it printed more than 64 KiB",
		"list_vhosts --url https://127.0.0.1:1 --cacert /dev/zero": "the file of certificate authorities cannot be read: /dev/zero is larger than 16 MiB",
		"list_vhosts --url https://127.0.0.1:1 --cert /dev/zero":   "the client certificate cannot be used: /dev/zero is larger than 16 MiB",
		"check_queues --limits /dev/zero":                          "/dev/zero is larger than 64 MiB",
		"check_queues --max-growth 1 --state /dev/zero":            "/dev/zero is larger than 64 MiB",
		"check --file /dev/zero":                                   "/dev/zero is larger than 64 MiB",
		"check_definitions /dev/zero":                              "more than 32 MB",
		"import_definitions /dev/zero":                             "more than 32 MB",
		"as rabbitmqctl import_definitions /dev/zero":              "/dev/zero is larger than 256 MiB",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			if strings.HasPrefix(line, "as ") {
				s.JSON("GET /api/overview?disable_stats=true", 200,
					`{"node":"rabbit@a","rabbitmq_version":"4.3.0","cluster_name":"rabbit@a"}`)
			}
			env := []string{"RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=u"}
			if !strings.Contains(line, "--password") {
				env = append(env, "RABBITCTL_PASSWORD=p")
			}
			got := run(t, t.Context(), env, strings.Fields(line)...)
			if got.code == 0 || !strings.Contains(got.out+got.err, want) {
				t.Errorf("exit %d, want %q; stdout:\n%s\nstderr:\n%s", got.code, want, got.out, got.err)
			}
		})
	}
}

// TestLocal_completion: completion waits two seconds at most, for a file as for a broker, and prints no error onto the
// prompt.
func TestLocal_completion(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"__complete config use X", "__complete list_queues -p X",
		"__complete list_queues --context X"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			w := waiting{line: line, home: ".rabbitmqadmin.conf"}
			cmd, errOut := w.start(t, "infinity")
			if code, by := ends(t, cmd); code != 0 || by != nil || strings.Contains(errOut.String(), "rabbitmqadmin") {
				t.Errorf("exit %d, signal %v; stderr:\n%s", code, by, errOut)
			}
		})
	}
}
