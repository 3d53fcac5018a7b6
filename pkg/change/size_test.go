package change

import "testing"

func TestFractionForConf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"2": "2.0", ".5": "0.5", "1e-1": "0.1", "0": "0.0", "0.55": "0.55",
		"1e21": "1000000000000000000000.0"} {
		fraction, err := fractionOf(text)
		if got := fractionForConf(fraction); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
}
