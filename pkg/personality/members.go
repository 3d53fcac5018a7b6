package personality

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// members calls f with the members of an object in the order in which they came. Anything else has none.
func members(v record.Value, f func(name string, value record.Value)) {
	if len(v) == 0 || v[0] != '{' {
		return
	}
	d := json.NewDecoder(bytes.NewReader(v))
	if _, err := d.Token(); err != nil {
		return
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return
		}
		var raw json.RawMessage
		if d.Decode(&raw) != nil {
			return
		}
		text, _ := name.(string)
		f(text, record.Value(raw))
	}
}

// ipParts are the numbers of an address, four or eight; nil when it is none.
func ipParts(text string) term {
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return nil
	}
	out := tuple{}
	if ip.Is4() {
		for _, b := range ip.As4() {
			out = append(out, number(strconv.Itoa(int(b))))
		}
		return out
	}
	b := ip.As16()
	for i := 0; i < len(b); i += 2 {
		out = append(out, number(strconv.Itoa(int(b[i])<<8|int(b[i+1]))))
	}
	return out
}

// ipv6 is the usual text of an address of eight decimal numbers.
func ipv6(parts []string) string {
	var b [16]byte
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			return ""
		}
		b[2*i], b[2*i+1] = byte(n>>8), byte(n)
	}
	return netip.AddrFrom16(b).String()
}
