package change

import "testing"

func TestPattern(t *testing.T) {
	for text, good := range map[string]bool{
		"": true, ".*": true, "^(a|b)$": true, `\(`: true, "[(]": true, "[)]x": true, `(?<=a)b`: true, `a(?!b)`: true,
		"(b": false, "b)": false, "a)(b": false, "[a": false, "((a)": false,
	} {
		if err := pattern("READ", text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}
