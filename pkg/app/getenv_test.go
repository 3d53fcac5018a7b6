package app

import "testing"

func TestGetenv(t *testing.T) {
	t.Parallel()
	environ := []string{"=C:=C:\\x", "Home=a", "HOMER=b", "X=1=2", "X=3=4"}
	for _, tt := range []struct {
		name    string
		anyCase bool
		want    string
	}{
		{"HOME", false, ""}, {"HOME", true, "a"}, {"Home", false, "a"},
		{"X", false, "3=4"}, {"x", true, "3=4"}, {"Y", true, ""},
	} {
		if got := getenv(environ, tt.name, tt.anyCase); got != tt.want {
			t.Errorf("%s, any case %v: %q", tt.name, tt.anyCase, got)
		}
	}
}
