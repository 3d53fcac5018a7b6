package config

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

func TestMissingCredentials(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		args []string
		want string
		hint string
	}{
		{"no user", nil, []string{"--host", "mq"}, "no user name for http://mq:15672", "RABBITCTL_USERNAME"},
		{"no password", nil, []string{"--host", "mq", "-u", "ops"}, "no password for user ops at http://mq:15672",
			"--password-stdin"},
		{"context for another host", nil, []string{"-c", "prod", "--host", "mq"},
			"no user name for http://mq:15672: the credentials of context prod are for https://prod:15671/mq and are not sent to mq", "--username"},
		{"context with TLS", nil, []string{"-c", "prod", "-u", "ops", "--url", "http://prod"},
			"no password for user ops at http://prod: the credentials of context prod are for https://prod:15671/mq and are not sent without TLS", "RABBITCTL_PASSWORD"},
		{"URL for another host", map[string]string{"RABBITCTL_URL": "http://u:hunter2@a"}, []string{"--host", "b", "-c",
			"here"},
			"the credentials of context here are for http://127.0.0.1:15672 and are not sent to b; the credentials in RABBITCTL_URL are for http://a and are not sent to b", ""},
		{"password of another user", nil, []string{"-c", "prod", "-u", "me"},
			"no password for user me at https://prod:15671/mq: the password of context prod in ", "RABBITCTL_PASSWORD"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.config(t, strings.ReplaceAll(twoContexts, "default_context", "#"))
			w.args = tt.args
			for name, text := range tt.env {
				w.env[name] = text
			}
			s := w.mustResolve(t)
			if s.HasPassword() {
				t.Error("has a password")
			}
			_, _, err := s.Credentials(context.Background())
			if fail.KindOf(err) != fail.Config || !strings.Contains(fmt.Sprint(err), tt.want) ||
				!strings.Contains(steps.Of(err), tt.hint) {
				t.Errorf("%s: %v\nhint: %s\nwant …%s…", fail.KindOf(err), err, steps.Of(err), tt.want)
			}
			if strings.Contains(fmt.Sprint(err), "hunter2") {
				t.Error("the error shows a secret")
			}
		})
	}
}

func TestPrompt(t *testing.T) {
	w := newWorld(t)
	w.args = []string{"--host", "mq"}
	w.ask = map[string]string{"User at mq:15672: ": " ops ", "Password for ops at mq:15672: ": "secret"}
	s := w.mustResolve(t)
	for range 2 {
		user, password, err := s.Credentials(context.Background())
		if err != nil || user != "ops" || password.Reveal() != "secret" {
			t.Fatalf("got %q, %q, %v", user, password.Reveal(), err)
		}
		w.ask = map[string]string{} // the second time nobody is asked
	}

	w.ask = map[string]string{"User at mq:15672: ": "ops"}
	_, _, err := w.mustResolve(t).Credentials(context.Background())
	if fail.KindOf(err) != fail.Canceled {
		t.Errorf("a prompt that fails: %v", err)
	}
	w.ask = map[string]string{"User at mq:15672: ": ""}
	_, _, err = w.mustResolve(t).Credentials(context.Background())
	if fail.KindOf(err) != fail.Config {
		t.Errorf("no answer: %v", err)
	}
}

func TestPasswordSources(t *testing.T) {
	w := newWorld(t)
	w.args = []string{"-u", "ops"}
	file := w.file(t, "pw", "from file\r\nsecond line\n")
	check := func(want, origin string) {
		t.Helper()
		in := w.input(t)
		in.Stdin = strings.NewReader("from stdin\nrest")
		s, err := Resolve(in)
		if err != nil {
			t.Fatal(err)
		}
		_, password, err := s.Credentials(context.Background())
		if err != nil || password.Reveal() != want || s.Origin("password") != origin || !s.HasPassword() {
			t.Errorf("%q from %q, %v; want %q from %q", password.Reveal(), s.Origin("password"), err, want, origin)
		}
		if rest, _ := io.ReadAll(in.Stdin); strings.Contains(want, "stdin") && string(rest) != "rest" {
			t.Errorf("standard input after it is %q", rest)
		}
	}
	w.env["RABBITCTL_PASSWORD"] = "from variable"
	check("from variable", "RABBITCTL_PASSWORD")
	w.env = map[string]string{"RABBITCTL_PASSWORD_FILE": file}
	check("from file", "RABBITCTL_PASSWORD_FILE")
	w.env = map[string]string{"RABBITCTL_PASSWORD_COMMAND": "echo from command; echo more"}
	check("from command", "RABBITCTL_PASSWORD_COMMAND")
	w.args = append(w.args, "--password-stdin")
	check("from stdin", "flag --password-stdin")
	w.args = []string{"-u", "ops", "--password-stdin=false"}
	check("from command", "RABBITCTL_PASSWORD_COMMAND")
	w.args = []string{"-u", "ops", "--password-file", "~/pw"}
	check("from file", "flag --password-file")
}

