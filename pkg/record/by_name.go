package record

import "hash/maphash"

// ByName keeps a value for each of very many objects, by a hash of virtual host and name. It does not hold the names,
// which would take several times its memory. The chance that two of 100,000 objects have the same hash is one in four
// thousand million.
type ByName[T any] struct {
	seed maphash.Seed
	at   map[uint64]T
}

// NewByName makes an empty ByName.
func NewByName[T any]() *ByName[T] { return &ByName[T]{maphash.MakeSeed(), map[uint64]T{}} }

// Put keeps a value for an object. Put and Of must both use raw values, or both use texts.
func (b *ByName[T]) Put(vhost, name []byte, of T) { b.at[NameHash(b.seed, vhost, name)] = of }

// Of returns the value that is kept for an object. known is false if there is none.
func (b *ByName[T]) Of(vhost, name []byte) (of T, known bool) {
	of, known = b.at[NameHash(b.seed, vhost, name)]
	return of, known
}

// Len returns the number of objects with a value.
func (b *ByName[T]) Len() int { return len(b.at) }

// NameHash returns a hash of an object's virtual host and name.
func NameHash(seed maphash.Seed, vhost, name []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.Write(vhost)
	h.WriteByte(0)
	h.Write(name)
	return h.Sum64()
}
