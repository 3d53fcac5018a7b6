package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxObject is the largest number of bytes of one object, or of one row of a listing. The largest known rows are queues
// whose statistics list each consumer, with half a kilobyte for each.
const MaxObject = 32 << 20

// TooLong is the error for a value that has more bytes than Limit.
type TooLong struct{ Limit int64 }

func (e *TooLong) Error() string { return fmt.Sprintf("more than %d MB", e.Limit>>20) }

// WrongKind is the error for a JSON value of another kind than expected.
type WrongKind struct {
	// Want and Got are words for kinds of values: "an object", "null". Want is "" if more than one value was found where
	// one was expected.
	Want, Got string
	// Row is the number of the value in a listing, from 1; 0 if the value is not part of a listing.
	Row int
}

func (e *WrongKind) Error() string {
	if e.Row > 0 {
		return fmt.Sprintf("row %d is %s, not %s", e.Row, e.Got, e.Want)
	}
	if e.Want == "" {
		return e.Got
	}
	return fmt.Sprintf("%s, not %s", e.Got, e.Want)
}

// Whole reads a text that must be exactly one JSON value of the given kind, '{' or '[', of at most limit bytes. At the
// first byte that breaks this rule, it returns a *WrongKind, a *TooLong, or an error of jsontext. For an empty text it
// returns io.EOF, and for a text that ends early an error that wraps io.ErrUnexpectedEOF.
func Whole(r io.Reader, kind jsontext.Kind, limit int64) (Value, error) {
	// The end is one byte beyond the limit, so that a text of exactly limit bytes is read to its end.
	from := &bounded{r: r, limit: limit, end: limit + 1}
	d := decoder(from)
	if d.PeekKind() != kind {
		return nil, otherThan(kind, d)
	}
	v, err := d.ReadValue()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	rest, err := io.ReadAll(io.MultiReader(bytes.NewReader(d.UnreadBuffer()), from))
	if err == nil && !blank(rest) {
		err = &WrongKind{Got: "more than one JSON value"}
	}
	return Value(v), err
}

// otherThan returns the error for the next value, which is not of the expected kind.
func otherThan(kind jsontext.Kind, d *jsontext.Decoder) error {
	wrong := &WrongKind{Want: kindWord(kind)}
	if k := d.PeekKind(); k == '{' || k == '[' {
		wrong.Got = kindWord(k)
		return wrong
	}
	t, err := d.ReadToken()
	if err != nil {
		return err
	}
	wrong.Got = kindWord(t.Kind())
	return wrong
}

func kindWord(k jsontext.Kind) string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 'n':
		return "null"
	}
	return "true or false"
}

// empty reads an array that must be empty.
func (p *Picker) empty(d *jsontext.Decoder, n int) (Row, error) {
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	if d.PeekKind() == ']' {
		_, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		return p.Pick([]byte("{}"))
	}
	return nil, &WrongKind{Row: n, Want: "an object", Got: "a list"}
}

// blank tells whether a text has nothing but white space.
func blank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }

// bounded reads up to the position end, which the caller can move forward.
type bounded struct {
	r       io.Reader
	at, end int64
	limit   int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.at >= b.end {
		return 0, &TooLong{b.limit}
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.end-b.at)])
	b.at += int64(n)
	return n, err
}
