package personality_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

const started = "Successfully started definition import. This process is asynchronous and can take some time. Watch target node logs for completion.\n"

func TestExportDefinitions(t *testing.T) {
	const document = `{"rabbit_version":"4.3.6","users":[],"queues":[],"exchanges":[],"bindings":[]}`
	dir := t.TempDir()
	path := filepath.Join(dir, "definitions.json")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := brokertest.New(t)
	s.Always(whoAnswers, 200, of43)
	s.Always("GET /api/definitions", 200, document)
	out, errs, err := as(t, s, "", "rabbitmqctl", "export_definitions", path)
	if out != "Exporting definitions in JSON to a file at \""+path+"\" ...\n" || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
	if text, err := os.ReadFile(path); string(text) != document || err != nil {
		t.Errorf("%q %v", text, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
	if out, _, err := as(t, s, "", "rabbitmqctl", "export_definitions", "-"); out != document || err != nil {
		t.Errorf("%q %v", out, err)
	}
	out, errs, err = as(t, s, "", "rabbitmqctl", "-q", "export_definitions", dir)
	if out != "" || !strings.HasPrefix(errs, "Error:\nPath "+dir+" is a directory") || fail.KindOf(err) != fail.Data {
		t.Errorf("%q %q %v", out, errs, err)
	}
	out, _, err = as(t, s, "", "rabbitmqctl", "export_definitions", "/dev/null")
	if info, statErr := os.Stat("/dev/null"); err != nil || statErr != nil || info.Mode().IsRegular() {
		t.Errorf("%q %v: /dev/null is %v %v", out, err, info, statErr)
	}
}

// TestDefinitionsRefused has command lines that are refused before a request is sent.
func TestDefinitionsRefused(t *testing.T) {
	dir := t.TempDir()
	for words, want := range map[string]string{
		"export_definitions " + dir + "/a/b":                  "Bad argument: Directory " + dir + "/a does not exist\n",
		"export_definitions " + dir + "/a --format bogus":     "Bad argument: Format should be either json or erlang\n",
		"import_definitions " + dir + "/a":                    "Bad argument: File " + dir + "/a does not exist\n",
		"import_definitions " + dir + " --format JSON.erlang": "Bad argument: Format should be either json or erlang\n",
	} {
		out, errs, err := as(t, brokertest.New(t), "", "rabbitmqctl", strings.Fields(words)...)
		if out != "" || !strings.HasPrefix(errs, "Error (argument validation): "+want) || fail.KindOf(err) != fail.Data {
			t.Errorf("%s: %q %q %v", words, out, errs, err)
		}
	}
}

func TestImportDefinitions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "definitions.json")
	for _, tt := range []struct {
		words, file, stdin, out, errs string
		refused                       string
		kind                          fail.Kind
	}{
		{words: "import_definitions FILE", file: `{"a": 1}`,
			out: "Importing definitions in JSON from a file at \"FILE\" ...\n" + started},
		{words: "import_definitions", stdin: `{"a": 1}`, out: "Importing definitions in JSON from standard input ...\n" +
			started},
		{words: "-q import_definitions FILE --skip-if-unchanged", file: `{"a": 1}`},
		{words: "import_definitions FILE --formatter json", file: `{"a": 1}`,
			out: "{\"node\":\"rabbit@a\",\"result\":\"ok\"}"},
		{words: "-q import_definitions FILE", kind: fail.Data, errs: "Error:\nFile FILE is zero-sized\n"},
		{words: "-q import_definitions FILE", file: "{", kind: fail.Data,
			errs: "Error:\nFailed to deserialise input (format: JSON) (error: unexpected end of JSON input)\n"},
		{words: "-q import_definitions", stdin: " []", kind: fail.Unavailable,
			errs: "Error:\ndefinitions must be a JSON object, but this document begins with \"[]\"\n"},
		{
			words: "-q import_definitions FILE", file: `{"a": 1}`,
			refused: `{"error":"bad_request","reason":"Exceeded HTTP request body size limit"}`, kind: fail.Unavailable,
			errs: "Error:\nExceeded HTTP request body size limit\n  next: raise management.http.max_body_size",
		},
		{words: "-q import_definitions FILE --format erlang", file: "{", kind: fail.Unavailable,
			errs: "Error:\nthis program imports definitions from json only\n"},
		{words: "-q import_definitions FILE", file: `{"a": 1}`,
			refused: `{"error":"bad_request","reason":"vhost nowhere does not exist"}`, kind: fail.Unavailable,
			errs: "Error:\nvhost nowhere does not exist\n"},
	} {
		if err := os.WriteFile(path, []byte(tt.file), 0o600); err != nil {
			t.Fatal(err)
		}
		s := brokertest.New(t)
		s.JSON(whoAnswers, 200, of43)
		switch {
		case tt.refused != "":
			s.JSON("POST /api/definitions", 400, tt.refused)
		case tt.kind == "":
			s.Empty("POST /api/definitions", 204)
		}
		named := strings.NewReplacer("FILE", path)
		out, errs, err := as(t, s, tt.stdin, "rabbitmqctl", strings.Fields(named.Replace(tt.words))...)
		if out != named.Replace(tt.out) || !strings.HasPrefix(errs, named.Replace(tt.errs)) || tt.errs == "" && errs != "" ||
			fail.KindOf(err) != tt.kind {
			t.Errorf("%s: %q %q %v", tt.words, out, errs, err)
		}
		if sent := s.Requests(); tt.kind == "" && !slices.Contains(sent, `POST /api/definitions {"a":1}`) {
			t.Errorf("%s: %q", tt.words, sent)
		}
	}
}
