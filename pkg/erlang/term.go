// Package erlang holds the values of Erlang: terms, how Erlang and the official tools print them, and how a printed
// list is cut into its elements.
package erlang

import (
	"net/netip"
	"strconv"
	"strings"
)

// A Term is one of the types below. A nil Term is none.
type Term interface{ term() }

type (
	// Atom is a word, such as true.
	Atom string
	// Binary is bytes: names, and most texts.
	Binary string
	// String is a list of characters, in UTF-8.
	String string
	// Number is an integer of any size or a float, in decimal digits as it was sent.
	Number string
	// List is a proper list.
	List []Term
	// Tuple has a fixed number of elements.
	Tuple []Term
	// Map keeps its entries in the order in which they were put in.
	Map []Entry
	// Entry is one key of a map and its value.
	Entry struct{ Key, Value Term }
)

func (Atom) term()   {}
func (Binary) term() {}
func (String) term() {}
func (Number) term() {}
func (List) term()   {}
func (Tuple) term()  {}
func (Map) term()    {}

// Int is a whole number.
func Int(n int64) Number { return Number(strconv.FormatInt(n, 10)) }

// IsFloat tells a float from an integer.
func (n Number) IsFloat() bool { return strings.ContainsAny(string(n), ".eE") }

// Address is an IP address as Erlang holds it: a tuple of 4 or of 8 numbers.
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

// Get is the value of the key that is printed so, nil where there is none.
func (m Map) Get(key string) Term {
	for _, e := range m {
		if Cell(e.Key) == key {
			return e.Value
		}
	}
	return nil
}
