//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEncryption: the release's own tool can decrypt what encode and encrypt_conf_value encrypt, and rabbitctl can
// decrypt what the tool encrypts.
func TestEncryption(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		file := filepath.Join(t.TempDir(), "passphrase")
		if err := os.WriteFile(file, []byte("hush\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		ours := func(input string, args ...string) string {
			line := append([]string{"-c", `printf %s "$0" | "$@"`, input, program("rabbitctl")}, args...)
			return strings.TrimSpace(run(t, nil, "bash", append(line, "--passphrase-file", file)...).ok(t).stdout)
		}
		theirs := func(args ...string) string {
			return strings.TrimSpace(b.ctl(t, append([]string{"rabbitmqctl", "-q"}, args...)...).ok(t).stdout)
		}
		for _, method := range [][]string{nil, {"--cipher", "aes_256_cfb8", "--hash", "sha3_256", "--iterations", "50"}} {
			sealed := ours("secret", append([]string{"encode", "--value-stdin"}, method...)...)
			if got := theirs(append([]string{"decode", sealed, "hush"}, method...)...); got != `<<"secret">>` {
				t.Errorf("%v: the tool reads %s", method, got)
			}
			sealed = theirs(append([]string{"encode", `{a,"b"}`, "hush"}, method...)...)
			if got := ours("", append([]string{"decode", sealed}, method...)...); got != `{a,"b"}` {
				t.Errorf("%v: we read %s", method, got)
			}
		}
		if b.Release != "3.10" {
			sealed := ours("secret", "encrypt_conf_value", "--value-stdin")
			if got := theirs("decrypt_conf_value", `"`+sealed+`"`, "hush"); got != `<<"secret">>` {
				t.Errorf("the tool reads %s", got)
			}
			sealed = theirs("encrypt_conf_value", `<<"secret">>`, "hush")
			if got := ours("", "decrypt_conf_value", sealed); got != "secret" {
				t.Errorf("we read %s", got)
			}
		}
		as := func(args ...string) ran {
			return run(t, nil, program("rabbitctl"), append([]string{"as", "rabbitmqctl"}, args...)...)
		}
		sealed := as("-q", "encode", `{a,"b"}`, "hush").ok(t).stdout
		if got := as("-q", "decode", strings.TrimSpace(sealed), "hush").ok(t).stdout; got != "{a,\"b\"}\n" {
			t.Errorf("under the tool's name: %q", got)
		}
		for _, line := range []string{"encode a b --cipher nope", "encode a b --hash nope", "encode a b --iterations 0",
			"encode a b c", "decode", "decode x y --iterations 0"} {
			args := strings.Fields(line)
			if ours, theirs := as(args...), b.ctl(t, append([]string{"rabbitmqctl"}, args...)...); ours.code != theirs.code ||
				ours.stdout != theirs.stdout {
				t.Errorf("%s: %d %q, the tool: %d %q", line, ours.code, ours.stdout, theirs.code, theirs.stdout)
			}
		}
		if r := as("decode", strings.TrimSpace(sealed), "other"); r.code != 69 {
			t.Errorf("another passphrase: %d %q", r.code, r.stdout)
		}
	})
}

// erlangShell evaluates expressions with remote_shell on the node. Variables keep their values between the expressions.
// The shell ends at q(), at the first expression that fails, or with its input.
func erlangShell(t *testing.T, b *broker, env []string) {
	t.Helper()
	typed := func(text string, args ...string) ran {
		line := append([]string{"-c", `printf '%s' "$0" | "$@"`, text, program("rabbitctl")}, args...)
		return run(t, env, "bash", line...)
	}
	r := typed("A = node().\nio:put_chars(\"hi\"),\n{A, 1}.\nq().\nhalt().\n", "remote_shell").ok(t)
	if want := "'" + b.Node + "'\nhi{'" + b.Node + "',1}\n"; r.stdout != want {
		t.Errorf("shell: %q, want %q", r.stdout, want)
	}
	if r := typed("A = 1.\nf().\nA.\n2.\n", "remote_shell").exits(t, 69); r.stdout != "1\n" {
		t.Errorf("forgotten: %q", r.stdout)
	}
	typed("A = 1", "remote_shell").exits(t, 65)
	typed("node().\n", "as", "rabbitmq-diagnostics", "remote_shell").ok(t).says(t, "'"+b.Node+"'\n")
	run(t, env, program("rabbitctl"), "as", "rabbitmqctl", "exec", "1+1").exits(t, 69)
}
