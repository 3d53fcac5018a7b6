//go:build acceptance

package acceptance

import "strings"

// hostileNames are queue names that broke a tool somewhere. A line end is left out: it would break the listings that
// are compared line by line, and so are "." and "..", which the API cannot address, however they are escaped.
func hostileNames() []string {
	return []string{
		"plain", "two words", " leading", "trailing ", "  both  ", "tab\tinside", "\ttab first", "tab last\t",
		`double "quotes"`, "single 'quotes'", "back`tick", `back\slash`, `\t`, `\\`,
		"a/b", "/", "a%2Fb", "%2F", "%", "100%", "%zz", "%25", "a+b", "+", "a?b=c", "?", "a#b", "#", "a&b", "a=b;c",
		"{a}", "[1]", "<a>&amp;", "a,b", "$HOME", "*", "-p", "--vhost", "null", "true", "0", "1e3",
		"äöüß", "Ärger über Öl", "emoji 🐇🥕", "👩‍👩‍👧", "队列", "очередь", "עברית", "rtl \u202eoverride", "zero\u200bwidth",
		"nb\u00a0sp",
		"esc\x1b[31mred", "bell\a", "del\x7f", "e\u0301 combining", "...", ".a",
		strings.Repeat("x", 255), strings.Repeat("ü", 127) + "x", strings.Repeat("🐇", 63) + "abc",
	}
}
