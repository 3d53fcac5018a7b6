package record

import "hash/maphash"

// ByName keeps something of each of very many objects by virtual host and name. It holds no names: they would take a multiple
// of its memory. That two of 100,000 objects have the same hash happens once in four thousand million times.
type ByName[T any] struct {
	seed maphash.Seed
	at   map[uint64]T
}

// NewByName is one that holds nothing yet.
func NewByName[T any]() *ByName[T] { return &ByName[T]{maphash.MakeSeed(), map[uint64]T{}} }

// Put keeps it for an object. Whoever puts by raw values has to look by raw values, and by texts where by texts.
func (b *ByName[T]) Put(vhost, name []byte, of T) { b.at[NameHash(b.seed, vhost, name)] = of }

// Of is what is kept of an object.
func (b *ByName[T]) Of(vhost, name []byte) (of T, known bool) {
	of, known = b.at[NameHash(b.seed, vhost, name)]
	return of, known
}

// Len is of how many objects something is kept.
func (b *ByName[T]) Len() int { return len(b.at) }

// NameHash is a hash of an object's virtual host and name.
func NameHash(seed maphash.Seed, vhost, name []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.Write(vhost)
	h.WriteByte(0)
	h.Write(name)
	return h.Sum64()
}
