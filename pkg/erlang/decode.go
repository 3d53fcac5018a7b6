package erlang

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Decode reads one term of the external format, which is the whole of b. Compressed terms are refused, because their
// unpacked size is not known in advance.
func Decode(b []byte) (Term, error) { return one(b, nil) }

// Decode does what the function Decode does, but k reuses parts that it has read before.
func (k *Decoder) Decode(b []byte) (Term, error) { return one(b, k) }

func one(b []byte, keep *Decoder) (Term, error) {
	t, rest, err := first(b, keep)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes too many after an Erlang term", len(rest))
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// DecodeFirst reads the first term of b and returns the bytes after it as rest.
func DecodeFirst(b []byte) (t Term, rest []byte, err error) { return first(b, nil) }

// DecodeFirst does what the function DecodeFirst does, but k reuses parts that it has read before.
func (k *Decoder) DecodeFirst(b []byte) (t Term, rest []byte, err error) { return first(b, k) }

func first(b []byte, keep *Decoder) (t Term, rest []byte, err error) {
	if len(b) == 0 || b[0] != version {
		return nil, nil, errors.New("this is not an Erlang term")
	}
	d := &decoder{b: b[1:], keep: keep}
	t = d.term(0)
	if d.err != nil {
		return nil, nil, d.err
	}
	return t, d.b, nil
}

// decoder reads terms from the front of b. After the first error it reads nothing more.
type decoder struct {
	b     []byte
	count int
	err   error
	// keep holds parts that were read before and are reused; if it is nil, nothing is reused.
	keep *Decoder
}

func (d *decoder) fail(format string, args ...any) Term {
	if d.err == nil {
		d.err = fmt.Errorf(format, args...)
	}
	d.b = nil
	return nil
}

// take returns the next n bytes, or nil if fewer are left.
func (d *decoder) take(n int) []byte {
	if d.err != nil {
		return nil
	}
	if n < 0 || n > len(d.b) {
		d.fail("an Erlang term ends in the middle")
		return nil
	}
	out := d.b[:n]
	d.b = d.b[n:]
	return out
}

// uint reads an unsigned number of n bytes; n is at most 4.
func (d *decoder) uint(n int) int {
	v := 0
	for _, c := range d.take(n) {
		v = v<<8 | int(c)
	}
	return v
}

func (d *decoder) uint32() uint32 { return uint32(d.uint(4)) }

// elements checks that the remaining bytes can hold n elements of at least size bytes each, before memory is allocated
// for them.
func (d *decoder) elements(n, size int) int {
	if d.err == nil && n > len(d.b)/size {
		d.fail("an Erlang term ends in the middle")
	}
	if d.err != nil {
		return 0
	}
	return n
}

func (d *decoder) term(depth int) Term {
	if d.count++; d.count > most {
		return d.fail("an Erlang term has more than %d parts", most)
	}
	if depth > deepest {
		return d.fail("an Erlang term is nested more than %d deep", deepest)
	}
	from := d.b
	tag := d.uint(1)
	if d.err != nil {
		return nil
	}
	switch tag {
	case tagSmallInteger:
		return d.keep.small(d.take(1))
	case tagInteger, tagSmallBig, tagLargeBig, tagFloat, tagNewFloat:
		return d.number(tag)
	case tagAtom, tagSmallAtom, tagAtomUTF8, tagSmallAtomUTF8:
		return d.atomOf(tag)
	case tagNil:
		return List{}
	case tagString:
		return latin1(d.take(d.uint(2)))
	case tagList:
		return d.list(depth)
	case tagSmallTuple:
		return Tuple(d.terms(d.uint(1), depth))
	case tagLargeTuple:
		return Tuple(d.terms(d.uint(4), depth))
	case tagMap:
		return d.mapOf(depth)
	case tagBinary:
		return d.keep.binary(d.take(d.uint(4)))
	case tagBitBinary:
		return d.bits()
	case tagNewPid, tagNewerRef:
		if t, size := d.keep.name(from); t != nil {
			d.take(size - 1)
			return t
		}
		t := d.name(tag, depth)
		if d.err == nil {
			d.keep.addName(t, from[:len(from)-len(d.b)])
		}
		return t
	case tagPid, tagPort, tagNewPort, tagV4Port, tagNewRef, tagNewFun, tagExport:
		return d.name(tag, depth)
	case tagCompressed:
		return d.fail("a compressed Erlang term is not supported")
	}
	return d.fail("an Erlang term of the unknown kind %d", tag)
}

func (d *decoder) terms(n, depth int) []Term {
	n = d.elements(n, 1)
	out := d.keep.room(n)
	for len(out) < n && d.err == nil {
		out = append(out, d.term(depth+1))
	}
	return out
}

func (d *decoder) list(depth int) Term {
	head := List(d.terms(d.uint(4), depth))
	switch tail := d.term(depth + 1).(type) {
	case nil:
		return nil
	case List:
		return append(head, tail...)
	case String:
		return append(head, characters(string(tail))...)
	case Improper:
		return Improper{append(head, tail.Head...), tail.Tail}
	default:
		if len(head) == 0 {
			return tail
		}
		return Improper{head, tail}
	}
}

func (d *decoder) mapOf(depth int) Term {
	n := d.elements(d.uint(4), 2)
	out := make(Map, 0, n)
	for len(out) < n && d.err == nil {
		key := d.term(depth + 1)
		out = append(out, Entry{key, d.term(depth + 1)})
	}
	return out
}

func (d *decoder) bits() Term {
	n, last := d.uint(4), d.uint(1)
	b := d.take(n)
	switch {
	case d.err != nil:
		return nil
	case last < 1 || last > 8 || n == 0:
		return d.fail("an Erlang bit string has %d bits in its last byte", last)
	case last == 8:
		return Binary(b)
	}
	return Bits{string(b), last}
}

// atom reads an atom. Any other term is an error.
func (d *decoder) atom() Atom {
	tag := d.uint(1)
	if d.err != nil {
		return ""
	}
	a, _ := d.atomOf(tag).(Atom)
	return a
}

func (d *decoder) atomOf(tag int) Term {
	length := 1
	switch tag {
	case tagAtom, tagAtomUTF8:
		length = 2
	case tagSmallAtom, tagSmallAtomUTF8:
	default:
		return d.fail("an Erlang term of the kind %d in place of an atom", tag)
	}
	sent := d.take(d.uint(length))
	if t := d.keep.atom(sent); t != nil {
		return t
	}
	text := string(sent)
	if tag == tagAtom || tag == tagSmallAtom {
		text = string(latin1(sent))
	}
	switch {
	case d.err != nil:
		return nil
	case !utf8.ValidString(text) || utf8.RuneCountInString(text) > longestAtom:
		return d.fail("an Erlang atom that is not UTF-8 or longer than %d characters", longestAtom)
	}
	return d.keep.addAtom(Atom(text))
}

// latin1 returns the text of bytes that each stand for one character.
func latin1(b []byte) String {
	var out strings.Builder
	for _, c := range b {
		out.WriteRune(rune(c))
	}
	return String(out.String())
}

func (d *decoder) uint64() uint64 {
	if b := d.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}
