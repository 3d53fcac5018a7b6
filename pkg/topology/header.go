package topology

import (
	"strings"
)

// ParseHeader reads a header of a message, KEY[:TYPE]=VALUE, where TYPE is int, string, bool or json. Without a TYPE
// the value is text, whatever it looks like: brokers distinguish the text 5 from the number 5. If the key contains a
// colon, a TYPE is required.
func ParseHeader(text string) (key string, value any, err error) {
	left, raw, ok := strings.Cut(text, "=")
	key, kind := left, "string"
	if i := strings.LastIndexByte(left, ':'); i >= 0 {
		key, kind = left[:i], left[i+1:]
	}
	if !ok || key == "" {
		return "", nil, about(Form, "%q is not KEY[:TYPE]=VALUE", text)
	}
	value, err = ofType(key, kind, raw)
	return key, value, err
}
