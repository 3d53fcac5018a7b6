package definitions_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// sides writes each document to a file of that name in a new folder, and makes that the working folder.
func sides(t *testing.T, files map[string]string) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(folder)
}

// inContexts returns an environment whose configuration file has these contexts. The arguments alternate: name, URL,
// name, URL.
func inContexts(t *testing.T, namesAndURLs ...string) []string {
	t.Helper()
	text := ""
	for i := 0; i < len(namesAndURLs); i += 2 {
		text += fmt.Sprintf("[contexts.%s]\nurl = %q\nusername = \"ops\"\npassword = \"not-shown\"\n", namesAndURLs[i],
			namesAndURLs[i+1])
	}
	file := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"RABBITCTL_CONFIG=" + file}
}

// TestDiff_changes: the command finds the changes of objects of six kinds, each by its name, and prints no secret.
func TestDiff_changes(t *testing.T) {
	t.Parallel()
	const a, b = "testdata/diff/a.json", "testdata/diff/b.json"
	for _, format := range []string{"tsv", "json", "unified", "markdown", "yaml", "table"} {
		r := cmdtest.Run{Commands: definitions.Commands()}
		got := r.Check(t, "diff/changes "+format, brokertest.New(t), "diff_definitions", a, b, "-o", format)
		if fail.KindOf(got.Error) != fail.Unlike || strings.Contains(got.Out+got.Err, "hush") {
			t.Errorf("%s: %v\n%s", format, got.Error, got.Out)
		}
	}
	got := cmdtest.Run{Commands: definitions.Commands()}.Do(t, brokertest.New(t), "diff_definitions", a, a)
	if got.Error != nil || strings.Count(got.Out, "\n") != 1 || !strings.Contains(got.Err, "note: no difference") {
		t.Errorf("%+v", got)
	}
	cmdtest.Run{Commands: definitions.Commands(), Terminal: true}.Check(t, "diff/changes terminal", brokertest.New(t),
		"diff_definitions", a, b)
}

// TestDiff_uncompared: a kind that only one side lists is not compared, and a note says so, but not for a kind that --only
// leaves out.
func TestDiff_uncompared(t *testing.T) {
	t.Parallel()
	const a, b = "testdata/diff/a.json", "testdata/diff/only-queues.json"
	const note = "note: not compared, since B does not list them: vhosts, users, permissions, "
	got := cmdtest.Run{Commands: definitions.Commands()}.Do(t, brokertest.New(t), "diff_definitions", a, b)
	if !strings.Contains(got.Err, note) || strings.Contains(got.Err, "since A") {
		t.Errorf("%s", got.Err)
	}
	got = cmdtest.Run{Commands: definitions.Commands()}.Do(t, brokertest.New(t), "diff_definitions", b, a,
		"--only", "queues")
	if strings.Contains(got.Err, "not compared") {
		t.Errorf("%s", got.Err)
	}
}

// TestDiff_format: the error for a misspelt format also suggests unified, a format that only comparisons have.
func TestDiff_format(t *testing.T) {
	t.Parallel()
	const a = "testdata/diff/a.json"
	got := cmdtest.Run{Commands: definitions.Commands()}.Do(t, brokertest.New(t), "diff_definitions", a, a, "-o", "unifid")
	if fail.KindOf(got.Error) != fail.Usage || !strings.Contains(got.Error.Error(), `did you mean "unified"?`) ||
		!strings.HasSuffix(steps.Of(got.Error), " template unified") {
		t.Errorf("%v: %s", got.Error, steps.Of(got.Error))
	}
}

