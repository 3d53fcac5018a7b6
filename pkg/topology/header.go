package topology

import (
	"strings"
)

// ParseHeader reads a message's header, KEY[:TYPE]=VALUE, where TYPE is int, string, bool or json. Without a TYPE the
// value is text, whatever it looks like: brokers tell the text 5 from the number. A colon in the key needs a TYPE too.
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
