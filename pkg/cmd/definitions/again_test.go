package definitions_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// TestBackupAgain: the next step of an interrupted run leaves out --backup, because with the file of the first run the
// command is refused.
func TestBackupAgain(t *testing.T) {
	t.Parallel()
	const (
		refused = `POST /api/definitions 400 {"error":"bad_request","reason":"inequivalent arg"}`
		gone    = `DELETE /api/queues/%2F/a?if-empty=true 204`
		queue   = "GET /api/queues/%2F/a"
	)
	empty := []string{
		queue + ` 200 {"name":"a","vhost":"/","type":"classic","state":"running","consumer_details":[]}`,
		queue + `?disable_stats=true&enable_queue_totals=true 200 {"name":"a","messages":0,"messages_ready":0,"messages_unacknowledged":0}`,
		queue + "/bindings 200 []",
	}
	replaces := append(append([]string{all, listing}, empty...), empty...)
	for name, c := range map[string]struct {
		words, input string
		answers      []string
		want         string
	}{
		"import_definitions": {"import_definitions - --yes", fileWanted, []string{differs, listing, refused, differs, listing},
			"run the same command without --backup again: it imports the rest"},
		"apply, the rest": {"apply - --yes", fileWanted, []string{nothing, listing, post, refused},
			"the same command without --backup does the rest"},
		"apply, a part": {"apply - --yes", `{"queues":[` + otherA + `,` + strings.Replace(otherA, `"a"`, `"b"`, 1) + `]}`,
			[]string{nothing, listing, refused, post, refused}, "the same command without --backup with --dry-run shows"},
		"apply, a part that was cut short": {"apply - --yes",
			`{"queues":[` + otherA + `,` + strings.Replace(otherA, `"a"`, `"b"`, 1) + `]}`,
			[]string{nothing, listing, refused, post, `POST /api/definitions 401 {"error":"not_authorized","reason":"no"}`},
			"the same command without --backup with --dry-run shows"},
		"apply, a replaced queue": {"apply - --yes --replace", `{"queues":[` + otherA + `]}`,
			append(replaces, gone, queue+` 404 {"error":"Object Not Found"}`, refused),
			"run the same command without --backup again to create it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			cmdtest.Answer(s, c.answers)
			words := append(strings.Fields(c.words), "--backup", filepath.Join(t.TempDir(), "backup.json"))
			got := cmdtest.Run{Commands: definitions.Commands(), Input: c.input}.Do(t, s, words...)
			if next := steps.Words(fail.HintOf(got.Error)); !strings.Contains(next, c.want) {
				t.Errorf("error %v, next step %q, not with %q; stderr %s", got.Error, next, c.want, got.Err)
			}
		})
	}
}
