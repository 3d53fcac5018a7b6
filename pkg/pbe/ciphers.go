package pbe

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"  //nolint:gosec // what was once encrypted with it can still be read
	"crypto/md5"  //nolint:gosec // as with des
	"crypto/sha1" //nolint:gosec // as with des
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"fmt"
	"hash"
)

// method is a cipher: the lengths of its key, of its initialization vector and of the blocks to which a value is
// padded, and the function that encrypts or decrypts in place.
type method struct {
	key, vector, block int
	crypt              func(key, vector, text []byte, encrypt bool) error
}

func ciphers() map[string]method {
	all := map[string]method{"des_ede3_cbc": {24, des.BlockSize, des.BlockSize, chained(des.NewTripleDESCipher)}}
	for _, bits := range []int{128, 192, 256} {
		for mode, m := range map[string]method{
			"cbc": {block: aes.BlockSize, crypt: chained(aes.NewCipher)}, "ctr": {block: 1, crypt: counted},
			"cfb128": {block: 1, crypt: fedBack(aes.BlockSize)}, "cfb8": {block: 1, crypt: fedBack(1)},
			"ofb": {block: 1, crypt: outputFed},
		} {
			m.key, m.vector = bits/8, aes.BlockSize
			all[fmt.Sprintf("aes_%d_%s", bits, mode)] = m
		}
	}
	return all
}

func hashes() map[string]func() hash.Hash {
	return map[string]func() hash.Hash{"md5": md5.New, "sha": sha1.New, "sha224": sha256.New224, "sha256": sha256.New,
		"sha384": sha512.New384, "sha512": sha512.New, "sha512_224": sha512.New512_224, "sha512_256": sha512.New512_256,
		"sha3_224": func() hash.Hash { return sha3.New224() }, "sha3_256": func() hash.Hash { return sha3.New256() },
		"sha3_384": func() hash.Hash { return sha3.New384() }, "sha3_512": func() hash.Hash { return sha3.New512() }}
}

// chained returns a function for cipher block chaining (CBC).
func chained(of func(key []byte) (cipher.Block, error)) func(key, vector, text []byte, encrypt bool) error {
	return func(key, vector, text []byte, encrypt bool) error {
		b, err := of(key)
		if err != nil {
			return err
		}
		mode := cipher.NewCBCDecrypter(b, vector)
		if encrypt {
			mode = cipher.NewCBCEncrypter(b, vector)
		}
		mode.CryptBlocks(text, text)
		return nil
	}
}

// counted encrypts or decrypts in counter mode (CTR). Both are the same operation.
func counted(key, vector, text []byte, _ bool) error {
	b, err := aes.NewCipher(key)
	if err == nil {
		cipher.NewCTR(b, vector).XORKeyStream(text, text)
	}
	return err
}

// fedBack returns a function for cipher feedback (CFB) in segments of the given number of bytes. Go's library has CFB
// only in segments of a block, and advises against it.
func fedBack(segment int) func(key, vector, text []byte, encrypt bool) error {
	return func(key, vector, text []byte, encrypt bool) error {
		b, err := aes.NewCipher(key)
		if err != nil {
			return err
		}
		register, out := append([]byte{}, vector...), make([]byte, aes.BlockSize)
		for len(text) > 0 {
			part := text[:min(segment, len(text))]
			b.Encrypt(out, register)
			sealed := append([]byte{}, part...)
			for i := range part {
				part[i] ^= out[i]
			}
			if encrypt {
				sealed = part
			}
			register = append(append([]byte{}, register[len(part):]...), sealed...)
			text = text[len(part):]
		}
		return nil
	}
}

// outputFed encrypts or decrypts in output feedback mode (OFB). Both are the same operation.
func outputFed(key, vector, text []byte, _ bool) error {
	b, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	register := append([]byte{}, vector...)
	for len(text) > 0 {
		b.Encrypt(register, register)
		n := min(len(register), len(text))
		for i := range n {
			text[i] ^= register[i]
		}
		text = text[n:]
	}
	return nil
}
