package cli_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/terminaltest"
)

// echoEnds waits until the terminal no longer echoes what is typed. A program turns the echo off before it asks for a
// secret.
func echoEnds(t *testing.T, terminal *os.File) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if !terminaltest.Echoes(terminal) {
			return
		}
	}
	t.Error("the terminal still echoes")
}

// atTerminal runs the program with a terminal as its three standard streams, types an answer or a secret, and returns
// everything that the terminal showed.
func atTerminal(t *testing.T, s *brokertest.Server, typed, secret string, env []string,
	line ...string) (shown string, code int) {
	t.Helper()
	program, err := exec.LookPath("rabbitctl")
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := terminaltest.Pseudo(t)
	cmd := exec.Command(program, line...)
	// Under `go test -cover` the program writes coverage counters, and prints a warning to stderr if it has no folder for
	// them.
	cmd.Env = append([]string{"GOCOVERDIR=" + t.TempDir(), brokertest.NoHome, "TERM=xterm-256color", "RABBITCTL_URL=" +
		s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}, env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, theirs, theirs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	if secret != "" {
		echoEnds(t, ours)
	}
	if _, err := io.WriteString(ours, typed+secret); err != nil {
		t.Fatal(err)
	}
	// Reading ends with EIO when the program, which alone holds the other end of the terminal, has ended.
	var b bytes.Buffer
	if _, err := io.Copy(&b, ours); err != nil && !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	var ended *exec.ExitError
	if err := cmd.Wait(); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(b.String(), "\r\n", "\n"), code
}

func TestTerminal_colour(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		env  []string
		line []string
		want string
	}{
		{"red", nil, []string{"check_alarms"},
			"\x1b[1;31mCRITICAL\x1b[0m  disk alarm on rabbit@a; publishers are stopped on all nodes\n"},
		{"NO_COLOR", []string{"NO_COLOR=1"}, []string{"check_alarms"},
			"CRITICAL  disk alarm on rabbit@a; publishers are stopped on all nodes\n"},
		{"the flag", nil, []string{"check_alarms", "--no-color"},
			"CRITICAL  disk alarm on rabbit@a; publishers are stopped on all nodes\n"},
		{"a dumb terminal", []string{"TERM=dumb"}, []string{"check_alarms"},
			"CRITICAL  disk alarm on rabbit@a; publishers are stopped on all nodes\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/health/checks/alarms", 503,
				`{"status":"failed","reason":"r","alarms":[{"node":"rabbit@a","resource":"disk space"}]}`)
			s.JSON("GET /api/nodes?columns=name%2Crunning%2Cpartitions", 200, `[{"name":"rabbit@a"}]`)
			got, code := atTerminal(t, s, "", "", tt.env, tt.line...)
			// On a slow machine the program shows what it waits for, and clears that line again.
			got = regexp.MustCompile(`\r\x1b\[K(asking [^\r]*)?`).ReplaceAllString(got, "")
			if code != 2 || !strings.HasPrefix(got, tt.want) || strings.Contains(tt.want, "\x1b") != strings.Contains(got,
				"\x1b") {
				t.Errorf("exit %d, shown %q", code, got)
			}
		})
	}
}

func TestTerminal_aQuestionIsAsked(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]int{"n\n": 130, "y\n": 0} {
		t.Run(strings.TrimSpace(answer), func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			looks := 1
			if want == 0 {
				looks = 2
			}
			for range looks {
				s.JSON("GET /api/queues/%2F/orders", 200, `{"name":"orders","vhost":"/","type":"classic","consumers":0}`)
				s.JSON("GET /api/queues/%2F/orders?disable_stats=true&enable_queue_totals=true", 200,
					`{"messages_ready":1200,"messages_unacknowledged":0}`)
				s.JSON("GET /api/queues/%2F/orders/bindings", 200, `[]`)
			}
			if want == 0 {
				s.Empty("DELETE /api/queues/%2F/orders?", 204)
				s.JSON("GET /api/queues/%2F/orders", 404, brokertest.Recorded(t, "4.3", "404-queue"))
			}
			got, code := atTerminal(t, s, answer, "", nil, "delete_queue", "orders")
			if code != want || !strings.Contains(got, "about to delete queue orders in virtual host / on "+s.URL+"\n") ||
				!strings.Contains(got, "go on? [y/N] ") {
				t.Errorf("exit %d, want %d; shown %q", code, want, got)
			}
			if end := map[int]string{130: "nothing was changed\n", 0: "deleted\n"}[want]; !strings.HasSuffix(got, end) {
				t.Errorf("shown %q, want %q at its end", got, end)
			}
		})
	}
}

// TestTerminal_passwordIsNotEchoed: a typed password does not appear on the terminal, and reaches the broker.
func TestTerminal_passwordIsNotEchoed(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.Handle("GET /api/vhosts?columns=name", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "u" || password != "hush" {
			t.Errorf("asked as %s with %q", user, password)
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `[{"name":"/"}]`)
	})
	got, code := atTerminal(t, s, "", "hush\n", []string{"RABBITCTL_PASSWORD="}, "list_vhosts", "-o", "json")
	want := "Password for u at " + strings.TrimPrefix(s.URL, "http://") + ": \n[\n{\"name\":\"/\"}\n]\n"
	if diff := cmp.Diff(want, got); diff != "" || code != 0 {
		t.Errorf("exit %d\n%s", code, diff)
	}
}

// A password command may ask a person for the password. It gets the terminal for that time, and the program gets it
// back afterwards.
func TestTerminal_passwordCommandAsksAPerson(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		typed, want string
		code        int
	}{
		"answered":    {"hush\n", "PIN: \n[\n{\"name\":\"/\"}\n]\n", 0},
		"interrupted": {"\x03", "PIN: rabbitctl list_vhosts: interrupted\n", 130},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			if tt.code == 0 {
				s.Handle("GET /api/vhosts?columns=name", func(w http.ResponseWriter, r *http.Request) {
					if _, password, _ := r.BasicAuth(); password != "hush" {
						t.Errorf("asked with %q", password)
					}
					w.Header().Set("Content-Type", "application/json")
					io.WriteString(w, `[{"name":"/"}]`)
				})
			}
			ask := `exec 3<>/dev/tty; printf "PIN: " >&3; trap "stty echo <&3" EXIT; stty -echo <&3; read -r pin <&3; echo >&3; echo "$pin"`
			env := []string{"RABBITCTL_PASSWORD=", "RABBITCTL_PASSWORD_COMMAND=" + ask, "PATH=" + os.Getenv("PATH")}
			got, code := atTerminal(t, s, "", tt.typed, env, "list_vhosts", "-o", "json")
			// The terminal may show ^C at the end.
			if got = strings.ReplaceAll(got, "^C", ""); got != tt.want || code != tt.code {
				t.Errorf("exit %d, want %d; shown %q", code, tt.code, got)
			}
		})
	}
}
