package definitions_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	fileWanted = `{"rabbit_version":"4.3.6",
"users":[{"name":"app","password_hash":"Y2FuYXJ5bmV3","hashing_algorithm":"rabbit_password_hashing_sha256","tags":[]}],
"policies":[{"vhost":"/","name":"ttl","pattern":"^t","apply-to":"queues","definition":{"message-ttl":5},"priority":0}],
"queues":[{"name":"a","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"classic"}},
{"name":"b","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"quorum"}}]}`
	head     = `{"rabbit_version":"4.3.6","rabbitmq_version":"4.3.6","vhosts":[{"name":"/"}],"exchanges":[],"bindings":[],`
	user     = `{"name":"app","password_hash":"Y2FuYXJ5bmV3","hashing_algorithm":"rabbit_password_hashing_sha256","tags":[],"limits":{}}`
	oldUser  = `{"name":"app","password_hash":"Y2FuYXJ5b2xk","hashing_algorithm":"rabbit_password_hashing_sha256","tags":[],"limits":{}}`
	policy   = `{"vhost":"/","name":"ttl","pattern":"^t","apply-to":"queues","definition":{"message-ttl":5},"priority":0}`
	queueA   = `{"name":"a","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"classic"},"type":"classic"}`
	otherA   = `{"name":"a","vhost":"/","durable":false,"auto_delete":false,"arguments":{"x-queue-type":"classic"},"type":"classic"}`
	queueB   = `{"name":"b","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"quorum"},"type":"quorum"}`
	get      = "GET /api/definitions 200 "
	nothing  = get + head + `"users":[],"policies":[],"queues":[]}`
	all      = get + head + `"users":[` + user + `],"policies":[` + policy + `],"queues":[` + queueA + `,` + queueB + `]}`
	differs  = get + head + `"users":[` + oldUser + `],"policies":[` + policy + `],"queues":[` + otherA + `]}`
	withoutB = get + head + `"users":[` + user + `],"policies":[` + policy + `],"queues":[` + otherA + `]}`
	listing  = "GET /api/exchanges" + listedExchanges + " 200 []"
	post     = "POST /api/definitions 204"
)

