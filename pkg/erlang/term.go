// Package erlang holds the values of Erlang: terms, how Erlang and the official tools print them, how they are written
// as text and sent between nodes, and how a printed list is cut into its elements.
package erlang

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// A Term is one of the types below. A nil Term means that there is no value.
type Term interface{ term() }

type (
	// Atom is a name that stands for itself, such as true.
	Atom string
	// Binary is a sequence of bytes: names, and most texts.
	Binary string
	// String is a list of characters, in UTF-8.
	String string
	// Number is an integer of any size or a float, as decimal text.
	Number string
	// List is a proper list.
	List []Term
	// Tuple has a fixed number of elements.
	Tuple []Term
	// Map keeps its entries in the order in which they were put in.
	Map []Entry
	// Entry is one key of a map and its value.
	Entry struct{ Key, Value Term }
	// Bits is a sequence of bytes with an incomplete last byte: only its first Last bits, 1 to 7, count.
	Bits struct {
		Bytes string
		Last  int
	}
	// Improper is a list whose tail is not a list.
	Improper struct {
		Head List
		Tail Term
	}
	// Pid identifies a process of a node.
	Pid struct {
		Node                 Atom
		ID, Serial, Creation uint32
	}
	// Port identifies a port of a node.
	Port struct {
		Node     Atom
		ID       uint64
		Creation uint32
	}
	// Ref is a reference that a node made. Only the first Words elements of ID are in use.
	Ref struct {
		Node     Atom
		Creation uint32
		Words    int
		ID       [5]uint32
	}
	// Fun is a function with its environment; External holds the bytes in which it was sent, without the tag and the
	// length. Export is a function that is called by its name.
	Fun struct {
		Module        Atom
		Index, Unique Number
		External      string
	}
	Export struct {
		Module, Function Atom
		Arity            int
	}
)

func (Atom) term()   {}
func (Binary) term() {}
func (String) term() {}
func (Number) term() {}
func (List) term()   {}
func (Tuple) term()  {}
func (Map) term()    {}

func (Bits) term()     {}
func (Improper) term() {}
func (Pid) term()      {}
func (Port) term()     {}
func (Ref) term()      {}
func (Fun) term()      {}
func (Export) term()   {}

// Int returns a whole number as a Number.
func Int(n int64) Number { return Number(strconv.FormatInt(n, 10)) }

// IsFloat reports whether the number is a float and not an integer.
func (n Number) IsFloat() bool { return strings.ContainsAny(string(n), ".eE") }

// Name returns the process as RabbitMQ writes it for people, with the node that it is on.
func (p Pid) Name() string {
	return fmt.Sprintf("<%s.%d.%d.%d>", p.Node, p.Creation, p.ID, p.Serial)
}

// Address returns an IP address as Erlang holds it: a tuple of 4 or of 8 numbers.
func Address(ip netip.Addr) Tuple {
	var out Tuple
	if ip.Is4() {
		for _, b := range ip.As4() {
			out = append(out, Int(int64(b)))
		}
		return out
	}
	b := ip.As16()
	for i := 0; i < len(b); i += 2 {
		out = append(out, Int(int64(b[i])<<8|int64(b[i+1])))
	}
	return out
}

// Get returns the value of the entry whose key, as Cell prints it, is the given text; nil if there is none.
func (m Map) Get(key string) Term {
	for _, e := range m {
		if Cell(e.Key) == key {
			return e.Value
		}
	}
	return nil
}
