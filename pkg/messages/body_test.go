package messages_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// packed returns the text compressed with gzip, zlib, flate (which is zlib without its header) or zstd.
func packed(t testing.TB, encoding string, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		w, _ = flate.NewWriter(&b, 6)
	case "zstd":
		w, _ = zstd.NewWriter(&b)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestShown(t *testing.T) {
	t.Parallel()
	json := []byte(`{"b":1,"a":[true]}`)
	indented := "{\n  \"b\": 1,\n  \"a\": [\n    true\n  ]\n}"
	random := []byte{0xff, 0xfe, 'A', 0}
	for name, c := range map[string]struct {
		encoding string
		body     []byte
		limit    int
		want     messages.Body
	}{
		"empty":     {"", nil, 100, messages.Body{Kind: "empty", How: "empty"}},
		"text":      {"", []byte("hi\x1b[2J\n"), 100, messages.Body{Text: "hi\x1b[2J\n", Kind: "text", How: "text"}},
		"cut":       {"", []byte("häß"), 3, messages.Body{Text: "hä", Kind: "text", How: "text", Cut: true}},
		"cut rune":  {"", []byte("häß"), 2, messages.Body{Text: "h", Kind: "text", How: "text", Cut: true}},
		"JSON":      {"", json, 100, messages.Body{Text: indented, Kind: "json", How: "JSON"}},
		"JSON cut":  {"", json, 10, messages.Body{Text: string(json[:10]), Kind: "text", How: "text", Cut: true}},
		"a number":  {"", []byte("7"), 10, messages.Body{Text: "7", Kind: "text", How: "text"}},
		"two JSONs": {"", []byte("{}{}"), 10, messages.Body{Text: "{}{}", Kind: "text", How: "text"}},
		"binary": {"", random, 100, messages.Body{Kind: "binary", How: "binary, 4 bytes",
			Text: "00000000  ff fe 41 00                                       |..A.|\n"}},
		"gzip":          {"gzip", packed(t, "gzip", json), 100, messages.Body{Text: indented, Kind: "json", How: "JSON, unpacked from gzip"}},
		"x-gzip":        {" X-GZIP ", packed(t, "gzip", []byte("hi")), 100, messages.Body{Text: "hi", Kind: "text", How: "text, unpacked from x-gzip"}},
		"zstd":          {"zstd", packed(t, "zstd", json), 100, messages.Body{Text: indented, Kind: "json", How: "JSON, unpacked from zstd"}},
		"zlib":          {"deflate", packed(t, "zlib", json), 100, messages.Body{Text: indented, Kind: "json", How: "JSON, unpacked from deflate"}},
		"flate":         {"deflate", packed(t, "flate", json), 100, messages.Body{Text: indented, Kind: "json", How: "JSON, unpacked from deflate"}},
		"twice":         {"gzip, zstd", packed(t, "zstd", packed(t, "gzip", json)), 100, messages.Body{Text: indented, Kind: "json", How: "JSON, unpacked from zstd, unpacked from gzip"}},
		"packed empty":  {"gzip", packed(t, "gzip", nil), 100, messages.Body{Kind: "empty", How: "empty, unpacked from gzip"}},
		"character set": {"utf-8", json, 100, messages.Body{Text: indented, Kind: "json", How: "JSON"}},
		"no gzip": {"gzip", []byte("plain"), 100, messages.Body{Text: "plain", Kind: "text",
			How: "text, which is not valid gzip"}},
		"no zstd": {"zstd", []byte("plain text"), 100, messages.Body{Text: "plain text", Kind: "text",
			How: "text, which is not valid zstd"}},
	} {
		m := &messages.Message{Publishing: amqp091.Publishing{ContentEncoding: c.encoding, Body: c.body}}
		c.want.Bytes = len(c.body)
		if diff := cmp.Diff(c.want, messages.Shown(m, c.limit)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if !bytes.Equal(m.Body, c.body) {
			t.Errorf("%s: the body was changed", name)
		}
	}
}

// TestShown_bomb: a body that would decompress to 40 MB is decompressed only as far as it is shown.
func TestShown_bomb(t *testing.T) {
	zeros := bytes.Repeat([]byte(" "), 1<<20)
	for _, encoding := range []string{"gzip", "zstd", "deflate"} {
		var b bytes.Buffer
		var w io.WriteCloser
		switch encoding {
		case "gzip":
			w, _ = gzip.NewWriterLevel(&b, gzip.BestSpeed)
		case "zstd":
			w, _ = zstd.NewWriter(&b, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
		case "deflate":
			w, _ = zlib.NewWriterLevel(&b, zlib.BestSpeed)
		}
		for range 40 {
			_, _ = w.Write(zeros)
		}
		_ = w.Close()
		m := &messages.Message{Publishing: amqp091.Publishing{ContentEncoding: encoding, Body: b.Bytes()}}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := messages.Shown(m, 1<<20)
		runtime.ReadMemStats(&after)
		if !got.Cut || len(got.Text) != 1<<20 || strings.Trim(got.Text, " ") != "" {
			t.Errorf("%s: %d bytes, cut %v, %s", encoding, len(got.Text), got.Cut, got.How)
		}
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 20<<20 {
			t.Errorf("%s: it took %d MB", encoding, cost>>20)
		}
	}
}

func FuzzShown(f *testing.F) {
	for _, encoding := range []string{"gzip", "zlib", "flate", "zstd"} {
		f.Add(strings.Replace(encoding, "lib", "deflate", 1), packed(f, encoding, []byte(`{"a":1}`)), 100)
	}
	f.Add("", []byte("h\xc3"), 2)
	f.Fuzz(func(t *testing.T, encoding string, body []byte, limit int) {
		limit = min(max(limit, 0), 1<<16)
		b := messages.Shown(&messages.Message{Publishing: amqp091.Publishing{ContentEncoding: encoding, Body: body}}, limit)
		if b.Kind == "text" && len(b.Text) > max(limit, 0) {
			t.Errorf("%d bytes with a limit of %d", len(b.Text), limit)
		}
	})
}
