//go:build unix

package config

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

func TestPermissions(t *testing.T) {
	const (
		plain    = "[contexts.a]\nurl = \"http://u@mq\"\n"
		password = "[contexts.a]\n[contexts.b]\npassword = \"hunter2\"\n"
		inURL    = "[contexts.a]\nurl = \"http://u:hunter2@mq\"\n"
		badURL   = "[contexts.a]\nurl = \"http://u:hunter2@mq:x\"\n"
		command  = "[contexts.a]\npassword_command = \"pass mq\"\n"
	)
	tests := []struct {
		name  string
		admin bool
		text  string
		mode  os.FileMode
		want  string // empty when accepted
	}{
		{"no secret", false, plain, 0o644, ""},
		{"no secret, all may write", false, plain, 0o666, ""},
		{"password, ours alone", false, password, 0o600, ""},
		{"password, read-only", false, password, 0o400, ""},
		{"password, group reads", false, password, 0o640, "holds a password and its mode 0640 lets other users read it"},
		{"password, all read", false, password, 0o644, "mode 0644"},
		{"password, others read", false, password, 0o604, "mode 0604"},
		{"password, group may write", false, password, 0o620, "mode 0620"},
		{"password in URL", false, inURL, 0o644, "mode 0644"},
		{"password in a URL that is none", false, badURL, 0o644, "mode 0644"},
		{"command, all read", false, command, 0o644, ""},
		{"command, group may write", false, command, 0o660,
			"holds a command to run and its mode 0660 lets other users change it"},
		{"rabbitmqadmin's, ours alone", true, "[default]\npassword = \"hunter2\"\n", 0o600, ""},
		{"rabbitmqadmin's, all read", true, "[default]\n[b]\npassword = \"hunter2\"\n", 0o644, "mode 0644"},
		{"rabbitmqadmin's INI, all read", true, "[default]\npassword = hunter2\n", 0o644, "mode 0644"},
		{"rabbitmqadmin's URL, all read", true, "[default]\nbase_uri = \"http://u:hunter2@mq\"\n", 0o644, "mode 0644"},
		{"rabbitmqadmin's without secret", true, "[default]\nhostname = mq\n", 0o644, ""},
		{"rabbitmqadmin's, not used", true, "[other]\npassword = hunter2\n", 0o644, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			name := ".config/rabbitctl/config.toml"
			if tt.admin {
				name = ".rabbitmqadmin.conf"
			}
			path := w.file(t, name, tt.text)
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			_, err := w.resolve(t)
			if tt.want == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if fail.KindOf(err) != fail.Config || !strings.Contains(fmt.Sprint(err), tt.want) ||
				steps.Of(err) != "chmod 600 "+path {
				t.Errorf("%s: %v\nhint: %s", fail.KindOf(err), err, steps.Of(err))
			}
		})
	}
}

func TestOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	w := newWorld(t)
	path := w.config(t, "[contexts.a]\npassword_command = \"pass\"\n")
	if err := os.Chown(path, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	_, err := w.resolve(t)
	if fail.KindOf(err) != fail.Config || !strings.Contains(fmt.Sprint(err), "belongs to another user (uid 12345)") {
		t.Errorf("%v", err)
	}
	// When root edits a file of another user, that user still owns it.
	if _, err := SetContext(t.Context(), path, "b", Change{Set: map[string]string{"host": "mq"}}, w.getenv); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if uid, _ := ownerOf(info); uid != 12345 {
		t.Errorf("the file belongs to %d now", uid)
	}
}

// TestContainerMounts: the user cannot change the mode of files that a container engine or the kubelet mounts, so such
// a password file is accepted with any mode.
func TestContainerMounts(t *testing.T) {
	w := newWorld(t)
	real := w.file(t, "vol/..2026_01_31_12_00_00.123456789/password", "secret\n")
	if err := os.Chmod(real, 0o644); err != nil {
		t.Fatal(err)
	}
	volume := filepath.Join(w.home, "vol")
	for link, target := range map[string]string{"..data": "..2026_01_31_12_00_00.123456789",
		"password": "..data/password"} {
		if err := os.Symlink(target, filepath.Join(volume, link)); err != nil {
			t.Fatal(err)
		}
	}
	w.args = []string{"-u", "ops", "--password-file", filepath.Join(volume, "password")}
	_, password, err := w.mustResolve(t).Credentials(context.Background())
	if os.Geteuid() == 0 && (err != nil || password.Reveal() != "secret") {
		t.Errorf("a Kubernetes volume of root's: %v", err)
	}
	if os.Geteuid() != 0 && err == nil {
		t.Error("a folder of ours passes for a Kubernetes volume")
	}
	for path, want := range map[string]bool{"/run/secrets/mq": true, "/var/run/secrets/x/y": true, "/run/secretsx": false,
		"/run/secrets/../mq": false} {
		info, err := os.Stat(real)
		if err != nil {
			t.Fatal(err)
		}
		if os.Geteuid() == 0 {
			if err := os.Chown(real, 0, 0); err != nil {
				t.Fatal(err)
			}
		}
		if got := isContainerMount(path, info); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestPasswordFromPipe(t *testing.T) {
	r, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fmt.Fprintln(pw, "secret")
	pw.Close()
	w := newWorld(t)
	w.args = []string{"-u", "ops", "--password-file", fmt.Sprintf("/dev/fd/%d", r.Fd())}
	if _, password, err := w.mustResolve(t).Credentials(context.Background()); err != nil ||
		password.Reveal() != "secret" {
		t.Errorf("%q, %v", password.Reveal(), err)
	}
}

func TestQuotePath(t *testing.T) {
	for path, want := range map[string]string{"/home/x/.a-b_c": "/home/x/.a-b_c", "/a b": "'/a b'", "/a'b": `'/a'\''b'`,
		"/$(x)": "'/$(x)'"} {
		if got := quotePath(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}
