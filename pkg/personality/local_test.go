package personality_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// TestLocal has what the tools of 4.3.6 print without a node, and their exit codes.
func TestLocal(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{}).Start(t)
	const config = "Encrypting value to be used in advanced.config...\n"
	const wrong = "Failed to decrypt the value. Things to check: is the passphrase correct?"
	const abc = "BBKaH2uoN9nKE25sKBTFdKs+CiJ7oxL28R8v5EO+WtYBS88HTq2pgaVn6nymOxMf" // <<"abc">> with the passphrase pass
	for _, c := range []struct {
		line, out, err string
		kind           fail.Kind
	}{
		{`decode {encrypted,<<"` + abc + `">>} pass`, "Decrypting an advanced.config (Erlang term) value...\n<<\"abc\">>\n", "ps", ""},
		{`decrypt_conf_value "encrypted:` + abc + `" pass -q`, "<<\"abc\">>\n", "ps", ""},
		{`decode <<"` + abc + `">> pass --formatter json`,
			`{"node":"rabbit@localhost","result":"ok","value":"abc"}` + "\n", "ps", ""},
		{"decode encrypted:" + abc + " pass -q", "", wrong, fail.Unavailable},
		{`decode <<"` + abc + `">> other -q`, "", wrong, fail.Unavailable},
		{`decode <<"` + abc + `">> -q`, "Passphrase: \n", "Error:\nnot_enough_args", fail.Unavailable},
		{"decode", "", "not enough arguments: Please provide a value to decode and a passphrase", fail.Usage},
		{"decode a b --iterations 0", "", "The requested number of iterations is incorrect (must be a positive integer)", fail.Data},
		{"encode a b --iterations x", "", "Invalid options for this command:\n--iterations : x", fail.Usage},
		{"encode a b --cipher nope", "", "Bad argument: The requested cipher is not supported.\n", fail.Data},
		{"encode a b --hash nope", "", "Bad argument: The requested hash is not supported\n", fail.Data},
		{"encode a b c", "", "too many arguments.", fail.Usage},
		{"encode {a pass", config, "Error:\nError during cipher operation", fail.Unavailable},
		{"encode", config + "Value to encode: \n", "Error:\nnot_enough_args", fail.Unavailable},
		{"list_hashes -q", "[md5,sha,sha224,sha256,sha384,sha3_224,sha3_256,sha3_384,sha3_512,sha512,\n sha512_224,sha512_256]\n",
			"note: this lists what this program supports by itself", ""},
		{"list_ciphers x", "", "too many arguments.", fail.Usage},
		{"exec 1", "", "rabbitmqctl eval runs Erlang code on the node", fail.Unavailable},
	} {
		out, errs, err := distantly(t, n, strings.Fields(c.line)...)
		if out != c.out || c.err == "" && errs != "" || !strings.Contains(errs, c.err) || fail.KindOf(err) != c.kind {
			t.Errorf("%s: %q %q %v, which is %s", c.line, out, errs, err, fail.KindOf(err))
		}
	}
	for _, c := range []struct{ command, begins string }{
		{"encode", `{encrypted,<<"`}, {"encrypt_conf_value", "encrypted:"}} {
		out, errs, err := distantly(t, n, c.command, "{a,1}", "pass", "-q")
		if !strings.HasPrefix(out, c.begins) || !strings.Contains(errs, "can read with ps") || err != nil {
			t.Errorf("%q %q %v", out, errs, err)
		}
	}
	out, errs, err := distantly(t, n, "erlang_cookie_sources", "-q")
	for _, want := range []string{"Cookie File\nEffective user: (none)\n",
		"Cookie file exists? true\nCookie file type: regular\n", "Cookie file size: 6\n\nCookie CLI Switch\n", "RABBITMQ_ERLANG_COOKIE value length: 0\n"} {
		if !strings.Contains(out, want) || strings.Contains(out, "secret") || errs != "" || err != nil {
			t.Errorf("%q %q %v", out, errs, err)
		}
	}
	if len(n.Asked()) > 0 {
		t.Errorf("asked %q", n.Asked())
	}
}
