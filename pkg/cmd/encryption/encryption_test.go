package encryption_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/encryption"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

// of runs a command that sends no request.
func of(t *testing.T, input string, words ...string) cmdtest.Result {
	t.Helper()
	r := cmdtest.Run{Commands: encryption.Commands(), Input: input}.Do(t, brokertest.New(t), words...)
	if len(r.Requests) > 0 {
		t.Errorf("%q sent %q", words, r.Requests)
	}
	return r
}

func passphrase(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSeal: the program can decrypt what it encrypted, in the form for advanced.config and in that for rabbitmq.conf.
// With another passphrase it fails.
func TestSeal(t *testing.T) {
	t.Parallel()
	file := passphrase(t, "hush")
	for _, c := range []struct{ seal, unseal, input, flags, begins, text, term string }{
		{"encode", "decode", "s3cret\n", "", `{encrypted,<<"`, "s3cret", `<<"s3cret">>`},
		{"encrypt_conf_value", "decrypt_conf_value", "s3cret", "", "encrypted:", "s3cret", `<<"s3cret">>`},
		{"encode", "decrypt_conf_value", "{a,1}.\n", "--term", `{encrypted,<<"`, "{a,1}", "{a,1}"},
		{"encrypt_conf_value", "decode", "x", "--cipher aes_256_ctr --hash sha512 --iterations 9", "encrypted:", "x", `<<"x">>`},
	} {
		method := strings.Fields(c.flags)
		sealed := of(t, c.input, append([]string{c.seal, "--value-stdin", "--passphrase-file", file}, method...)...)
		if sealed.Error != nil || sealed.Err != "" || !strings.HasPrefix(sealed.Out, c.begins) ||
			strings.Contains(sealed.Out, "s3cret") {
			t.Errorf("%s: %+v", c.seal, sealed)
		}
		if c.flags == "--term" {
			method = nil
		}
		for _, term := range []bool{false, true} {
			words := append([]string{c.unseal, strings.TrimSpace(sealed.Out), "--passphrase-file", file}, method...)
			want := c.text
			if term {
				words, want = append(words, "--term"), c.term
			}
			if r := of(t, "", words...); r.Out != want+"\n" || r.Error != nil {
				t.Errorf("%q: %+v", words, r)
			}
		}
		asked := append([]string{c.unseal, strings.TrimSpace(sealed.Out), "--passphrase-file", file, "-o", "json"}, method...)
		if r := of(t, "", asked...); r.Out != "{\n  \"value\": \""+c.text+"\"\n}\n" || r.Error != nil {
			t.Errorf("%q: %+v", asked, r)
		}
		r := of(t, "", append([]string{c.unseal, strings.TrimSpace(sealed.Out), "--passphrase-file",
			passphrase(t, "other")}, method...)...)
		if fail.KindOf(r.Error) != fail.Data || r.Out != "" || strings.Contains(r.Error.Error(), c.text) {
			t.Errorf("another passphrase: %+v", r)
		}
	}
}

// TestSecrets: the program does not take the value or the passphrase from the command line.
func TestSecrets(t *testing.T) {
	t.Parallel()
	file := passphrase(t, "hush")
	for _, c := range []struct{ line, says string }{
		{"encode s3cret", "the value and the passphrase are not taken from the command line"},
		{"decode x s3cret", "the passphrase is not taken from the command line"},
		{"decode --passphrase-file " + file, "VALUE is missing"},
		{"encode", "no value is given, and there is no terminal to ask for it"},
		{"encode --value-stdin", "no passphrase is given, and there is no terminal to ask for it"},
		{"encode --value-stdin --passphrase-stdin", "both read standard input"},
		{"encode --value-stdin --passphrase-file " + file + " --cipher aes", `the cipher "aes" is not supported`},
		{"decode x --passphrase-file " + file + " --hash sha1", `the hash "sha1" is not supported`},
		{"decode x --passphrase-file " + file + " --iterations 0", "0 iterations are not between 1 and"},
	} {
		r := of(t, "s3cret\n", strings.Fields(c.line)...)
		if fail.KindOf(r.Error) != fail.Usage || !strings.Contains(r.Error.Error(), c.says) ||
			strings.Contains(r.Err+r.Error.Error(), "s3cret") {
			t.Errorf("%s: %+v", c.line, r)
		}
	}
	r := of(t, "{s3cret", "encode", "--term", "--value-stdin", "--passphrase-file", file)
	if fail.KindOf(r.Error) != fail.Data || strings.Contains(r.Error.Error(), "s3cret") {
		t.Errorf("no term: %+v", r)
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"list_ciphers", "list_hashes"} {
		golden.Check(t, name, "$ rabbitctl "+name+"\n"+of(t, "", name).Golden(brokertest.New(t)))
	}
}
