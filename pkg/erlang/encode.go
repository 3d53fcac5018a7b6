package erlang

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Encode returns the term in the external format.
func Encode(t Term) ([]byte, error) { return Append(nil, t) }

// Append appends the term in the external format to dst.
func Append(dst []byte, t Term) ([]byte, error) {
	e := &encoder{b: append(dst, version)}
	e.term(t)
	return e.b, e.err
}

type encoder struct {
	b   []byte
	err error
}

func (e *encoder) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf(format, args...)
	}
}

func (e *encoder) tag32(tag byte, n int) {
	e.b = binary.BigEndian.AppendUint32(append(e.b, tag), uint32(n))
}

func (e *encoder) uint32(n uint32) { e.b = binary.BigEndian.AppendUint32(e.b, n) }

func (e *encoder) term(t Term) {
	switch v := t.(type) {
	case Atom:
		e.atom(v)
	case Binary:
		e.tag32(tagBinary, len(v))
		e.b = append(e.b, v...)
	case Bits:
		e.tag32(tagBitBinary, len(v.Bytes))
		e.b = append(append(e.b, byte(v.Last)), v.Bytes...)
	case String:
		e.text(string(v))
	case Number:
		e.number(v)
	case List:
		e.list(v, List(nil))
	case Improper:
		e.list(v.Head, v.Tail)
	case Tuple:
		if len(v) < 256 {
			e.b = append(e.b, tagSmallTuple, byte(len(v)))
		} else {
			e.tag32(tagLargeTuple, len(v))
		}
		for _, p := range v {
			e.term(p)
		}
	case Map:
		e.tag32(tagMap, len(v))
		for _, p := range v {
			e.term(p.Key)
			e.term(p.Value)
		}
	default:
		e.name(t)
	}
}

func (e *encoder) list(head List, tail Term) {
	end, proper := tail.(List)
	proper = proper && len(end) == 0
	if b, ok := bytesOf(head); ok && proper {
		e.b = append(binary.BigEndian.AppendUint16(append(e.b, tagString), uint16(len(b))), b...)
		return
	}
	if len(head) > 0 {
		e.tag32(tagList, len(head))
		for _, p := range head {
			e.term(p)
		}
	}
	if proper {
		e.b = append(e.b, tagNil)
		return
	}
	e.term(tail)
}

func (e *encoder) atom(a Atom) {
	if utf8.RuneCountInString(string(a)) > longestAtom || !utf8.ValidString(string(a)) {
		e.fail("an Erlang atom that is not UTF-8 or longer than %d characters", longestAtom)
		return
	}
	if len(a) < 256 {
		e.b = append(e.b, tagSmallAtomUTF8, byte(len(a)))
	} else {
		e.b = binary.BigEndian.AppendUint16(append(e.b, tagAtomUTF8), uint16(len(a)))
	}
	e.b = append(e.b, a...)
}

// text appends a string as a list of characters.
func (e *encoder) text(s string) { e.list(characters(s), List(nil)) }

// bytesOf returns the bytes of a short list of numbers of one byte each, which can be sent in one piece.
func bytesOf(l List) ([]byte, bool) {
	if len(l) == 0 || len(l) > math.MaxUint16 {
		return nil, false
	}
	b := make([]byte, 0, len(l))
	for _, c := range l {
		number, ok := c.(Number)
		n, err := strconv.ParseUint(string(number), 10, 8)
		if !ok || err != nil {
			return nil, false
		}
		b = append(b, byte(n))
	}
	return b, true
}

func (e *encoder) number(n Number) {
	if n.IsFloat() {
		f, err := strconv.ParseFloat(string(n), 64)
		if err != nil {
			e.fail("%q is not a number", n)
		}
		e.b = binary.BigEndian.AppendUint64(append(e.b, tagNewFloat), math.Float64bits(f))
		return
	}
	if v, err := strconv.ParseInt(string(n), 10, 32); err == nil {
		if v >= 0 && v < 256 {
			e.b = append(e.b, tagSmallInteger, byte(v))
		} else {
			e.tag32(tagInteger, int(v))
		}
		return
	}
	v, ok := new(big.Int).SetString(string(n), 10)
	if !ok || len(v.Bytes()) > longestInteger {
		e.fail("%.40q is not a number", n)
		return
	}
	digits := v.Bytes()
	slices.Reverse(digits)
	if len(digits) < 256 {
		e.b = append(e.b, tagSmallBig, byte(len(digits)))
	} else {
		e.tag32(tagLargeBig, len(digits))
	}
	sign := byte(0)
	if v.Sign() < 0 {
		sign = 1
	}
	e.b = append(append(e.b, sign), digits...)
}

func (e *encoder) name(t Term) {
	switch v := t.(type) {
	case Pid:
		e.b = append(e.b, tagNewPid)
		e.atom(v.Node)
		e.uint32(v.ID)
		e.uint32(v.Serial)
		e.uint32(v.Creation)
	case Port:
		e.b = append(e.b, tagV4Port)
		e.atom(v.Node)
		e.b = binary.BigEndian.AppendUint64(e.b, v.ID)
		e.uint32(v.Creation)
	case Ref:
		e.b = binary.BigEndian.AppendUint16(append(e.b, tagNewerRef), uint16(v.Words))
		e.atom(v.Node)
		e.uint32(v.Creation)
		for _, w := range v.ID[:v.Words] {
			e.uint32(w)
		}
	case Export:
		e.b = append(e.b, tagExport)
		e.atom(v.Module)
		e.atom(v.Function)
		e.number(Int(int64(v.Arity)))
	case Fun:
		e.tag32(tagNewFun, len(v.External)+4)
		e.b = append(e.b, v.External...)
	default:
		e.fail("no Erlang term can be sent for %T", t)
	}
}
