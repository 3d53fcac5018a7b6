// Package pbe encrypts values for RabbitMQ's configuration with a passphrase, and decrypts them, as the broker does:
// the key is derived from the passphrase and a salt with PBKDF2, and the value is an Erlang term in the external term
// format. The result is the salt, the initialization vector and the encrypted term, in base64.
package pbe

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/rand"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Method says how a value is encrypted. To decrypt the value, use the same method.
type Method struct {
	Cipher, Hash string
	Iterations   int
}

// Usual returns the method that brokers of 3.10, 4.0 and 4.3 use unless their configuration says otherwise with cipher,
// hash and iterations of config_entry_decoder.
func Usual() Method { return Method{Cipher: "aes_128_cbc", Hash: "sha256", Iterations: 1} }

// The length of the salt, and limits on what one call may cost.
const (
	saltLength     = 16
	mostIterations = 100_000_000
	longestValue   = 1 << 20
)

// Ciphers returns Erlang's names of the ciphers that can be used, in alphabetical order.
func Ciphers() []string { return slices.Sorted(maps.Keys(ciphers())) }

// Hashes returns the names of the hashes with which the key can be derived.
func Hashes() []string { return slices.Sorted(maps.Keys(hashes())) }

// Check returns an error for a method that cannot be used.
func (m Method) Check() error {
	switch {
	case !slices.Contains(Ciphers(), m.Cipher):
		return fail.Usagef("the cipher %q is not supported%s", m.Cipher, fail.DidYouMean(m.Cipher, Ciphers())).
			Next("rabbitctl list_ciphers")
	case !slices.Contains(Hashes(), m.Hash):
		return fail.Usagef("the hash %q is not supported%s", m.Hash, fail.DidYouMean(m.Hash, Hashes())).
			Next("rabbitctl list_hashes")
	case m.Iterations < 1 || m.Iterations > mostIterations:
		return fail.Usagef("%d iterations are not between 1 and %d", m.Iterations, mostIterations)
	}
	return nil
}

func (m Method) key(passphrase string, salt []byte) ([]byte, error) {
	return pbkdf2.Key(hashes()[m.Hash], passphrase, salt, m.Iterations, ciphers()[m.Cipher].key)
}

// Encrypt encrypts a term.
func (m Method) Encrypt(passphrase string, value erlang.Term) (string, error) {
	plain, err := erlang.Encode(value)
	if err != nil {
		return "", err
	}
	c := ciphers()[m.Cipher]
	random := make([]byte, saltLength+c.vector)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	key, err := m.key(passphrase, random[:saltLength])
	if err != nil {
		return "", err
	}
	pad := c.block - len(plain)%c.block
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	if err := c.crypt(key, random[saltLength:], plain, true); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(append(random, plain...)), nil
}

// errWrong returns the error for a value that cannot be decrypted. It does not say which input is wrong, because that
// cannot be known, and shows nothing of the value.
func errWrong() error {
	return fail.New(fail.Data, "the value cannot be decrypted: passphrase, cipher, hash or iterations differ from those "+
		"that it was encrypted with, or the value is incomplete or was changed")
}

// Decrypt decrypts what Encrypt or the broker's tools returned.
func (m Method) Decrypt(passphrase, text string) (erlang.Term, error) {
	whole, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	c := ciphers()[m.Cipher]
	if err != nil || len(whole) > longestValue {
		return nil, fail.New(fail.Data, "the value is not base64, but every encrypted value is")
	}
	rest := len(whole) - saltLength - c.vector
	if rest < c.block || rest%c.block != 0 {
		return nil, errWrong()
	}
	key, err := m.key(passphrase, whole[:saltLength])
	if err != nil {
		return nil, err
	}
	plain := whole[saltLength+c.vector:]
	if err := c.crypt(key, whole[saltLength:saltLength+c.vector], plain, false); err != nil {
		return nil, err
	}
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > c.block || pad > len(plain) {
		return nil, errWrong()
	}
	value, err := erlang.Decode(plain[:len(plain)-pad])
	if err != nil {
		return nil, errWrong()
	}
	return value, nil
}

// Sealed returns the base64 part of an encrypted value that was copied from somewhere: the base64 itself,
// encrypted:BASE64 as in rabbitmq.conf, or {encrypted,<<"BASE64">>} as in advanced.config.
func Sealed(text string) string {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "encrypted:"); ok {
		return strings.TrimSpace(rest)
	}
	term, err := erlang.Parse(strings.TrimSuffix(text, "."))
	if err != nil {
		return text
	}
	if t, ok := term.(erlang.Tuple); ok && len(t) == 2 && t[0] == erlang.Atom("encrypted") {
		term = t[1]
	}
	switch v := term.(type) {
	case erlang.Binary:
		return strings.TrimPrefix(string(v), "encrypted:")
	case erlang.String:
		return strings.TrimPrefix(string(v), "encrypted:")
	}
	return text
}
