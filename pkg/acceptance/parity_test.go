//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// writeParity means that the run renews the page and the verdicts: RABBITCTL_WRITE_PARITY=1. The variable is read here,
// before the suite clears such variables.
var writeParity = os.Getenv("RABBITCTL_WRITE_PARITY") == "1"

// parityOnly limits a run to the argument lists that match this regular expression:
// RABBITCTL_PARITY='list_users|list_vhosts'. "new" limits it to the lists without a verdict.
var parityOnly = os.Getenv("RABBITCTL_PARITY")

// verdicts maps each release and argument list to whether the real tool and rabbitctl agreed.
type verdicts map[string]map[string]bool

// TestParity runs the real tools and rabbitctl with the same arguments on one broker, and compares stdout and exit
// codes. It fails if an argument list that agreed according to testdata/parity.json no longer agrees.
func TestParity(t *testing.T) {
	before := readVerdicts(t)
	var mu sync.Mutex
	now := verdicts{}
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, release := range slices.Sorted(maps.Keys(now)) {
			equal := 0
			for _, agreed := range now[release] {
				if agreed {
					equal++
				}
			}
			fmt.Printf("parity: RabbitMQ %s: %d of %d argument lists agree (%.1f %%)\n", release, equal, len(now[release]),
				100*float64(equal)/float64(len(now[release])))
		}
		if writeParity && !t.Failed() {
			writeVerdicts(t, before, now)
		}
	})
	onEach(t, func(t *testing.T, b *broker) {
		names := b.seed(t)
		time.Sleep(8 * time.Second) // a round of the broker's statistics
		mine, alarm, only := map[string]bool{}, false, regexp.MustCompile(parityOnly)
		for _, c := range parityCases() {
			if _, judged := before[b.Release][c.args]; parityOnly == "new" && judged || parityOnly != "new" &&
				!only.MatchString(c.args) {
				continue
			}
			if c.alarmed() && !alarm {
				alarm = true
				b.raiseDiskAlarm(t)
			}
			diff := b.differs(t, c, names)
			// The API's figures are older than the tool's, the more so on a busy machine. So a difference counts only if it
			// lasts: the case runs again, up to ten times if both agreed before, otherwise once. A command that changes
			// something, and a case with a known difference, do not run again.
			tries := 1
			if before[b.Release][c.args] {
				tries = 10
			}
			for try := 0; diff != "" && try < tries && !c.changes && !c.known(b.Release); try++ {
				time.Sleep(3 * time.Second)
				diff = b.differs(t, c, names)
			}
			mine[c.args] = diff == ""
			switch {
			case diff == "":
			case before[b.Release][c.args]:
				t.Errorf("%s: it agreed before (-real +ours):\n%s", c.args, diff)
			case !c.known(b.Release):
				t.Logf("%s: differs without a reason (-real +ours):\n%s", c.args, diff)
			}
		}
		mu.Lock()
		now[b.Release] = mine
		mu.Unlock()
	})
}

// differs returns how stdout and exit code differ; "" if they do not.
func (b *broker) differs(t *testing.T, c parityCase, names seeded) string {
	t.Helper()
	real := b.ctl(t, names.args(c, realWord)...)
	env := []string{"RABBITCTL_URL=" + b.URL}
	if c.distant {
		env = b.variables(t)
	}
	ours := run(t, env, program("rabbitctl"), append([]string{"as"}, names.args(c, ourWord)...)...)
	own := strings.NewReplacer(realWord, "x", ourWord, "x")
	real.stdout, ours.stdout = own.Replace(real.stdout), own.Replace(ours.stdout)
	diff := cmp.Diff(comparable(c, b.Release, real.stdout), comparable(c, b.Release, ours.stdout))
	if real.code != ours.code {
		diff += fmt.Sprintf("exit code %d, ours %d; ours says %q\n", real.code, ours.code, ours.stderr)
	}
	return diff
}

// comparable returns the lines of the output, sorted where the real tool promises no order, and without numbers and
// brackets that differ from call to call. Since 4.0 the members of JSON objects have no order either.
func comparable(c parityCase, release, out string) []string {
	lines := strings.Split(out, "\n")
	if c.command() == "environment" || strings.Contains(c.args, "--format map") {
		// Each run of an Erlang node or tool has an order of its own for the members of a map, and the line breaks depend on
		// that order.
		lines = strings.FieldsFunc(arrows.ReplaceAllString(out, "=>"), func(r rune) bool {
			return strings.ContainsRune(" \n,{}[]#", r)
		})
	}
	if strings.Contains(c.args, "json") {
		for i, line := range lines {
			object := strings.TrimPrefix(line, ",")
			var members map[string]any
			if release == "3.10" && strings.Contains(c.args, "list_") || json.Unmarshal([]byte(object), &members) != nil {
				lines[i] = object
				continue
			}
			sorted, _ := json.Marshal(unordered(members))
			lines[i] = string(sorted)
		}
	}
	if slices.Contains([]string{"memory_breakdown", "list_node_auth_attempt_stats", "status"}, c.command()) {
		for i, line := range lines { // numerals that move between two calls
			lines[i] = numerals.ReplaceAllString(line, "N")
		}
	}
	if strings.Contains(c.args, "erlang") && c.command() != "list_consumers" {
		for i, line := range lines { // brackets and commas depend on which row is the last
			lines[i] = strings.Trim(line, "[], ")
		}
	}
	switch c.command() {
	case "list_policies", "list_operator_policies", "list_feature_flags", "list_deprecated_features":
	default:
		if !strings.Contains(c.args, "pretty_table") {
			slices.Sort(lines)
		}
	}
	return lines
}

// arrows matches the arrow between the key and the value of a map.
var arrows = regexp.MustCompile(`\s*=>\s*`)

// numerals matches numbers as the tools print them.
var numerals = regexp.MustCompile(`[0-9]+(\.[0-9]+)?(e[0-9]+)?`)

// realWord and ourWord replace {x} for the real tool and for rabbitctl, so that each changes an object of its own.
const realWord, ourWord = "par0real", "par0ours"

// unordered sorts the lists inside a JSON value, because their order is not fixed.
func unordered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			v[name] = unordered(value)
		}
	case []any:
		for i := range v {
			v[i] = unordered(v[i])
		}
		slices.SortFunc(v, func(a, b any) int {
			x, _ := json.Marshal(a)
			y, _ := json.Marshal(b)
			return strings.Compare(string(x), string(y))
		})
	}
	return v
}

func readVerdicts(t *testing.T) verdicts {
	t.Helper()
	v := verdicts{}
	text, err := os.ReadFile("testdata/parity.json")
	if os.IsNotExist(err) {
		return v
	}
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// writeVerdicts merges the new verdicts into the earlier ones, drops those of argument lists that no longer exist, and
// writes the verdicts and the page.
func writeVerdicts(t *testing.T, before, now verdicts) {
	t.Helper()
	for release, all := range now {
		if before[release] == nil {
			before[release] = map[string]bool{}
		}
		maps.Copy(before[release], all)
		maps.DeleteFunc(before[release], func(args string, _ bool) bool {
			return !slices.ContainsFunc(parityCases(), func(c parityCase) bool { return c.args == args })
		})
	}
	text, err := json.MarshalIndent(before, "", " ")
	if err == nil {
		err = os.WriteFile("testdata/parity.json", append(text, '\n'), 0o644)
	}
	if err == nil {
		err = os.WriteFile("../../docs/reference/parity.md", parityPage(before), 0o644)
	}
	if err != nil {
		t.Error(err)
	}
}
