package broker

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// holds tells whether an object has the members that were sent, with these values. An empty text matches any value: the
// broker chooses the value itself.
func holds(has, sent record.Value) bool {
	kept := has.Map()
	for name, value := range sent.Map() {
		if value != "" && !equal(value, kept[name]) {
			return false
		}
	}
	return true
}

// equal compares JSON values. An empty list equals an empty object, as some releases write it; both also equal null and
// an absent value. 1 equals 1.0.
func equal(a, b any) bool { return reflect.DeepEqual(plain(a), plain(b)) }

func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case map[string]any:
		if len(v) == 0 {
			return nil
		}
		out := map[string]any{}
		for name, value := range v {
			out[name] = plain(value)
		}
		return out
	case []any:
		if len(v) == 0 {
			return nil
		}
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = plain(value)
		}
		return out
	}
	return v
}

// equalTags compares tags, which are one text with commas or a list, in any order.
func equalTags(a, b record.Value) bool {
	list := func(v record.Value) []string {
		var tags []string
		if texts, ok := v.Decode().([]any); ok {
			for _, tag := range texts {
				if text, ok := tag.(string); ok {
					tags = append(tags, text)
				}
			}
		} else {
			tags = strings.FieldsFunc(v.Text(), func(r rune) bool { return r == ',' })
		}
		for i := range tags {
			tags[i] = strings.TrimSpace(tags[i])
		}
		slices.Sort(tags)
		return slices.Compact(slices.DeleteFunc(tags, func(tag string) bool { return tag == "" }))
	}
	return slices.Equal(list(a), list(b))
}

// opens tells whether a password fits a hash as RabbitMQ keeps it: in base 64, four bytes of salt, then the digest of
// the salt and the password. known is false for an algorithm of a plugin, and for a hash that is not of this form. An
// empty hash fits no password.
func opens(password, hash, algorithm string) (opens, known bool) {
	raw, err := base64.StdEncoding.DecodeString(hash)
	if err != nil || len(raw) < 4 {
		return false, err == nil && len(raw) == 0
	}
	salted := append(slices.Clone(raw[:4]), password...)
	switch algorithm {
	case "rabbit_password_hashing_sha256":
		sum := sha256.Sum256(salted)
		return bytes.Equal(sum[:], raw[4:]), true
	case "rabbit_password_hashing_sha512":
		sum := sha512.Sum512(salted)
		return bytes.Equal(sum[:], raw[4:]), true
	case "rabbit_password_hashing_md5":
		sum := md5.Sum(salted)
		return bytes.Equal(sum[:], raw[4:]), true
	}
	return false, false
}
