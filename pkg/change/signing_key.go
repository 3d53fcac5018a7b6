package change

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// AddSigningKey gives a node a key with which the node checks the tokens of OAuth 2. The node forgets the key when it
// restarts.
func AddSigningKey() Op { return signingKey("add_signing_key") }

// AddUAAKey is AddSigningKey under the name that older releases use.
func AddUAAKey() Op { return signingKey("add_uaa_key") }

// longestKey is the maximum size of a file with a key or with code, in bytes.
const longestKey = 1 << 20

func signingKey(command string) Op {
	var name, text, pemText, jsonFile, pemFile string
	return Op{
		Name: command, Noun: "signing key", Erlang: true,
		Params: []Param{FreeArg("name", "the key's name, which tokens carry as kid", &name),
			Flag("json", "", &text).Official(), Flag("pem", "", &pemText).Official(),
			Flag("json-file", "`FILE` with the key as a JSON Web Key; - is standard input", &jsonFile).OfFile().Own(),
			Flag("pem-file", "`FILE` with the public key or the certificate in PEM; - is standard input", &pemFile).OfFile().Own()},
		Check: func() error {
			if text == "" && pemText == "" && (jsonFile == "") == (pemFile == "") {
				return fail.Usagef("give the key by either --json-file FILE or --pem-file FILE")
			}
			return nil
		},
		Read: func(ctx context.Context, at Site) (err error) {
			if jsonFile != "" {
				text, err = jsonKey(ctx, at, jsonFile)
				return err
			}
			pemText, err = pemKey(ctx, at, pemFile)
			return err
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			form, value := erlang.Atom("pem"), erlang.Term(erlang.Binary(pemText))
			if text != "" {
				form, value = "json", erlang.Binary(text)
			}
			action := "accept tokens that are signed with key " + name
			plan := Once(action, "added", func(ctx context.Context) error {
				return at.addKey(ctx, action, name, form, value)
			})
			if at.Official {
				return plan, nil
			}
			there, err := at.signingKey(ctx, name)
			if err != nil {
				return nil, err
			}
			if t, ok := there.(erlang.Tuple); ok && len(t) == 2 && t[0] == form && t[1] == value {
				return plan.Already("unchanged"), nil
			}
			if there != nil {
				plan.Dangers = []string{"key " + name + " exists: once it is replaced, tokens that are signed with the old " +
					"key are refused"}
			}
			keep := "write in rabbitmq.conf: auth_oauth2.signing_keys." + name + " = /path/to/key.pem"
			if form == "json" {
				keep = "add it to signing_keys in key_config of rabbitmq_auth_backend_oauth2 in advanced.config"
			}
			plan.Notes = []string{"the key is valid on this node only, and until the node restarts; to keep the key, " + keep}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				now, err := at.signingKey(ctx, name)
				switch key, _ := now.(erlang.Tuple); {
				case err != nil:
				case len(key) != 2:
					err = fail.New(fail.Unavailable, "the node answered ok, but has no key %s", name)
				case key[0] != form || form == "pem" && erlang.Text(key[1]) != erlang.Text(value):
					err = fail.New(fail.Unavailable, "the node answered ok, but its key %s is not the given one", name).
						Next("did somebody else replace it in the meantime? run the same command again to set yours")
				}
				o.Notes = append(o.Notes, plan.Notes...)
				return o, err
			}), nil
		},
	}
}

// addKey gives the key to the node. Its errors do not contain the key, which can be a secret.
func (s Site) addKey(ctx context.Context, action, name string, form erlang.Atom, value erlang.Term) error {
	const module, plugin = "uaa_jwt", "rabbitmq_auth_backend_oauth2"
	err := s.do(ctx, action, module, "add_signing_key", erlang.Binary(name), form, value)
	switch {
	case erldist.IsMissing(err):
		return inside.WithoutFunction(ctx, s.Erlang, module, plugin, "3.10")
	case fail.KindOf(err) == fail.Unavailable && inside.RefusedBy(err) == nil:
		return fail.New(fail.Unavailable, "the node cannot read the key").
			Next("check that the key is complete; the node's own reason is not shown, since it can contain the key")
	}
	return err
}

// signingKey returns the key that the node has under that name: {json,…} or {pem,…}; nil if it has none.
func (s Site) signingKey(ctx context.Context, name string) (erlang.Term, error) {
	all, err := s.Erlang.Ask(ctx, call("application", "get_env", erlang.Atom("rabbitmq_auth_backend_oauth2"),
		erlang.Atom("key_config"), erlang.List{}))
	if err != nil {
		return nil, err
	}
	for _, list := range []string{"signing_keys", "jwks"} {
		for _, key := range inside.Terms(inside.ValueOf(all, list)) {
			if key.Name == name {
				return key.Value, nil
			}
		}
	}
	return nil, nil
}

func jsonKey(ctx context.Context, at Site, path string) (string, error) {
	text, err := textFrom(ctx, at, path)
	if err == nil && KeyProblem(text) != "" {
		err = fail.New(fail.Data, "%s holds no key: %s", titleOf(path), KeyProblem(text))
	}
	return text, err
}

func pemKey(ctx context.Context, at Site, path string) (string, error) {
	text, err := textFrom(ctx, at, path)
	if err == nil && !IsPEM(text) {
		err = fail.New(fail.Data, "%s holds no key or certificate in PEM form", titleOf(path)).
			Next("a PEM file begins with -----BEGIN PUBLIC KEY----- or with -----BEGIN CERTIFICATE-----")
	}
	return text, err
}

// textFrom returns the text in a file, or an error if the file is longer than 1 MiB.
func textFrom(ctx context.Context, at Site, path string) (string, error) {
	in, err := at.Files.OpenLarge(ctx, path)
	if err != nil {
		return "", err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, longestKey+1))
	if err == nil && len(data) > longestKey {
		err = fail.New(fail.Data, "%s is longer than 1 MiB", titleOf(path))
	}
	return string(data), err
}

// NoObject is the answer of KeyProblem for a text that is not a JSON object.
const NoObject = "it is not a JSON object"

// KeyProblem says why a text cannot be a JSON Web Key; "" if it can be one.
func KeyProblem(text string) string {
	var key map[string]any
	if json.Unmarshal([]byte(text), &key) != nil {
		return NoObject
	}
	if _, ok := key["kty"]; !ok {
		return "it has no member kty, which says what kind of key it is"
	}
	return ""
}

// IsPEM reports whether a text contains a block in PEM form.
func IsPEM(text string) bool {
	block, _ := pem.Decode([]byte(strings.TrimSpace(text)))
	return block != nil
}
