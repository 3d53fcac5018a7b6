package topology_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// TestUncompilable has patterns of policies. The value of each pattern tells whether 3.10, 4.0 and 4.3 refused it, and
// Uncompilable must report the same.
func TestUncompilable(t *testing.T) {
	t.Parallel()
	for pattern, refused := range map[string]bool{
		"": false, ".*": false, "^(a|b)$": false, `\(`: false, "[(]": false, "[)]x": false, `(?<=a)b`: false, `a(?!b)`: false,
		"a]": false, "{": false, "(?i)a": false, `\Qa(\E`: false, "x{1001}": false, "(*UTF8)a": false, "a++": false,
		`^caf\xc3\xa9`: false, "(?<n>a)": false,
		"(a": true, "a)": true, "[a": true, "[]": true, "((a)": true, "a)(b": true, "*a": true, "+": true, "a|*": true,
		"a**": true, "a{1,2}{3}": true, "a{2,1}": true, "[z-a]": true, "[[:nope:]]": true, `a\`: true, `\`: true,
		"(?|a": true, "(?<n>a": true,
	} {
		if why := topology.Uncompilable(pattern); (why != "") != refused {
			t.Errorf("%q: %q", pattern, why)
		}
	}
}
