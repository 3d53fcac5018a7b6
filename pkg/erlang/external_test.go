package erlang_test

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// recorded is a term that a node encoded with term_to_binary (External) and printed with ~p (Text).
type recorded struct{ Expression, External, Text string }

func recordings(t testing.TB, release string) []recorded {
	t.Helper()
	b, err := os.ReadFile("testdata/terms-" + release + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var out []recorded
	if err := json.Unmarshal(b, &out); err != nil || len(out) < 60 {
		t.Fatalf("%d recordings, %v", len(out), err)
	}
	return out
}

// TestRecorded: a term from a node is decoded, printed as the node prints it, and encoded to the bytes that the node
// sent.
func TestRecorded(t *testing.T) {
	t.Parallel()
	for _, release := range []string{"3.10", "4.3"} {
		for _, r := range recordings(t, release) {
			sent, _ := hex.DecodeString(r.External)
			term, err := erlang.Decode(sent)
			if err != nil {
				t.Errorf("%s %s: %v", release, r.Expression, err)
				continue
			}
			if got := erlang.Lines(term, 1, 0); got != r.Text {
				t.Errorf("%s %s is printed as\n%s\nwant\n%s", release, r.Expression, got, r.Text)
			}
			back, err := erlang.Encode(term)
			if err != nil {
				t.Errorf("%s %s: %v", release, r.Expression, err)
			}
			// Releases before Erlang 26 encode atoms as Latin-1 if possible, so their bytes differ.
			if release == "4.3" && hex.EncodeToString(back) != r.External {
				t.Errorf("%s goes back as\n%x\nwant\n%s", r.Expression, back, r.External)
			}
			if again, err := erlang.Decode(back); err != nil || !reflect.DeepEqual(again, term) {
				t.Errorf("%s %s goes back as %#v, want %#v: %v", release, r.Expression, again, term, err)
			}
		}
	}
}

// TestDecode_broken: bytes that are no valid term, or a term that Decode does not support, are refused. A few bytes that
// claim a huge term cost little memory.
func TestDecode_broken(t *testing.T) {
	t.Parallel()
	deep := append([]byte{131}, []byte(strings.Repeat("\x68\x01", 5000)+"\x6a")...)
	wide := append(binary.BigEndian.AppendUint32([]byte{131, 108}, 5_000_000), make([]byte, 0)...)
	wide = append(wide, []byte(strings.Repeat("\x6a", 5_000_001))...)
	for name, c := range map[string]struct {
		sent []byte
		says string
	}{
		"nothing":             {nil, "not an Erlang term"},
		"another version":     {[]byte{130, 97, 1}, "not an Erlang term"},
		"the version alone":   {[]byte{131}, "ends in the middle"},
		"compressed":          {[]byte{131, 80, 0xff, 0xff, 0xff, 0xff, 0x78}, "compressed"},
		"huge list":           {[]byte{131, 108, 0xff, 0xff, 0xff, 0xff, 106}, "ends in the middle"},
		"huge tuple":          {[]byte{131, 105, 0x7f, 0xff, 0xff, 0xff}, "ends in the middle"},
		"huge map":            {[]byte{131, 116, 0xff, 0xff, 0xff, 0xff}, "ends in the middle"},
		"huge binary":         {[]byte{131, 109, 0xff, 0xff, 0xff, 0xff}, "ends in the middle"},
		"huge integer":        {append([]byte{131, 111, 0, 2, 0, 0, 0}, make([]byte, 0x20000)...), "integer of 131072 bytes"},
		"huge function":       {[]byte{131, 112, 0xff, 0xff, 0xff, 0xff}, "ends in the middle"},
		"function of nothing": {[]byte{131, 112, 0, 0, 0, 0}, "ends in the middle"},
		"reference of 6":      {[]byte{131, 90, 0, 6, 119, 1, 'a', 0, 0, 0, 1, 0}, "reference of 6"},
		"atom of 256":         {append([]byte{131, 118, 1, 0}, make([]byte, 256)...), "longer than 255"},
		"atom not UTF-8":      {[]byte{131, 119, 1, 0xff}, "not UTF-8"},
		"atom of a cache":     {[]byte{131, 82, 0}, "unknown kind 82"},
		"no number":           {[]byte{131, 70, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0}, "not a number"},
		"bits of none":        {[]byte{131, 77, 0, 0, 0, 0, 3}, "bit string"},
		"too much":            {[]byte{131, 106, 106}, "1 bytes too many"},
		"deep":                {deep, "nested"},
		"wide":                {wide, "more than 4000000"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		term, err := erlang.Decode(c.sent)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v", name, term, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; len(c.sent) < 1000 && used > 64<<20 {
			t.Errorf("%s costs %d bytes", name, used)
		}
	}
}

func TestEncode_refuses(t *testing.T) {
	t.Parallel()
	for _, term := range []erlang.Term{nil, erlang.Number(""), erlang.Number("x"), erlang.Number("1e999"),
		erlang.Atom(strings.Repeat("a", 256)), erlang.Atom("\xff"), erlang.List{nil}} {
		if b, err := erlang.Encode(term); err == nil {
			t.Errorf("%#v is sent as %x", term, b)
		}
	}
}

// FuzzDecode: decoding any bytes ends, and a decoded term is the same after it was encoded and decoded again.
func FuzzDecode(f *testing.F) {
	for _, r := range recordings(f, "4.3") {
		b, _ := hex.DecodeString(r.External)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		term, err := erlang.Decode(sent)
		var keeping erlang.Decoder
		for range 2 {
			kept, again := keeping.Decode(sent)
			if (again == nil) != (err == nil) || err == nil && erlang.Text(kept) != erlang.Text(term) {
				t.Fatalf("%#v, %v; by one that keeps %#v, %v", term, err, kept, again)
			}
		}
		if err != nil {
			return
		}
		_, _ = erlang.Lines(term, 1, 0), erlang.JSON(term)
		back, err := erlang.Encode(term)
		if err != nil {
			t.Fatalf("%#v: %v", term, err)
		}
		if again, err := erlang.Decode(back); err != nil || erlang.Text(again) != erlang.Text(term) {
			t.Errorf("%s goes back as %v, %v", erlang.Text(term), again, err)
		}
	})
}
