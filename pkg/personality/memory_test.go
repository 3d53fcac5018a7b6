package personality

import (
	"fmt"
	"testing"
)

// TestFloat has numbers as Erlang's shortest format writes them. Most of them were seen in the output of the real
// tools.
func TestFloat(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0.0", 0.05: "0.05", 4.295: "4.295", 100000: "1.0e5", 1000: "1.0e3", 100: "100.0", 4294.9673: "4294.9673",
		0.0001: "0.0001",
		1e-5:   "1.0e-5", 52.39: "52.39", -2.5: "-2.5", 80974: "80974.0", 1e22: "1.0e22",
	} {
		if got := float(f); got != want {
			t.Errorf("float(%v) is %s, want %s", f, got, want)
		}
	}
}

// TestCommandsAreWhole: each command is one that a tool has and that this program can run, has a function to run, and
// is the only command of its name in a tool.
func TestCommandsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range listings() {
		seen[l.name] = true
	}
	for _, c := range commands() {
		for _, tool := range []tools{ctl, diagnostics, queuesTool, streams, plugins, upgrade} {
			if c.of != 0 && c.of&tool == 0 {
				continue
			}
			name := fmt.Sprint(tool, c.name)
			if seen[c.name] || seen[name] {
				t.Errorf("%s is there twice", c.name)
			}
			seen[name] = true
		}
		e, ok := find(ctl|diagnostics|queuesTool|streams|plugins|upgrade, c.name)
		if !ok || e.lacks != "" {
			t.Errorf("%s: in the catalogue %v, which says that it %s", c.name, ok, e.lacks)
		}
		if c.run == nil || c.max >= 0 && c.min > c.max {
			t.Errorf("%s has no run, or takes from %d to %d arguments", c.name, c.min, c.max)
		}
	}
}
