package definitions_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

// TestCheck: each fault for a release is reported with its place in the document.
func TestCheck(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/wrong.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, release := range []string{"3.10", "4.3"} {
		var b strings.Builder
		for _, f := range read(t, string(text), "").Check(release) {
			word := "refused"
			if f.Warning {
				word = "doubtful"
			}
			b.WriteString(word + " " + f.At.String() + ": " + f.Text + "\n")
		}
		if strings.Contains(b.String(), "canary") || strings.Contains(b.String(), "Y2FuYXJ5") {
			t.Error("a secret is in a fault")
		}
		golden.Check(t, "wrong."+release, b.String())
	}
}

// TestRecordedIsFine: the export of a release has no fault for that release, except for exchanges that the export
// leaves out.
func TestRecordedIsFine(t *testing.T) {
	t.Parallel()
	for _, name := range releases() {
		release, _, _ := strings.Cut(name, "-")
		for _, f := range recorded(t, name).Check(release) {
			if f.Warning && strings.Contains(f.Text, "alternate exchange other is not in the document") ||
				release == "4.3" && strings.HasSuffix(f.Text, "exchange inner in virtual host shop is not in the document") {
				continue
			}
			t.Errorf("%s: %v", name, f)
		}
	}
}

// TestTransformed checks what each transformation makes of the export of 3.10.
func TestTransformed(t *testing.T) {
	t.Parallel()
	d := recorded(t, "3.10")
	renamed, err := d.Renamed(map[string]string{"shop": "store"})
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(renamed.VHosts(), "shop") || len(renamed.Objects) != len(d.Objects) {
		t.Errorf("virtual hosts: %v", renamed.VHosts())
	}
	for _, names := range []map[string]string{{"shop": "empty"}, {"shopp": "x"}} {
		if _, err := d.Renamed(names); err == nil {
			t.Errorf("%v was done", names)
		}
	}
	if back, err := renamed.Renamed(map[string]string{"store": "shop"}); err != nil ||
		written(t, back, definitions.JSON) != written(t, d, definitions.JSON) {
		t.Errorf("renamed there and back it differs: %v", err)
	}
	out, notes := d.WithoutPolicyKeys([]string{"ha-*"}, true).WithQueueType("quorum")
	out = out.Only([]definitions.Kind{definitions.Policies, definitions.Queues, definitions.OperatorPolicies})
	golden.Check(t, "transformed", written(t, out, definitions.YAML)+strings.Join(notes, "\n"))
	named := d.Named(func(name string) bool { return strings.HasPrefix(name, "e") || name == "orders" })
	golden.Check(t, "named", written(t, named, definitions.YAML))
}

// TestParts: a document split into parts and joined again is the same document.
func TestParts(t *testing.T) {
	t.Parallel()
	for _, name := range releases() {
		d := recorded(t, name)
		for _, parts := range [][]definitions.Part{d.ByKind(), d.ByVHost()} {
			for i, p := range parts {
				text := written(t, p.Document, definitions.JSON)
				if i > 0 || len(p.Head) > 0 {
					parts[i].Document = read(t, text, d.VHost)
				}
			}
			whole := definitions.Joined(parts)
			if a, b := written(t, whole, definitions.JSON), written(t, d, definitions.JSON); a != b {
				t.Errorf("%s: %s", name, a)
			}
			if len(whole.Faults) > 0 {
				t.Errorf("%s: %v", name, whole.Faults)
			}
		}
	}
}

// TestCheck_large: some releases refuse a request above a certain size, so Check warns of a document that is larger.
func TestCheck_large(t *testing.T) {
	t.Parallel()
	var parameters []string
	for i := range 12 {
		parameters = append(parameters, fmt.Sprintf(`{"name":"p%d","value":"%s"}`, i, strings.Repeat("x", 1_000_000)))
	}
	d := read(t, `{"global_parameters":[`+strings.Join(parameters, ",")+`]}`, "")
	for release, want := range map[string]int{"4.3": 1, "3.10": 0} {
		faults := d.Check(release)
		if len(faults) != want || want == 1 && (!faults[0].Warning || !strings.Contains(faults[0].Text, "about 12 MB")) {
			t.Errorf("%s: %v", release, faults)
		}
	}
}