// TestDiff_releases compares a broker of 3.10 with one of 4.3. The command reports what 4.3 cannot have, with the
// reason.
func TestDiff_releases(t *testing.T) {
	t.Parallel()
	old, recent := broker(t, "3.10"), broker(t, "4.3")
	r := cmdtest.Run{Commands: definitions.Commands(), Env: inContexts(t, "old", old.URL)}
	got := r.Do(t, recent, "diff_definitions", "context:old", "broker:", "--only", "policies,queues,bindings")
	want := "difference\tkind\tvhost\tname\tmember\ta\tb\treason\n" +
		"only_a\tpolicy\tshop\tha\t\t\t\t4.3 does not know the key ha-mode in policies\n"
	if got.Out != want || fail.KindOf(got.Error) != fail.Unlike {
		t.Errorf("%v\n%s\n%s", got.Error, got.Out, got.Err)
	}
}

// TestDiff_sides checks what a side may be, and how virtual hosts can be given.
func TestDiff_sides(t *testing.T) {
	text, err := os.ReadFile("testdata/diff/a.json")
	if err != nil {
		t.Fatal(err)
	}
	shop := string(text)
	sides(t, map[string]string{"a.json": shop, "renamed.json": strings.ReplaceAll(shop, `"shop"`, `"a/b:c=d"`),
		"context:x": shop, "queues.json": `{"queues":[]}`})
	for _, tt := range []struct {
		line, input string
		// says must be part of the output, and kind is the kind of the error.
		says string
		kind fail.Kind
	}{
		{line: "a.json renamed.json --only queues", says: "2 objects differ: 1 only in A, 1 only in B", kind: fail.Unlike},
		{line: "a.json renamed.json --rename-vhost shop=a/b:c=d", says: "no difference"},
		{line: "a.json renamed.json --vhost-a shop --vhost-b a/b:c=d", says: "no difference"},
		{line: "a.json renamed.json --vhost-a shop --only queues", says: "1 object differs: 1 only in A", kind: fail.Unlike},
		{line: "a.json ./context:x", says: "no difference"},
		{line: "a.json - -p shop", input: shop, says: "no difference"},
		{line: "- a.json", input: `{"queues":[]}`, says: "1 object differs: 1 only in B", kind: fail.Unlike},
		{line: "queues.json a.json --exclude orders", says: "no difference"},
		{line: "- -", says: "standard input can be one side only", kind: fail.Usage},
		{line: "a.json broker:shop", says: "nothing may follow broker:", kind: fail.Usage},
		{line: "a.json context:", says: "context: needs the name", kind: fail.Usage},
		{line: "a.json context:gren", says: `there is no context "gren"`, kind: fail.Usage},
		{line: "a.json renamed.json -p shop --vhost-a shop", says: "--vhost-a and -p exclude each other", kind: fail.Usage},
		{line: "a.json renamed.json --vhost-b=", says: "--vhost-b is empty", kind: fail.Usage},
		{line: "a.json renamed.json --vhost-b shup", says: "has nothing of virtual host shup", kind: fail.NotFound},
		{line: "a.json renamed.json --only quues", says: `did you mean "queues"`, kind: fail.Usage},
		{line: "a.json renamed.json --match [", says: "--match", kind: fail.Usage},
		{line: "a.json renamed.json -o unifid", says: "unified", kind: fail.Usage},
		{line: "a.json nowhere.json", says: "nowhere.json cannot be read", kind: fail.Config},
	} {
		r := cmdtest.Run{Commands: definitions.Commands(), Input: tt.input, Env: inContexts(t)}
		s := brokertest.New(t)
		got := r.Do(t, s, append([]string{"diff_definitions"}, strings.Fields(tt.line)...)...)
		if said := got.Golden(s); fail.KindOf(got.Error) != tt.kind || !strings.Contains(said, tt.says) {
			t.Errorf("%s: %v, want %q\n%s", tt.line, fail.KindOf(got.Error), tt.kind, said)
		}
	}
}

