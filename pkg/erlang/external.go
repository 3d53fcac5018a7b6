package erlang

// The tags of the external term format, in which nodes send terms to each other and term_to_binary writes them. The
// tags of releases before Erlang 23, of the atom cache and of the node's local format are left out.
const (
	version = 131

	tagNewFloat      = 70
	tagBitBinary     = 77
	tagCompressed    = 80
	tagNewPid        = 88
	tagNewPort       = 89
	tagNewerRef      = 90
	tagSmallInteger  = 97
	tagInteger       = 98
	tagFloat         = 99
	tagAtom          = 100
	tagPort          = 102
	tagPid           = 103
	tagSmallTuple    = 104
	tagLargeTuple    = 105
	tagNil           = 106
	tagString        = 107
	tagList          = 108
	tagBinary        = 109
	tagSmallBig      = 110
	tagLargeBig      = 111
	tagNewFun        = 112
	tagExport        = 113
	tagNewRef        = 114
	tagSmallAtom     = 115
	tagMap           = 116
	tagAtomUTF8      = 118
	tagSmallAtomUTF8 = 119
	tagV4Port        = 120
)

// Limits for decoding, parsing and encoding. The terms of real nodes are far smaller. A sender that exceeds a limit is
// perhaps not a node at all.
const (
	// deepest is the depth to which terms may be nested.
	deepest = 1000
	// most is the highest number of terms within a term that is decoded. Each term costs some tens of bytes of memory,
	// however few bytes it was sent in.
	most = 4_000_000
	// longestAtom is in characters, as in Erlang's own limit.
	longestAtom = 255
	// longestInteger is in bytes; for an integer in a text, in digits. Erlang's own limit is higher, but it takes long to
	// write such a number in digits.
	longestInteger = 1 << 16
)