func TestPasswordFailures(t *testing.T) {
	w := newWorld(t)
	open := w.file(t, "open", "hunter2\n")
	if err := os.Chmod(open, 0o640); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		want string
		hint string
	}{
		{"file missing", []string{"--password-file", "/nonexistent"}, "--password-file: open /nonexistent: no such file", ""},
		{"file for all", []string{"--password-file", open}, "holds a password and its mode 0640 lets other users read it",
			"chmod 600 " + open},
		{"file empty", []string{"--password-file", w.file(t, "empty", "\nx")}, "the first line is empty", ""},
		{"file endless", []string{"--password-file", "/dev/zero"}, "too long for a password", ""},
		{"folder", []string{"--password-file", w.home}, "is a directory", ""},
		{"command fails", []string{"--password-command", "echo hunter2; exit 3"},
			"--password-command: the command failed: exit status 3", ""},
		{"command silent", []string{"--password-command", "true"}, "the command's output: the first line is empty", ""},
		{"no standard input", []string{"--password-stdin"}, "--password-stdin: there is no standard input", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.args = append([]string{"-u", "ops"}, tt.args...)
			s, err := w.resolve(t)
			if err == nil {
				_, _, err = s.Credentials(context.Background())
			}
			if fail.KindOf(err) != fail.Config || !strings.Contains(fmt.Sprint(err), tt.want) ||
				!strings.Contains(steps.Of(err), tt.hint) {
				t.Errorf("%s: %v\nhint: %s\nwant …%s…", fail.KindOf(err), err, steps.Of(err), tt.want)
			}
			if strings.Contains(fmt.Sprint(err), "hunter2") {
				t.Error("the error shows a secret")
			}
		})
	}
}

// TestPasswordCommandEnds: when ctx ends, rabbitctl no longer waits for the password command, even if a child of that
// command keeps running.
func TestPasswordCommandEnds(t *testing.T) {
	w := newWorld(t)
	w.args = []string{"-u", "ops", "--password-command", "sleep 20 & sleep 20"}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, _, err := w.mustResolve(t).Credentials(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestSecretsStayHidden(t *testing.T) {
	w := newWorld(t)
	w.env["RABBITCTL_URL"] = "https://ops:hunter2@mq"
	s := w.mustResolve(t)
	_, secret, err := s.Credentials(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", secret, "any", slog.AnyValue(secret))
	encoded, err := json.Marshal(map[string]any{"a": secret, "b": struct{ S Secret }{secret}, "c": s.Values()})
	if err != nil {
		t.Fatal(err)
	}
	wrapped := struct{ inner Secret }{secret}
	for _, text := range []string{
		fmt.Sprint(secret), fmt.Sprintf("%v %+v %#v %s %q %x", secret, secret, secret, secret, secret, secret),
		fmt.Sprintf("%v %+v %#v", wrapped, wrapped, wrapped), fmt.Sprintf("%+v %#v", s, s),
		log.String(), string(encoded), fmt.Sprint(s.Values()),
	} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "68756e74657232") {
			t.Errorf("shows the secret: %s", text)
		}
	}
	if !secret.IsSet() || (Secret{}).IsSet() || (Secret{}).Reveal() != "" || (Secret{}).String() != "" {
		t.Error("the zero Secret is not empty")
	}
	if s.Origin("password") != "RABBITCTL_URL" || s.Origin("username") != "RABBITCTL_URL" {
		t.Errorf("origins %q, %q", s.Origin("password"), s.Origin("username"))
	}
}
