package record_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// repeating is an endless text. Each read fills the whole buffer, because with many small reads the race detector takes
// minutes.
type repeating struct {
	piece string
	at    int
	read  int64
}

func (r *repeating) Read(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := copy(rest, r.piece[r.at:])
		r.at, rest = (r.at+n)%len(r.piece), rest[n:]
	}
	r.read += int64(len(p))
	return len(p), nil
}

func TestWhole(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		` {"name":"a"} ` + "\n": "", `{}`: "",
		"": "EOF", "null": "null, not an object", "0": "a number, not an object", "[]": "a list, not an object",
		`"x"`: "a string, not an object", "true": "true or false, not an object",
		`{"name":"a`: "unexpected EOF", `{"name":"a"`: "unexpected EOF", "nul": "unexpected EOF",
		`{"name":"a"}{}`: "more than one JSON value", `{} x`: "more than one JSON value", `{"a":1,}`: "invalid character",
		"<html>": "invalid character",
	} {
		v, err := record.Whole(strings.NewReader(text), '{', record.MaxObject)
		if want == "" && (err != nil || string(v) != strings.TrimSpace(text)) || want != "" &&
			(err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %q, %v, want %q", text, v, err, want)
		}
	}
	if v, err := record.Whole(strings.NewReader("[1]"), '[', 3); err != nil || string(v) != "[1]" {
		t.Errorf("as long as may be: %q %v", v, err)
	}
}

// TestWhole_limit: reading stops soon after the limit, whatever the text is.
func TestWhole_limit(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	for _, head := range []string{"", `{"a":"`, `{"a":[1`, `{"a":{}`, `{} `} {
		for _, piece := range []string{" ", "x", ",1", "\n"} {
			endless := &repeating{piece: strings.Repeat(piece, 1024)}
			_, err := record.Whole(io.MultiReader(strings.NewReader(head), endless), '{', limit)
			if err == nil || endless.read > 2*limit {
				t.Errorf("%q and %q for ever: %v after %d bytes", head, piece, err, endless.read)
			}
		}
	}
	var long *record.TooLong
	if _, err := record.Whole(io.MultiReader(strings.NewReader(`{"a":"`), &repeating{piece: "x"}), '{',
		limit); !errors.As(err, &long) || long.Error() != "more than 1 MB" {
		t.Errorf("%v", err)
	}
	endless := &repeating{piece: "[1,"}
	if _, err := record.Whole(endless, '{', limit); err == nil || endless.read > 64<<10 {
		t.Errorf("a list where an object is due: %v after %d bytes", err, endless.read)
	}
}

func TestStream_rowsAreObjects(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[]`: "", `[{"name":"a"}]`: "", `[[],{}]`: "", "[{}] \n": "",
		`[{"name":"a"},null]`: "row 2 is null, not an object", `[1]`: "row 1 is a number, not an object",
		`["a"]`: "row 1 is a string, not an object", `[[1]]`: "row 1 is a list, not an object",
		`[{},true]`: "row 2 is true or false, not an object",
		`{}`:        "an object, not a list", "null": "null, not a list", "0": "a number, not a list", "": "EOF",
		`[`: "unexpected EOF", `[{}`: "unexpected EOF", `[{},`: "unexpected EOF", `[[]`: "unexpected EOF",
		`[]]`: "more than one JSON value", `[][]`: "more than one JSON value",
	} {
		var err error
		for _, err = range record.Stream(strings.NewReader(text), []record.Column{{Name: "name"}}) {
		}
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestStream_limit: the length of one row is limited, even for columns that are not wanted. The number of rows is not
// limited.
func TestStream_limit(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{" ", "x", `","`} {
		endless := &repeating{piece: strings.Repeat(piece, 1024)}
		var long *record.TooLong
		var err error
		rows := 0
		for _, err = range record.Stream(io.MultiReader(strings.NewReader(`[{},{"b":["`), endless),
			[]record.Column{{Name: "a"}}) {
			rows++
		}
		if !errors.As(err, &long) || endless.read > record.MaxObject+1<<16 || rows != 2 {
			t.Errorf("%q for ever: %v after %d bytes and %d rows", piece, err, endless.read, rows)
		}
	}
	row := `{"name":"a","rest":"` + strings.Repeat("x", 1<<20) + `"},`
	rows := 0
	for _, err := range record.Stream(io.MultiReader(strings.NewReader("["), &repeating{piece: row}),
		[]record.Column{{Name: "name"}}) {
		if err != nil {
			t.Fatal(err)
		}
		if rows++; rows > 2*record.MaxObject>>20 {
			return
		}
	}
}
