package personality_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

func TestSuperStreams(t *testing.T) {
	t.Parallel()
	const (
		enter   = `200 GET /api/exchanges/%2F/amq.default {"name":"","vhost":"/"}`
		invalid = "Error (argument validation): "
	)
	absent := []string{"404 GET /api/exchanges/%2F/s", enter, "404 GET /api/queues/%2F/s-a"}
	for _, tt := range []struct {
		words, overview string
		answers         []string
		out, errs       string
		kind            fail.Kind
		sent            string
	}{
		{words: "add_super_stream s --binding-keys a, --max-age P1DT1H", answers: append(absent,
			"201 PUT /api/exchanges/%2F/s", "201 PUT /api/queues/%2F/s-a", "201 POST /api/bindings/%2F/e/s/q/s-a"),
			out: "Adding a super stream...\nSuper stream s has been created\n",
			sent: `PUT /api/queues/%2F/s-a {"type":"","durable":true,"arguments":{"x-max-age":"90000s",` +
				`"x-queue-leader-locator":"balanced","x-queue-type":"stream"}}`},
		{words: "-q add_super_stream s --routing-keys a --max-length-bytes 5g", overview: of310, answers: append(absent,
			"201 PUT /api/exchanges/%2F/s", "201 PUT /api/queues/%2F/s-a", "201 POST /api/bindings/%2F/e/s/q/s-a"),
			out: "Super stream s has been created\n",
			sent: `PUT /api/queues/%2F/s-a {"type":"","durable":true,"arguments":{"x-max-length-bytes":5368709120,` +
				`"x-queue-type":"stream"}}`},
		{
			// If a super stream cannot be completed, the parts that were declared are deleted again.
			words: "-q add_super_stream s --binding-keys a", answers: append(absent, "201 PUT /api/exchanges/%2F/s",
				"201 PUT /api/queues/%2F/s-a", `401 POST /api/bindings/%2F/e/s/q/s-a {"error":"not_authorised","reason":"no"}`,
				"204 DELETE /api/queues/%2F/s-a?", "204 DELETE /api/exchanges/%2F/s"), kind: fail.Unavailable, errs: "the broker says: no",
		},
		{words: "-q add_super_stream s", answers: []string{`200 GET /api/exchanges/%2F/s {"name":"s","vhost":"/"}`},
			errs: "Error:\n{:reference_already_exists, ~c\"there is already an exchange named s\"}\n", kind: fail.Internal},
		{words: "-q add_super_stream s --binding-keys a", kind: fail.Internal, answers: []string{absent[0], enter,
			`200 GET /api/queues/%2F/s-a {"name":"s-a","vhost":"/"}`}, errs: "there is already a queue named s-a"},
		{words: "-q add_super_stream s --routing-keys a,a", overview: of310, errs: "Error:\nreference_already_exists\n",
			kind: fail.Internal},
		{words: "-q add_super_stream s --binding-keys a,b", overview: of310, kind: fail.Usage,
			errs: invalid + "Invalid options for this command:\n--binding-keys : \n"},
		{words: "add_super_stream s --max-age 7D", overview: "-", kind: fail.Usage,
			errs: invalid + `~c"Invalid value for --max-age`},
		{words: "add_super_stream s --max-age PT1.5H", overview: "-", kind: fail.Usage, errs: invalid},
		{words: "add_super_stream s --leader-locator x", overview: "-", kind: fail.Usage, errs: invalid},
		{words: "add_super_stream s --initial-cluster-size 0", overview: "-", kind: fail.Usage, errs: invalid},
		{words: "add_super_stream s --max-length-bytes 5gi", overview: "-", kind: fail.Usage, errs: invalid},
		{words: "add_super_stream s --partitions 0", overview: "-", kind: fail.Usage, errs: invalid},
		{words: "add_super_stream s --partitions 1 --binding-keys a", overview: "-", kind: fail.Usage, errs: invalid},
		{words: "-q delete_super_stream s", answers: absent[:1], kind: fail.Internal, errs: "Error:\nstream_not_found\n"},
		{
			// A bound queue that is no stream is kept, as by the real tool.
			words: "-q delete_super_stream s -p /", answers: []string{
				`200 GET /api/exchanges/%2F/s {"name":"s","vhost":"/","arguments":{"x-super-stream":true}}`,
				`200 GET /api/exchanges/%2F/s/bindings/source?columns=destination%2Cdestination_type%2Crouting_key%2Carguments ` +
					`[{"destination":"s-a","destination_type":"queue","routing_key":"a","arguments":{"x-stream-partition-order":0}},` +
					`{"destination":"s-audit","destination_type":"queue","routing_key":"a","arguments":{}}]`,
				`200 GET /api/queues/%2F/s-a {"name":"s-a","vhost":"/","type":"stream"}`,
				`200 GET /api/queues/%2F/s-audit {"name":"s-audit","vhost":"/","type":"classic"}`,
				"204 DELETE /api/queues/%2F/s-a?", "204 DELETE /api/exchanges/%2F/s"},
			out: "Super stream s has been deleted\n",
		},
	} {
		t.Run(tt.words, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			if tt.overview == "" {
				tt.overview = of43
			}
			if tt.overview != "-" {
				s.JSON(whoAnswers, 200, tt.overview)
			}
			for _, a := range tt.answers {
				answer(s, a)
			}
			if strings.Contains(strings.Join(tt.answers, " "), "PUT") {
				s.JSON("GET /api/overview?disable_stats=true", 200, tt.overview)
			}
			out, errs, err := as(t, s, "", "rabbitmq-streams", strings.Fields(tt.words)...)
			if out != tt.out || !strings.Contains(errs, tt.errs) || tt.errs == "" && errs != "" || fail.KindOf(err) != tt.kind {
				t.Errorf("%q %q %v", out, errs, err)
			}
			if sent := s.Requests(); tt.sent != "" && !slices.Contains(sent, tt.sent) {
				t.Errorf("%q, want %s", sent, tt.sent)
			}
		})
	}
}
