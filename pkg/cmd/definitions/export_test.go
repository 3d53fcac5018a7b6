package definitions_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// recorded returns a document that a release exported, in one line.
func recorded(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "definitions", "testdata", "recorded", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	listedExchanges = "?columns=vhost%2Cname%2Cinternal%2Ctype%2Cdurable%2Cauto_delete%2Carguments"
	exchanges       = `[{"vhost":"shop","name":"inner","type":"headers","durable":false,"auto_delete":true,"internal":true,"arguments":{}},` +
		`{"vhost":"shop","name":"events","type":"topic","durable":true,"auto_delete":false,"internal":false,"arguments":{}},` +
		`{"vhost":"/","name":"amq.rabbitmq.trace","type":"topic","durable":true,"auto_delete":false,"internal":true,"arguments":{}}]`
	vhosts = `[{"name":"/","metadata":{"description":"","tags":[]}},{"name":"shop","metadata":{"description":"the shop","tags":["eu"]}}]`
)

// broker returns a fake broker that answers with a document that a release exported.
func broker(t *testing.T, name string) *brokertest.Server {
	t.Helper()
	s := brokertest.New(t)
	release, vhost, scoped := strings.Cut(name, "-")
	path := ""
	if scoped {
		path = "/" + vhost
	}
	s.JSON("GET /api/definitions"+path, 200, recorded(t, name))
	switch {
	case release != "3.10":
		s.JSON("GET /api/exchanges"+path+listedExchanges, 200, exchanges)
	case !scoped:
		s.JSON("GET /api/vhosts?columns=name%2Cmetadata", 200, vhosts)
	}
	return s
}

// TestExport checks what is written, and with which requests.
func TestExport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, release, words string }{
		{"whole 3.10", "3.10", "export_definitions --redact"},
		{"whole 4.3 in yaml", "4.3", "export_definitions --redact -o yaml"},
		{"one virtual host of 3.10", "3.10-shop", "export_definitions -p shop --redact"},
		{"one virtual host of 4.3", "4.3-shop", "export_definitions -p shop --redact -o yaml"},
		{"kinds", "4.0", "export_definitions --only exchanges,operator_policies -o yaml"},
		{"chosen", "4.3", "export_definitions --match ^o --match ^a --exclude ^amq --redact -o yaml"},
		{"changed", "3.10", "export_definitions --rename-vhost shop=store --drop-policy-keys ha-* --drop-empty-policies " +
			"--set-queue-type quorum --only vhosts,policies,queues -o yaml"},
		{"terminal", "4.3", "export_definitions --only queues -o yaml"},
		{"no such virtual host to rename", "4.0", "export_definitions --rename-vhost shup=store"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := cmdtest.Run{Commands: definitions.Commands(), Terminal: c.name == "terminal"}
			r.Check(t, "export/"+c.name, broker(t, c.release), strings.Fields(c.words)...)
		})
	}
}

// TestExport_noVHost: brokers answer 400 to an export of a virtual host that does not exist. The error of the command
// must say that it does not exist.
func TestExport_noVHost(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/definitions/nope", 400, `{"error":"bad_request","reason":"vhost_not_found"}`)
	cmdtest.Run{Commands: definitions.Commands()}.Check(t, "export/no virtual host", s, "export_definitions", "-p", "nope")
}

// TestExportRefuses: a wrong command line sends nothing.
func TestExportRefuses(t *testing.T) {
	t.Parallel()
	var cases []cmdtest.Case
	for name, words := range map[string]string{
		"kind": "--only queus", "format": "-o table", "pattern": "--match (", "file and folder": "x --split y",
		"rename": "--rename-vhost shop", "renamed twice": "--rename-vhost a=b --rename-vhost a=c", "type": "--set-queue-type lazy",
		"by": "--split x --split-by node",
	} {
		cases = append(cases, cmdtest.Case{Name: "refused " + name, Words: "export_definitions " + words})
	}
	cmdtest.Cases(t, definitions.Commands, "export", cases)
}

