// Package layout tests rules for the source of the whole project: which package may import which, how long functions
// may be, what texts may name, and what CI may run.
package layout

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/rabbitctl/rabbitctl/"

// pkg holds the members of the output of `go list -json` that the test needs.
type pkg struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		all = append(all, p)
	}
}

// Modules of others that the rules name.
const (
	cobra       = "github.com/spf13/cobra"
	rabbithole  = "github.com/michaelklishin/rabbit-hole/v2"
	tablewriter = "github.com/olekukonko/tablewriter"
)

// never() returns a map of forbidden imports: the packages in a value must not be imported by the package in the key. A
// pattern, with /* or without it, covers a package and the packages below it. The packages that lowest() returns may
// always be imported.
func never() map[string][]string {
	ours := []string{module + "*"}
	return map[string][]string{
		"pkg/fail":      ours,
		"pkg/timespan":  ours,
		"pkg/prose":     ours,
		"pkg/beside":    ours,
		"pkg/release":   ours,
		"pkg/steps":     {module + "pkg/broker", module + "pkg/config", module + "pkg/app", module + "pkg/verb", cobra, "os"},
		"pkg/health":    ours,
		"pkg/erlang":    ours,
		"pkg/iostreams": ours,
		"pkg/program":   ours,
		"pkg/file": {module + "pkg/config", module + "pkg/app", module + "pkg/broker", module + "pkg/render",
			module + "pkg/verb", cobra},
		"pkg/record":   {module + "pkg/broker", cobra},
		"pkg/query":    {module + "pkg/broker", cobra},
		"pkg/render":   {module + "pkg/broker", cobra, "os"},
		"pkg/diagnose": {module + "pkg/broker", cobra},
		"pkg/topology": {module + "pkg/broker", cobra},
		"pkg/routing":  {module + "pkg/broker", cobra},
		"pkg/definitions": {module + "pkg/broker", module + "pkg/render", module + "pkg/verb", module + "pkg/app", cobra, "os",
			"net/http"},
		"pkg/config": {module + "pkg/broker"},
		"pkg/amqp":   {cobra, module + "pkg/broker", module + "pkg/render", module + "pkg/verb", module + "pkg/app", "os"},
		"pkg/erldist": {cobra, module + "pkg/broker", module + "pkg/config", module + "pkg/record", module + "pkg/render",
			module + "pkg/verb", module + "pkg/app", "os/exec", "net/http"},
		"pkg/broker": {cobra, module + "pkg/metrics", module + "pkg/queues", module + "pkg/survey", module + "pkg/query",
			module + "pkg/render",
			module + "pkg/verb", module + "pkg/app", "os"},
		"pkg/metrics": {cobra, rabbithole, module + "pkg/queues", module + "pkg/survey", module + "pkg/query",
			module + "pkg/render", module + "pkg/verb",
			module + "pkg/app", "os", "net/http"},
		"pkg/queues": {cobra, rabbithole, module + "pkg/survey", module + "pkg/query", module + "pkg/render",
			module + "pkg/verb", module + "pkg/app", "os",
			"net/http"},
		"pkg/app": {cobra, module + "pkg/verb", module + "pkg/cmd/*"},
		"pkg/change": {cobra, module + "pkg/verb", module + "pkg/app", module + "pkg/render", module + "pkg/personality",
			rabbithole, "os", "net/http"},
		"pkg/messages": {cobra, module + "pkg/verb", module + "pkg/app", module + "pkg/render", module + "pkg/change",
			rabbithole, "os", "net/http"},
		"pkg/inside": {cobra, module + "pkg/verb", module + "pkg/app", module + "pkg/render", module + "pkg/record", "os",
			"net/http"},
		"pkg/survey": {cobra, module + "pkg/verb", module + "pkg/app", module + "pkg/render", rabbithole, "os",
			"net/http"},
		"pkg/verb":        {module + "pkg/cmd/*", rabbithole, tablewriter},
		"pkg/cmd/*":       {module + "pkg/cmd/*", rabbithole, tablewriter, "net/http", "os"},
		"pkg/personality": {cobra, module + "pkg/cmd/*", rabbithole, tablewriter, "net/http", "os"},
		"cmd/gen":         {module + "pkg/broker"},
	}
}

// only() returns a map of restricted imports: the package in the key may be imported only by the packages in the value.
func only() map[string][]string {
	return map[string][]string{
		rabbithole:                 {"pkg/broker"},
		tablewriter:                {"pkg/render"},
		module + "pkg/cli":         {"cmd/rabbitctl", "cmd/gen", "cmd/dist"},
		module + "pkg/personality": {"pkg/cli", "cmd/dist"},
		"github.com/rabbitmq/*":    {"pkg/amqp", "pkg/messages", "cmd/devbroker/*"},
		module + "pkg/amqp":        {"pkg/messages", "pkg/change", "cmd/devbroker/*"},
		module + "pkg/erldist":     {"pkg/app", "pkg/change", "pkg/inside", "pkg/survey", "pkg/verb", "pkg/personality"},
		module + "pkg/steps": {"pkg/survey", "pkg/verb", "pkg/cmd/*", "pkg/personality", "pkg/cli",
			"pkg/internal/cmdtest", "cmd/devbroker/*"},
	}
}

// lowest returns the packages of ours that any package may import, even one that may import no other package of ours.
func lowest() []string {
	return []string{module + "pkg/timespan", module + "pkg/prose", module + "pkg/release"}
}

func matches(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix) || name == strings.TrimSuffix(prefix, "/")
	}
	return pattern == name || strings.HasPrefix(name, pattern+"/")
}

func TestImports(t *testing.T) {
	all := packages(t)
	if len(all) < 10 {
		t.Fatalf("go list found %d packages only", len(all))
	}
	for _, p := range all {
		for place, forbidden := range never() {
			if !matches(place, p.ImportPath) {
				continue
			}
			for _, i := range p.Imports {
				for _, f := range forbidden {
					if matches(f, i) && i != module+p.ImportPath && !slices.Contains(lowest(), i) {
						t.Errorf("%s imports %s, which %s never does", p.ImportPath, i, place)
					}
				}
			}
		}
		for thing, owners := range only() {
			if !slices.ContainsFunc(p.Imports, func(i string) bool { return matches(thing, i) }) {
				continue
			}
			if !slices.ContainsFunc(owners, func(o string) bool { return matches(o, p.ImportPath) }) {
				t.Errorf("%s imports %s, which only %v may", p.ImportPath, thing, owners)
			}
		}
		if base := path.Base(p.ImportPath); slices.Contains([]string{"util", "common", "helper", "helpers", "base", "types",
			"manager", "shared"}, base) {
			t.Errorf("%s: the name says nothing of what is in it", p.ImportPath)
		}
	}
}

// TestRulesAreAlive: the packages in the keys of never() and in the values of only() exist.
func TestRulesAreAlive(t *testing.T) {
	all := packages(t)
	places := []string{}
	for place := range never() {
		places = append(places, place)
	}
	for _, owners := range only() {
		places = append(places, owners...)
	}
	for _, place := range places {
		if !slices.ContainsFunc(all, func(p pkg) bool { return matches(place, p.ImportPath) }) {
			t.Errorf("no package is at %s", place)
		}
	}
}
