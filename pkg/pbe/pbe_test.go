package pbe_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/pbe"
)

// TestDecrypt: values that rabbitmqctl encode of 3.10.8 and 4.3.6 printed for <<"abc">> with the passphrase "pass" are
// decrypted to <<"abc">>.
func TestDecrypt(t *testing.T) {
	t.Parallel()
	two := func(cipher, hash string) pbe.Method { return pbe.Method{Cipher: cipher, Hash: hash, Iterations: 2} }
	for _, c := range []struct {
		text string
		pbe.Method
	}{
		{"ihrDCrvTXO3B3Qq5k9+vkt/Ehy2RiE/B1BIvRkpr5K1odOhxpiNDlHgUatnfMNcu", pbe.Usual()},
		{"BBKaH2uoN9nKE25sKBTFdKs+CiJ7oxL28R8v5EO+WtYBS88HTq2pgaVn6nymOxMf", pbe.Usual()},
		{"7KqPuJ/ZJPwM+vudLpS9s/CEIkbku/Qg8dTU9Qln7DGl+gsaWeHKfhBnEFkBcPb+", two("aes_128_cbc", "sha256")},
		{"a0ie4fQ6JI1Dvs6IRca5cZ1XGk2CkRXUB2lDL6wCcGN+PPI1P0G3huHc", two("aes_256_cfb8", "sha256")},
		{"zvneDnXykWiVOAN/vbXISPrF+GhSv33eLcCFbKt50gpX0jxYepgYFeh1", two("aes_256_ofb", "sha256")},
		{"fSt0WF6Z1/xMC1PyxjubZulOxIyUFqel9owLisz26nkRkax4uqwJ2Q==", two("des_ede3_cbc", "sha256")},
		{"MArV36dgofwrfzPxuN6DdUy1Urra/DFPo37OtteKgJGdH8mNAHCbLot4", two("aes_256_ctr", "sha256")},
		{"DBs+AES9Rpzq8SU0sQ+WmWL7vih7xlm2VplszM0A8nLUaJLVSFOhlbnOqiVyi/aU", two("aes_128_cbc", "sha")},
		{"esVqhb5bT1hdZdAeEbf0TyrGQ1+cK0Oa4kg/+EPTztIKYLJLmf1IOaRGiM247LpP", two("aes_128_cbc", "md5")},
		{"VMcwgSbaZwO51wwJG8zxgPXoeFniPt7LOSJEFqI9uj9Qjj1XxtT1ySIIpV4Pj3lD", two("aes_128_cbc", "sha3_256")},
		{"zT69J1aIGTHXFYz+6P8pQV+Ay4LQMOe0CixIHC2QM5p4IURRefONDZDg6ODzmQVm", two("aes_128_cbc", "sha512_256")},
		{"ktoRC6FONL4PmnandND1zdvmlu45Ei9sYGP3wH5986wYgOVTCV94mVPaI2o5RyEd", two("aes_128_cbc", "sha224")},
	} {
		value, err := c.Decrypt("pass", c.text)
		if err != nil || value != erlang.Binary("abc") {
			t.Errorf("%+v: %v %v", c.Method, value, err)
		}
	}
}

// TestRoundTrip: every method decrypts what it encrypts, and encrypts the same value differently each time.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	value := erlang.Tuple{erlang.Atom("a"), erlang.String("text"), erlang.Binary(strings.Repeat("long ", 20))}
	for _, cipher := range pbe.Ciphers() {
		for _, hash := range pbe.Hashes() {
			m := pbe.Method{Cipher: cipher, Hash: hash, Iterations: 3}
			first, err := m.Encrypt("pass", value)
			second, _ := m.Encrypt("pass", value)
			got, err2 := m.Decrypt("pass", first+"\n")
			if err != nil || err2 != nil || erlang.Text(got) != erlang.Text(value) || first == second {
				t.Errorf("%+v: %v %v %v", m, got, err, err2)
			}
		}
	}
}

// TestDecrypt_wrong: a wrong text or passphrase gives an error that shows neither of them, without a panic, and Check
// refuses an unknown method.
func TestDecrypt_wrong(t *testing.T) {
	t.Parallel()
	m := pbe.Usual()
	sealed, err := m.Encrypt("pass", erlang.Binary("hidden"))
	if err != nil {
		t.Fatal(err)
	}
	short := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for name, text := range map[string]string{"no base64": "???", "empty": "", "too short": short, "cut": sealed[:44]} {
		if value, err := m.Decrypt("pass", text); err == nil || fail.KindOf(err) != fail.Data {
			t.Errorf("%s: %v %v", name, value, err)
		}
	}
	for _, pass := range []string{"other", ""} {
		if value, err := m.Decrypt(pass, sealed); err == nil || strings.Contains(err.Error(), sealed) ||
			pass != "" && strings.Contains(err.Error(), "\""+pass) {
			t.Errorf("%q: %v", pass, value)
		}
	}
	for _, odd := range []pbe.Method{{"aes", "sha", 1}, {"aes_256_cbc", "sha1", 1}, {"aes_256_cbc", "sha", 0}} {
		if err := odd.Check(); fail.KindOf(err) != fail.Usage {
			t.Errorf("%+v: %v", odd, err)
		}
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
}

func TestSealed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"AB+/=", " AB+/=\n", "encrypted:AB+/=", `{encrypted,<<"AB+/=">>}`,
		`{encrypted, <<"AB+/=">>}.`, `<<"AB+/=">>`, `"encrypted:AB+/="`} {
		if got := pbe.Sealed(text); got != "AB+/=" {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func FuzzDecrypt(f *testing.F) {
	f.Add("ihrDCrvTXO3B3Qq5k9+vkt/Ehy2RiE/B1BIvRkpr5K1odOhxpiNDlHgUatnfMNcu")
	f.Fuzz(func(_ *testing.T, text string) {
		for _, cipher := range pbe.Ciphers() {
			_, _ = pbe.Method{Cipher: cipher, Hash: "sha256", Iterations: 1}.Decrypt("pass", pbe.Sealed(text))
		}
	})
}
