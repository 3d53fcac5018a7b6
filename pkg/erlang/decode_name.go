package erlang

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

func (d *decoder) number(tag int) Term {
	switch tag {
	case tagInteger:
		return Int(int64(int32(d.uint32())))
	case tagSmallBig:
		return d.big(d.uint(1))
	case tagLargeBig:
		return d.big(d.uint(4))
	case tagFloat:
		text, _, _ := strings.Cut(string(d.take(31)), "\x00")
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			f = math.NaN()
		}
		return d.float(f)
	}
	return d.float(math.Float64frombits(d.uint64()))
}

func (d *decoder) float(f float64) Term {
	n := Float(f)
	if n == "" {
		return d.fail("an Erlang float that is not a number")
	}
	return n
}

// big reads an integer of n bytes, the lowest first, which follow its sign.
func (d *decoder) big(n int) Term {
	if n > longestInteger {
		return d.fail("an Erlang integer of %d bytes", n)
	}
	negative := d.uint(1) != 0
	b := slices.Clone(d.take(n))
	slices.Reverse(b)
	v := new(big.Int).SetBytes(b)
	if negative {
		v.Neg(v)
	}
	return Number(v.String())
}

// name reads a process, a port, a reference or a function.
func (d *decoder) name(tag, depth int) Term {
	switch tag {
	case tagPid, tagNewPid:
		p := Pid{Node: d.atom(), ID: d.uint32(), Serial: d.uint32()}
		p.Creation = d.creation(tag == tagPid)
		return p
	case tagPort, tagNewPort, tagV4Port:
		p := Port{Node: d.atom()}
		if tag == tagV4Port {
			p.ID = d.uint64()
		} else {
			p.ID = uint64(d.uint32())
		}
		p.Creation = d.creation(tag == tagPort)
		return p
	case tagNewRef, tagNewerRef:
		r := Ref{Words: d.uint(2), Node: d.atom()}
		r.Creation = d.creation(tag == tagNewRef)
		if r.Words > len(r.ID) {
			return d.fail("an Erlang reference of %d words", r.Words)
		}
		for i := range r.Words {
			r.ID[i] = d.uint32()
		}
		return r
	case tagExport:
		e := Export{Module: d.atom(), Function: d.atom()}
		arity, ok := d.term(depth + 1).(Number)
		n, err := strconv.Atoi(string(arity))
		if !ok || err != nil || n < 0 || n > 255 {
			return d.fail("an Erlang function without a number of arguments")
		}
		e.Arity = n
		return e
	}
	return d.fun(depth)
}

// creation reads the number that changes when a node starts again. In older formats it has one byte.
func (d *decoder) creation(short bool) uint32 {
	if short {
		return uint32(d.uint(1))
	}
	return d.uint32()
}

// fun keeps the bytes of the function as they were sent. It also reads the function's parts, so that no broken function
// is sent back to a node.
func (d *decoder) fun(depth int) Term {
	size := d.uint(4)
	whole := d.take(size - 4)
	if d.err != nil {
		return nil
	}
	in := &decoder{b: whole, count: d.count, keep: d.keep}
	in.take(1 + 16 + 4)
	free := in.uint(4)
	f := Fun{Module: in.atom(), External: string(whole)}
	index, _ := in.term(depth + 1).(Number)
	unique, _ := in.term(depth + 1).(Number)
	f.Index, f.Unique = index, unique
	if _, ok := in.term(depth + 1).(Pid); !ok {
		in.fail("an Erlang function without its process")
	}
	in.terms(free, depth)
	d.count = in.count
	if in.err != nil {
		return d.fail("%w", in.err)
	}
	if len(in.b) > 0 || index == "" || unique == "" {
		return d.fail("an Erlang function does not have the length that it states")
	}
	return f
}
