//go:build acceptance

package acceptance

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// parityPage returns the text of docs/reference/parity.md for these verdicts.
func parityPage(v verdicts) []byte {
	releases := slices.Sorted(maps.Keys(v))
	var b bytes.Buffer
	b.WriteString("# Parity with the official tools\n\n" +
		"Made by `RABBITCTL_WRITE_PARITY=1 go test -tags acceptance -run TestParity ./pkg/acceptance`, which runs the real tools of each\n" +
		"release and `rabbitctl as TOOL` with the same arguments on the same broker, and compares stdout and exit codes. Rows are sorted\n" +
		"first where the real tool promises no order; the members of JSON objects have none since 4.0, and those of the maps that\n" +
		"`environment` prints never have, so it is compared by keys and values.\n\n" +
		"| release | argument lists | equal | share | that both can answer | share of those |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, r := range releases {
		equal, all, both := 0, 0, 0
		for _, c := range parityCases() {
			agreed, run := v[r][c.args]
			if !run {
				continue
			}
			all++
			if agreed {
				equal++
			}
			if agreed || !c.beyond(r) {
				both++
			}
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f %% | %d | %.1f %% |\n", r, all, equal,
			100*float64(equal)/float64(max(all, 1)), both, 100*float64(equal)/float64(max(both, 1)))
	}
	b.WriteString("\nBoth can answer what this release's tool knows and does not crash on, and what is not about the tool's own " +
		"Erlang, machine or chance. Commands\nthat HTTP cannot do have the Erlang cookie, as the real tool has; those that stop " +
		"RabbitMQ or change a cluster are compared by other tests.\nEvery command of the tools has at least one argument list.\n")
	b.WriteString("\n## Commands\n\n| command | " + strings.Join(releases, " | ") + " | what differs |\n| --- |" +
		strings.Repeat(" --- |", len(releases)+1) + "\n")
	byCommand := map[string][]parityCase{}
	for _, c := range parityCases() {
		byCommand[c.command()] = append(byCommand[c.command()], c)
	}
	for _, command := range slices.Sorted(maps.Keys(byCommand)) {
		var cells, differs []string
		for _, r := range releases {
			equal, all := 0, 0
			for _, c := range byCommand[command] {
				agreed, run := v[r][c.args]
				if !run {
					continue
				}
				all++
				switch {
				case agreed:
					equal++
				case !slices.Contains(differs, reason(c, r)):
					differs = append(differs, reason(c, r))
				}
			}
			cells = append(cells, fmt.Sprintf("%d/%d", equal, all))
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", command, strings.Join(cells, " | "), strings.Join(differs, "; "))
	}
	b.WriteString("\n## Argument lists that differ\n\n| argument list | releases | why |\n| --- | --- | --- |\n")
	for _, c := range parityCases() {
		var on []string
		why := ""
		for _, r := range releases {
			if agreed, run := v[r][c.args]; run && !agreed {
				on, why = append(on, r), reason(c, r)
			}
		}
		if len(on) > 0 {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.args, strings.Join(on, " "), why)
		}
	}
	return b.Bytes()
}

func reason(c parityCase, release string) string {
	if c.known(release) {
		return c.why
	}
	return "not explained yet"
}

// TestParityPageIsFresh compares the page with the committed verdicts.
func TestParityPageIsFresh(t *testing.T) {
	v := readVerdicts(t)
	if writeParity {
		t.Skip("this very run writes the page")
	}
	if len(v) == 0 {
		t.Fatal("there are no committed verdicts")
	}
	page, err := os.ReadFile("../../docs/reference/parity.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, parityPage(v)) {
		t.Error("docs/reference/parity.md is not what testdata/parity.json says: run TestParity with RABBITCTL_WRITE_PARITY=1")
	}
}