// TestDiff_brokers: each error names the broker that it is about.
func TestDiff_brokers(t *testing.T) {
	t.Parallel()
	blue, here := brokertest.New(t), broker(t, "4.3")
	blue.JSON("GET /api/definitions", 401, `{"error":"not_authorized","reason":"Login failed"}`)
	r := cmdtest.Run{Commands: definitions.Commands(), Env: inContexts(t, "blue", blue.URL)}
	got := r.Do(t, here, "diff_definitions", "context:blue", "broker:")
	if fail.KindOf(got.Error) != fail.Denied || !strings.HasPrefix(got.Error.Error(), "context blue: ") {
		t.Errorf("%v\n%s", got.Error, got.Err)
	}
	for _, line := range []string{"diff_definitions broker: - -p nope", "check_drift - -p nope"} {
		s := brokertest.New(t)
		s.JSON("GET /api/definitions/nope", 400, `{"error":"bad_request","reason":"vhost_not_found"}`)
		got := cmdtest.Run{Commands: definitions.Commands(), Input: `{"queues":[]}`}.Do(t, s, strings.Fields(line)...)
		if said := got.Golden(s); !strings.Contains(said, "virtual host nope does not exist") {
			t.Errorf("%s: %s", line, said)
		}
	}
}

// TestDiff_fault: if a part of a file cannot be read, the command must not treat that part as empty.
func TestDiff_fault(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{"fine": `{"queues":[]}`, "nameless": `{"queues":[{"vhost":"/"}]}`,
		"no list": `{"queues":{}}`, "twice": `{"queues":[],"queues":[]}`} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		want := fail.Data
		if name == "fine" {
			want = fail.KindOf(nil)
		}
		got := cmdtest.Run{Commands: definitions.Commands()}.Do(t, brokertest.New(t), "diff_definitions", path,
			filepath.Join(folder, "fine"))
		if fail.KindOf(got.Error) != want {
			t.Errorf("%s: %v", name, got.Error)
		}
	}
}

// TestPlan_contexts: for several brokers, standard input is read only once. If only one of the brokers differs from the
// file, the error has the kind Differs, and not Incomplete.
func TestPlan_contexts(t *testing.T) {
	t.Parallel()
	old, recent := broker(t, "3.10"), broker(t, "4.3")
	r := cmdtest.Run{Commands: definitions.Commands(), Input: recorded(t, "3.10"),
		Env: inContexts(t, "old", old.URL, "new", recent.URL)}
	got := r.Do(t, brokertest.New(t), "plan", "-", "--only", "policies", "--contexts", "old,new")
	want := "context\taction\tkind\tvhost\tname\tdetail\trefused\n" +
		"new\tcreate\tpolicy\tshop\tha\t\t4.3.6 does not know the key ha-mode in policies\n"
	if fail.KindOf(got.Error) != fail.Differs || got.Out != want {
		t.Errorf("%v\n%s", got.Error, got.Out)
	}
}

// TestDiff_homeless: if a file is of one virtual host but does not name it, the command takes the virtual host of the
// other side. If neither side names one, the file is refused.
func TestDiff_homeless(t *testing.T) {
	t.Parallel()
	const file = `{"rabbit_version":"3.10.8","queues":[{"name":"q","durable":true,"auto_delete":false,"arguments":{}}]}`
	const has = `{"rabbit_version":"3.10.8","queues":[],"exchanges":[],"bindings":[]}`
	for words, want := range map[string]string{
		"diff_definitions - broker: --vhost-b shop": "only_a\tqueue\tshop\tq\t",
		"diff_definitions - broker: -p shop":        "only_a\tqueue\tshop\tq\t",
		"diff_definitions - broker:":                "",
		"check_drift -":                             "standard input is the export of one virtual host, and does not name this virtual host",
		"check_drift - -p shop":                     "queue q in virtual host shop is missing",
	} {
		s := brokertest.New(t)
		s.Optional("GET /api/definitions/shop", 200, has)
		s.Optional("GET /api/definitions", 200, has)
		got := cmdtest.Run{Commands: definitions.Commands(), Input: file}.Do(t, s, strings.Fields(words)...)
		if !strings.Contains(got.Out+fmt.Sprint(got.Error), want) || want == "" && fail.KindOf(got.Error) != fail.Usage {
			t.Errorf("%s: %v\n%s", words, got.Error, got.Out)
		}
	}
}