// TestImport checks which requests are sent and what is printed. No secret may be printed.
func TestImport(t *testing.T) {
	t.Parallel()
	c := cmdtest.NewChange
	const of = "import_definitions - "
	single := `{"queues":[{"name":"a","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"classic"}}]}`
	const refusal = `POST /api/definitions 400 {"error":"bad_request","reason":"inequivalent"}`
	three := `{"queues":[` + queueA + `,` + strings.Replace(queueB, `"durable":true`, `"durable":false`, 1) +
		`],"policies":[` + policy + `]}`
	cases := []cmdtest.ChangeCase{
		c("all new", of, fileWanted, []string{nothing, listing, post, all, listing}),
		c("all new in json", of+"-o json", fileWanted, []string{nothing, listing, post, all, listing}),
		c("all there", of, fileWanted, []string{all, listing}),
		c("only what no import changes", of, `{"queues":[`+queueA+`]}`, []string{withoutB, listing}),
		c("only what no import changes, dry run", of+"--dry-run", `{"queues":[`+queueA+`]}`, []string{withoutB, listing}),
		c("dry run", of+"--dry-run", fileWanted, []string{differs, listing}),
		c("dry run terminal", of+"--dry-run", fileWanted, []string{differs, listing}),
		c("overwriting asks", of, fileWanted, []string{differs, listing}),
		c("changed and left", of+"--yes", fileWanted, []string{differs, listing, post,
			strings.Replace(all, queueA, otherA, 1), listing}),
		c("not held", of+"--yes", fileWanted, []string{differs, listing, post, withoutB, listing}),
		c("refused by the broker", of, fileWanted, []string{nothing, listing,
			`POST /api/definitions 400 {"error":"bad_request","reason":["not_base64","Y2FuYXJ5bmV3"]}`, nothing, listing}),
		c("refused in codes", of, fileWanted, []string{nothing, listing,
			`POST /api/definitions 400 {"error":"bad_request","reason":["amqp_error","precondition_failed",[105,110,118,97,108,105,100],"none"]}`,
			nothing, listing}),
		c("faults", of, `{"queues":[{"name":"a","vhost":"gone"}],"users":[{"name":"u","password_hash":"***","tags":[]}]}`,
			[]string{nothing, listing}),
		c("faults anyway", of+"--unchecked", `{"queues":[{"name":"b","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"quorum","x-max-priority":5}}]}`,
			[]string{nothing, listing, post, nothing, listing}),
		c("changed, its secret is masked", of+"--yes", `{"users":[{"name":"app","password_hash":"***","tags":["monitoring"]}]}`,
			[]string{all, listing, post, strings.Replace(all, `"tags":[]`, `"tags":["monitoring"]`, 1), listing}),
		c("what brokers make by themselves", of, `{"global_parameters":[{"name":"cluster_name","value":"x"}],"queues":[`+queueA+`]}`,
			[]string{all, listing}),
		c("the broker refuses one of three", of+"--unchecked", three, []string{nothing, listing, refusal, post, refusal, post,
			refusal, strings.Replace(all, ","+queueB, "", 1), listing}),
		c("one is made, then no API answers", of+"--unchecked", three, []string{nothing, listing, refusal, post,
			"POST /api/definitions 404 ", "GET /api/definitions 404 "}),
		c("cut", of, fileWanted[:100], nil),
		c("of another kind", of, `{"log":{}}`, nil),
		c("no virtual host", of, single, nil),
		c("into a virtual host", of+"-p shop", single, []string{
			`GET /api/definitions/shop 200 {"rabbit_version":"4.3.6","queues":[],"exchanges":[],"bindings":[]}`,
			"GET /api/exchanges/shop" + listedExchanges + " 200 []", "POST /api/definitions/shop 204",
			`GET /api/definitions/shop 200 {"rabbit_version":"4.3.6","queues":[{"name":"a","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"classic"},"type":"classic"}],"exchanges":[],"bindings":[]}`,
			"GET /api/exchanges/shop" + listedExchanges + " 200 []"}),
		c("no such virtual host", of+"-p shop", single, []string{
			`GET /api/definitions/shop 400 {"error":"bad_request","reason":"vhost_not_found"}`}),
		c("nothing of the virtual host", of+"-p shop", fileWanted, nil),
		c("backup is there", of+"--backup import_test.go", fileWanted, nil),
		c("backup to standard output", of+"--backup -", fileWanted, nil),
	}
	cmdtest.Changes(t, definitions.Commands, "import", cases)
	t.Run("no secret is shown", func(t *testing.T) {
		for _, c := range cases {
			text, err := os.ReadFile(filepath.Join("testdata", "import", strings.ReplaceAll(c.Name, " ", "_")+".golden"))
			if err != nil {
				t.Fatal(err)
			}
			_, shown, _ := strings.Cut(string(text), "-- stdout --")
			if strings.Contains(shown, "Y2FuYXJ5") {
				t.Errorf("%s shows a hash", c.Name)
			}
		}
	})
}

// TestImportKeeps: the file of --backup has the existing objects before anything is sent.
func TestImportKeeps(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := brokertest.New(t)
	for _, answer := range []string{differs, listing, all, listing} {
		request, body, _ := strings.Cut(answer, " 200 ")
		s.JSON(request, 200, body)
	}
	s.Empty("POST /api/definitions", 204)
	backup := filepath.Join(folder, "backup.json")
	got := cmdtest.Run{Commands: definitions.Commands(), Input: fileWanted}.
		Do(t, s, "import_definitions", "-", "--backup", backup, "--yes")
	if text := content(t, backup); !strings.Contains(text, "Y2FuYXJ5b2xk") {
		t.Errorf("%v: %s", got.Error, text)
	}
}
