//go:build acceptance

package acceptance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParityOfDefinitions compares the files that the real tool and rabbitctl export, in what belongs to one virtual
// host. Then each of them imports that part of the file of the other.
func TestParityOfDefinitions(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		dir, vhost := t.TempDir(), b.vhost(t, "definitions")
		b.declare(t, vhost, "queue ü \"", map[string]any{"x-queue-type": "quorum", "x-max-length": 5})
		b.do(t, "PUT", path("policies", vhost, "p"), map[string]any{"pattern": "<&>",
			"definition": map[string]any{"max-length": 7}})
		theirs, ours := filepath.Join(dir, "theirs.json"), filepath.Join(dir, "ours.json")
		b.ctl(t, "rabbitmqctl", "-q", "export_definitions", theirs).ok(t)
		b.rabbitctl(t, "as", "rabbitmqctl", "-q", "export_definitions", ours).ok(t)
		real, our := definitionsIn(t, theirs, vhost), definitionsIn(t, ours, vhost)
		for name := range our {
			// The API adds some members about the document itself.
			if _, ok := real[name]; !ok && !slices.Contains([]string{"product_name", "product_version",
				"rabbitmq_definition_format", "original_cluster_name",
				"explanation", "rabbitmq_version"}, name) {
				t.Errorf("ours has %s, and the real tool's has not", name)
			}
		}
		for name, value := range real {
			if strings.HasSuffix(name, "version") {
				continue
			}
			if diff := cmp.Diff(common(value, our[name]), common(our[name], value)); diff != "" {
				t.Errorf("%s (-real +ours):\n%s", name, diff)
			}
		}
		printed := b.rabbitctl(t, "as", "rabbitmqctl", "export_definitions", "-").ok(t).stdout
		if !strings.HasPrefix(printed, "{") || !json.Valid([]byte(printed)) {
			t.Errorf("- is no JSON alone: %.80q", printed)
		}
		for _, way := range []struct {
			document map[string]any
			run      func(t *testing.T, args ...string) ran
			tool     []string
		}{{real, b.rabbitctl, []string{"as", "rabbitmqctl"}}, {our, b.ctl, []string{"rabbitmqctl"}}} {
			text, err := json.Marshal(way.document)
			if err == nil {
				err = os.WriteFile(theirs, text, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			b.do(t, "DELETE", path("queues", vhost, "queue ü \""), nil)
			way.run(t, append(way.tool, "-q", "import_definitions", theirs)...).ok(t)
			b.do(t, "GET", path("queues", vhost, "queue ü \""), nil)
		}
	})
}

// common returns the members of the first value that the second value has, too, at every depth. The API of older
// releases exports virtual hosts without their metadata and queues without their type; the API of newer releases
// exports the metadata twice.
func common(v, other any) any {
	switch v := v.(type) {
	case map[string]any:
		o, ok := other.(map[string]any)
		if !ok {
			return v
		}
		both := map[string]any{}
		for name, value := range v {
			if _, ok := o[name]; ok {
				both[name] = common(value, o[name])
			}
		}
		return both
	case []any:
		o, ok := other.([]any)
		if !ok || len(o) != len(v) {
			return v
		}
		var all []any
		for i := range v {
			all = append(all, common(v[i], o[i]))
		}
		return all
	}
	return v
}

// definitionsIn reads a document. Of its lists it keeps only the objects of the virtual host, and it sorts the lists.
func definitionsIn(t *testing.T, file, vhost string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(file)
	var document map[string]any
	if err == nil {
		err = json.Unmarshal(text, &document)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range document {
		all, ok := value.([]any)
		if !ok {
			continue
		}
		document[name] = slices.DeleteFunc(all, func(v any) bool {
			object, _ := v.(map[string]any)
			of, scoped := object["vhost"]
			return !(name == "vhosts" && object["name"] == vhost || scoped && of == vhost)
		})
		unordered(document[name])
	}
	return document
}

// TestParityOfReport: each heading of the real tool's report must be in rabbitctl's report, or rabbitctl must say that
// it leaves that part out.
func TestParityOfReport(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "report")
		b.declare(t, vhost, "reported", nil)
		real := b.ctl(t, "rabbitmqctl", "report").ok(t)
		ours := b.rabbitctl(t, "as", "rabbitmqctl", "report").ok(t)
		ours.says(t, "reported\t", "Left out: command_line_arguments", "Left out: os_env", "Listing queues for vhost "+vhost+
			" ...")
		left := map[string]string{"Application environment of node": "environment",
			"Command line arguments of node":        "command_line_arguments",
			"Listing RabbitMQ-specific environment": "os_env"}
		for _, line := range real.lines() {
			if !strings.HasSuffix(line, "...") || strings.Contains(ours.stdout, "\n"+line+"\n") || strings.HasPrefix(line,
				"Reporting server status") {
				continue
			}
			for begin, name := range left {
				if strings.HasPrefix(line, begin) && strings.Contains(ours.stdout, "\nLeft out: "+name+": ") {
					line = ""
				}
			}
			// Virtual hosts of other tests come and go, so their headings do not count.
			if line != "" && (!strings.Contains(line, "vhost") || strings.Contains(line, vhost)) {
				t.Errorf("ours has no %q", line)
			}
		}
	})
}
