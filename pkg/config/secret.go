package config

import "log/slog"

const hidden = "(hidden)"

// Secret is a text that fmt, slog and encoders do not show; only Reveal does. The zero value means that no secret is
// set.
type Secret struct {
	// The text is behind a pointer, because fmt cannot call methods on an unexported field of another struct: with a
	// pointer it prints an address, and not the text.
	text *string
}

// NewSecret makes a Secret of text, which may be empty.
func NewSecret(text string) Secret { return Secret{text: &text} }

// Reveal returns the text; it is empty when no secret is set.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet reports whether a secret is set. A secret that is set may be empty.
func (s Secret) IsSet() bool { return s.text != nil }

// String returns "(hidden)", or an empty string when no secret is set.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return hidden
}

// GoString keeps %#v from printing the text.
func (s Secret) GoString() string { return "config.Secret" + hidden }

// MarshalJSON writes what String returns.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// MarshalText writes what String returns, for every other encoder.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue keeps package slog from looking inside.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
