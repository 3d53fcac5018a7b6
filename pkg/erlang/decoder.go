package erlang

import "bytes"

// A Decoder reads terms as the function Decode does, and keeps atoms, short binaries, small integers, and the last few
// processes and references, so that many similar terms, such as the rows of a listing, cost little. What it keeps is
// bounded. It is not safe for concurrent use. The zero Decoder is ready, and a nil one keeps nothing.
type Decoder struct {
	atoms, binaries map[string]Term
	smalls          [256]Term
	names           [4]keptName
	// turn is the index in names of the process or reference that the next new one replaces.
	turn int
	// free is memory for elements that is allocated and not used yet. Each small term gets a part of it.
	free []Term
}

// keptName is a process or a reference, with the bytes in which it was sent.
type keptName struct {
	term Term
	sent []byte
}

const (
	// mostKept is how many atoms, and how many short binaries, the decoder remembers: the first ones that it reads.
	mostKept = 256
	// shortBinary is the greatest length, in bytes, of a binary that the decoder remembers: names of virtual hosts, for
	// example, repeat often.
	shortBinary = 32
	// roomFor is the number of elements for which memory is allocated at once. fewElements is the largest number of them
	// that one term can get.
	roomFor, fewElements = 512, 32
)

// atom returns the kept atom with this text, or nil if there is none. Only ASCII atoms are kept: their bytes are the
// same under every tag.
func (k *Decoder) atom(sent []byte) Term {
	if k == nil {
		return nil
	}
	return k.atoms[string(sent)]
}

func (k *Decoder) addAtom(a Atom) Term {
	var t Term = a
	if k == nil || len(k.atoms) >= mostKept || bytes.ContainsFunc([]byte(a), func(r rune) bool { return r > '~' }) {
		return t
	}
	if k.atoms == nil {
		k.atoms = map[string]Term{}
	}
	k.atoms[string(a)] = t
	return t
}

func (k *Decoder) binary(sent []byte) Term {
	if k == nil || len(sent) > shortBinary {
		return Binary(sent)
	}
	if t, ok := k.binaries[string(sent)]; ok {
		return t
	}
	var t Term = Binary(sent)
	if len(k.binaries) < mostKept {
		if k.binaries == nil {
			k.binaries = map[string]Term{}
		}
		k.binaries[string(sent)] = t
	}
	return t
}

// small returns an integer of one byte; nil if there is no byte.
func (k *Decoder) small(sent []byte) Term {
	if len(sent) == 0 {
		return nil
	}
	if k == nil {
		return Int(int64(sent[0]))
	}
	t := &k.smalls[sent[0]]
	if *t == nil {
		*t = Int(int64(sent[0]))
	}
	return *t
}

// name returns the kept process or reference that b begins with, and its length in b; nil and 0 if none is kept.
func (k *Decoder) name(b []byte) (Term, int) {
	if k == nil {
		return nil, 0
	}
	for i := range k.names {
		if n := &k.names[i]; n.term != nil && bytes.HasPrefix(b, n.sent) {
			return n.term, len(n.sent)
		}
	}
	return nil, 0
}

func (k *Decoder) addName(t Term, sent []byte) {
	if k == nil {
		return
	}
	k.names[k.turn] = keptName{t, bytes.Clone(sent)}
	k.turn = (k.turn + 1) % len(k.names)
}

// room returns an empty slice with a capacity of n elements.
func (k *Decoder) room(n int) []Term {
	if k == nil || n > fewElements {
		return make([]Term, 0, n)
	}
	if n > len(k.free) {
		k.free = make([]Term, roomFor)
	}
	out := k.free[:0:n]
	k.free = k.free[n:]
	return out
}
