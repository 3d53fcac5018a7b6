package messages

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/hex"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/zstd"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Body is a message's body as people can read it.
type Body struct {
	// Text is the body as text, as JSON over several lines, or, if the body is neither, as a hex dump. It can contain
	// control characters.
	Text string
	// Kind is json, text, binary or empty.
	Kind string
	// How describes Text: "JSON, unpacked from gzip".
	How string
	// Bytes is the size of the body as it was published.
	Bytes int
	// Cut means that the body is longer than what Text shows.
	Cut bool
}

// largestDump is how many bytes are shown in hex at most: a longer dump does not help a person.
const largestDump = 256

// Shown decodes a body by its content-encoding and shows at most limit bytes of it. It unpacks only one byte more than
// that, however large the whole body is.
func Shown(m *Message, limit int) Body {
	raw, from := unpacked(m, limit)
	b := Body{Bytes: len(m.Body), Cut: len(raw) > limit}
	if b.Cut {
		raw = wholeRunes(raw[:limit])
	}
	switch {
	case len(raw) == 0 && !b.Cut:
		b.Kind, b.How = "empty", "empty"
	case !utf8.Valid(raw):
		b.Kind, b.How = "binary", "binary, "+prose.Plural(len(raw), "byte", "bytes")
		if b.Cut {
			b.How = "binary, more than " + prose.Plural(limit, "byte", "bytes")
		}
		b.Cut = b.Cut || len(raw) > largestDump
		b.Text = hex.Dump(raw[:min(len(raw), largestDump)])
	default:
		b.Kind, b.How, b.Text = "text", "text", string(raw)
		if indented, ok := indent(raw); ok && !b.Cut {
			b.Kind, b.How, b.Text = "json", "JSON", indented
		}
	}
	b.How += from
	return b
}

// bodyAsText returns the whole body, decoded. It returns false if the body is not text, or is larger than both the
// limit and the packed body.
func bodyAsText(m *Message, limit int) ([]byte, bool) {
	raw, _ := unpacked(m, max(limit, len(m.Body)))
	return raw, len(raw) <= max(limit, len(m.Body)) && utf8.Valid(raw)
}

// unpacked returns the body with its content-encoding removed. It unpacks at most one byte more than the limit. If
// unpacking fails, it stops and returns the body as it is at that point. from is a text about these steps, such as
// "unpacked from gzip".
func unpacked(m *Message, limit int) (raw []byte, from string) {
	raw = m.Body
	encodings := strings.Split(m.ContentEncoding, ",")
	for i := len(encodings) - 1; i >= 0 && len(raw) > 0; i-- {
		name := strings.ToLower(strings.TrimSpace(encodings[i]))
		open := unpacker(name)
		if open == nil {
			// Skip a name that is no encoding: many programs write the name of a character set into content-encoding.
			continue
		}
		out, err := unpack(open, raw, limit)
		if err != nil && len(out) <= limit {
			return raw, from + ", which is not valid " + name
		}
		raw, from = out, from+", unpacked from "+name
	}
	return raw, from
}

// unpacker returns the function that unpacks an encoding. It returns nil for an encoding that rabbitctl cannot unpack,
// and for a name that is no encoding.
func unpacker(encoding string) func([]byte) (io.Reader, error) {
	switch encoding {
	case "gzip", "x-gzip":
		return func(b []byte) (io.Reader, error) { return gzip.NewReader(bytes.NewReader(b)) }
	case "deflate":
		return func(b []byte) (io.Reader, error) {
			// The name deflate means the format of zlib, but some programs omit the frame of zlib.
			if r, err := zlib.NewReader(bytes.NewReader(b)); err == nil {
				return r, nil
			}
			return flate.NewReader(bytes.NewReader(b)), nil
		}
	case "zstd":
		return func(b []byte) (io.Reader, error) {
			return zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1),
				zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
		}
	}
	return nil
}

// unpack returns at most one byte more than the limit: this byte shows that the body is longer.
func unpack(open func([]byte) (io.Reader, error), packed []byte, limit int) ([]byte, error) {
	r, err := open(packed)
	if err != nil {
		return nil, err
	}
	if z, ok := r.(*zstd.Decoder); ok {
		defer z.Close()
	}
	return io.ReadAll(io.LimitReader(r, int64(limit)+1))
}

// wholeRunes returns b without an incomplete character at its end.
func wholeRunes(b []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if last := b[len(b)-n:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return b[:len(b)-n]
			}
			break
		}
	}
	return b
}

// indent puts JSON on several lines. A number, a string or a boolean alone is not treated as JSON.
func indent(raw []byte) (string, bool) {
	if !looksLikeJSON(raw) {
		return "", false
	}
	v := jsontext.Value(bytes.Clone(raw))
	if v.Indent(jsontext.WithIndent("  "), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil {
		return "", false
	}
	return string(v), true
}

func looksLikeJSON(raw []byte) bool {
	begin := bytes.TrimLeft(raw, " \t\r\n")
	return len(begin) > 0 && (begin[0] == '{' || begin[0] == '[')
}