// TestExportFiles: a second export writes the same file. The parts of a split export are one document. Only its owner
// can read a file with secrets.
func TestExportFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	run := func(name string, words ...string) {
		t.Helper()
		got := cmdtest.Run{Commands: definitions.Commands()}.Do(t, broker(t, name),
			append([]string{"export_definitions"}, words...)...)
		if got.Error != nil || got.Out != "" {
			t.Fatalf("%v: %v, %s", words, got.Error, got.Out)
		}
	}
	file := filepath.Join(folder, "whole.json")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	run("4.3", file)
	first := content(t, file)
	run("4.3", file)
	if again := content(t, file); again != first || !strings.Contains(first, "canary") {
		t.Errorf("the second export differs, or is none")
	}
	run("4.3", "--redact", filepath.Join(folder, "redacted.yml"))
	text := content(t, filepath.Join(folder, "redacted.yml"))
	if strings.Contains(text, "canary") || strings.HasPrefix(text, "{") {
		t.Errorf("redacted: %.200s", text)
	}
	for name, mode := range map[string]os.FileMode{"whole.json": 0o600, "redacted.yml": 0o644} {
		is, err := os.Stat(filepath.Join(folder, name))
		if err != nil || is.Mode().Perm() != mode && runtime.GOOS != "windows" {
			t.Errorf("%s: %v, %v", name, is, err)
		}
	}
	for _, by := range []string{"kind", "vhost"} {
		parts := filepath.Join(folder, by)
		run("4.3", "--split", parts, "--split-by", by)
		got := cmdtest.Run{Commands: definitions.Commands()}.Do(t, brokertest.New(t), "check_definitions", parts)
		if !strings.Contains(got.Out, "WARNING  30 objects") {
			t.Errorf("%s: %s", by, got.Out)
		}
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestCheck: check_definitions asks no broker.
func TestCheck(t *testing.T) {
	t.Parallel()
	fine := `{"rabbit_version":"4.3.6","queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{}}]}`
	const wrong = "check_definitions ../../definitions/testdata/wrong.json"
	const masked = `{"vhosts":[{"name":"/"}],"users":[{"name":"u","password_hash":"***","tags":[]}],"parameters":[` +
		`{"component":"shovel","vhost":"/","name":"s","value":{"src-uri":"amqp://u:***@h"}}]}`
	cmdtest.Changes(t, definitions.Commands, "check", []cmdtest.ChangeCase{
		cmdtest.NewChange("fine", "check_definitions -", fine, nil),
		cmdtest.NewChange("wrong", wrong, "", nil),
		cmdtest.NewChange("wrong for 3.10", wrong+" --release 3.10 -o nagios", "", nil),
		cmdtest.NewChange("wrong in json", wrong+" -o json", "", nil),
		cmdtest.NewChange("wrong terminal", wrong, "", nil),
		cmdtest.NewChange("masked", "check_definitions -", masked, nil),
		cmdtest.NewChange("redacted", "check_definitions - --redacted", masked, nil),
		cmdtest.NewChange("redacted, with a fault", "check_definitions - --redacted",
			strings.Replace(masked, "[]", "5", 1), nil),
		cmdtest.NewChange("fine json", "check_definitions - -o json", fine, nil),
		cmdtest.NewChange("cut", "check_definitions -", fine[:60], nil),
		cmdtest.NewChange("of another kind", "check_definitions -", `{"log":{"version":"1.2"}}`, nil),
		cmdtest.NewChange("empty folder", "check_definitions testdata/check", "", nil),
		cmdtest.NewChange("one virtual host", "check_definitions - -p shop", `{"queues":[{"name":"q"}]}`, nil),
		cmdtest.NewChange("release", "check_definitions - --release four", fine, nil),
	})
}

// TestExport_exclusive: 4.3 also exports the bindings of exclusive queues. The command leaves them out, because they
// would be gone or different in the next export.
func TestExport_exclusive(t *testing.T) {
	t.Parallel()
	const queue = `{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{}}`
	binding := func(to string) string {
		return `{"source":"amq.topic","vhost":"/","destination":"` + to + `","destination_type":"queue","routing_key":"k","arguments":{}}`
	}
	s := brokertest.New(t)
	s.JSON("GET /api/definitions", 200, `{"rabbit_version":"4.3.6","exchanges":[],"queues":[`+queue+`],"bindings":[`+
		binding("q")+`,`+binding("of-a-client")+`,`+binding("amq.gen-1")+`]}`)
	s.JSON("GET /api/exchanges"+listedExchanges, 200, "[]")
	got := cmdtest.Run{Commands: definitions.Commands()}.Do(t, s, "export_definitions", "-")
	if got.Error != nil || !strings.Contains(got.Out, `"destination": "q"`) ||
		strings.Count(got.Out, "destination_type") != 1 {
		t.Errorf("%v\n%s", got.Error, got.Out)
	}
}
