package record

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Masked stands in the place of a secret.
const Masked = "***"

// WithoutSecrets returns the value with Masked in place of the secrets in URIs, in all of its texts at any depth.
// Parameters of shovels and federation contain such URIs, and the API sends them in the clear.
func (v Value) WithoutSecrets() Value {
	if !strings.Contains(string(v), ":") {
		return v
	}
	switch v[0] {
	case '"':
		text := v.unquoted()
		if masked := MaskURIs(text); masked != text {
			return Of(masked)
		}
	case '{', '[':
		if masked, ok := v.maskedTexts(); ok {
			return masked
		}
	}
	return v
}

// maskedTexts copies an object or a list, and masks the secrets of URIs in its texts. ok is false if the value is not
// JSON.
func (v Value) maskedTexts() (masked Value, ok bool) {
	var out strings.Builder
	d := jsontext.NewDecoder(strings.NewReader(string(v)), jsontext.AllowDuplicateNames(true),
		jsontext.AllowInvalidUTF8(true))
	e := jsontext.NewEncoder(&out, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for d.StackDepth() > 0 || out.Len() == 0 {
		name := false
		if kind, length := d.StackIndex(d.StackDepth()); kind == '{' {
			name = length%2 == 0
		}
		token, err := d.ReadToken()
		if err != nil {
			return nil, false
		}
		if token.Kind() == '"' && !name {
			token = jsontext.String(MaskURIs(token.String()))
		}
		if err := e.WriteToken(token); err != nil {
			return nil, false
		}
	}
	return Value(strings.TrimSuffix(out.String(), "\n")), json.Valid([]byte(out.String()))
}

// MaskURIs masks the secrets of each URI in a text: the password before the host, and every parameter of a query whose
// name means a password, a passphrase, a secret or a token. In amqps://…?password=… the parameter is the password of a
// key file.
func MaskURIs(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	text = regexp.MustCompile(`://[^/?#@:\s]*:(?:[^?#\s",]*@|[^/?#\s]*@)`).ReplaceAllStringFunc(text, maskUser)
	return regexp.MustCompile(`[?&;][^?&;=#\s]+=[^&;#\s]*`).ReplaceAllStringFunc(text, func(pair string) string {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name[1:])
		if err != nil {
			plain = name
		}
		if regexp.MustCompile(`(?i)pass(word|phrase|wd)|secret|token`).MatchString(plain) {
			return name + "=" + Masked
		}
		return pair
	})
}

// maskUser masks the password in the part of a URI from :// to its last @. A password may contain an @ or a / that is
// not escaped, and the broker refuses only some of these. After a port there is no password: http://h:15672/a@b.
func maskUser(text string) string {
	if regexp.MustCompile(`^://[^/@:]*:\d*/`).MatchString(text) {
		return text
	}
	colon := strings.Index(text[3:], ":") + 3
	return text[:colon] + ":" + Masked + "@"
}
