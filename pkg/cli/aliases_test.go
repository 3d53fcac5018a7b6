package cli

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// came runs a command line without a broker, and returns its exit code, stdout and stderr.
func came(t *testing.T, words ...string) (code int, out, errOut string) {
	t.Helper()
	streams, o, e := iostreams.Test("")
	a := app.New(streams, []string{brokertest.NoHome, "RABBITCTL_URL=http://127.0.0.1:1", "RABBITCTL_USERNAME=u",
		"RABBITCTL_PASSWORD=p"}, "test")
	code = Run(t.Context(), a, words)
	return code, o.String(), e.String()
}

// TestAliases: an alias works like the command's own name: in its help, in completion, and in suggestions for a
// mistyped word.
func TestAliases(t *testing.T) {
	t.Parallel()
	streams, _, _ := iostreams.Test("")
	root := Root(app.New(streams, nil, "test"))
	for name, also := range aliases() {
		for _, alias := range also {
			if cmd, _, err := root.Find([]string{alias}); err != nil || cmd.Name() != name {
				t.Errorf("%s is not %s: %v", alias, name, err)
			}
			for _, words := range [][]string{{"--help"}, {"--no-such-flag"}} {
				code, out, errOut := came(t, append([]string{alias}, words...)...)
				if c, o, e := came(t, append([]string{name}, words...)...); c != code || o != out || e != errOut || code == 70 {
					t.Errorf("%s %s: exit %d\n%s%s\n%s: exit %d\n%s%s", alias, words, code, out, errOut, name, c, o, e)
				}
			}
			if _, out, _ := came(t, name, "--help"); !strings.Contains(out, "Aliases:\n  "+name+", "+alias) {
				t.Errorf("%s is not in the help of %s:\n%s", alias, name, out)
			}
			if code, out, _ := came(t, "help", alias); code != 0 || !strings.Contains(out, "Aliases:") {
				t.Errorf("help %s: exit %d\n%s", alias, code, out)
			}
			for _, words := range [][]string{{"__complete", alias}, {"__complete", "help", alias}} {
				if _, out, _ := came(t, words...); !strings.Contains("\n"+out, "\n"+alias+"\t") {
					t.Errorf("%q: %s", words, out)
				}
			}
			if code, _, errOut := came(t, alias+"x"); code != 64 || !strings.Contains(errOut, `did you mean "`+alias+`"`) {
				t.Errorf("%sx: exit %d, %s", alias, code, errOut)
			}
		}
	}
	if _, out, _ := came(t, "__complete", "shovel_status", "--sor"); !strings.HasPrefix(out, "--sort") {
		t.Errorf("flags behind an alias: %s", out)
	}
	if code, out, _ := came(t, "is_running"); code != 3 || !strings.HasPrefix(out, "UNKNOWN - ") {
		t.Errorf("is_running without a broker: exit %d, %s", code, out)
	}
}
