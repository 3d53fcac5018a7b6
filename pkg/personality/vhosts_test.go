package personality_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// TestVHostChanges: each of these commands sends exactly these requests, in this order.
func TestVHostChanges(t *testing.T) {
	const (
		get = "200 GET /api/vhosts/v "
		v   = `{"description":"d","tags":["x","y"],"default_queue_type":"undefined","protected_from_deletion":false}`
		put = "204 PUT /api/vhosts/v"
		pa  = "200 GET /api/users/pa"
	)
	refused := `Error:
Parameter does not exist
`
	for _, tt := range []struct {
		words   string
		answers []string
		out     string
		errs    string
		kind    fail.Kind
		sent    []string
	}{
		{words: "-q add_vhost v -d e --tags a,,b --default-queue-type quorum", answers: []string{"404 GET /api/vhosts/v",
			"201 PUT /api/vhosts/v"},
			sent: []string{"GET /api/vhosts/v",
				`PUT /api/vhosts/v {"description":"e","tags":"a,,b","default_queue_type":"quorum","defaultqueuetype":"quorum"}`}},
		{words: "-q update_vhost_metadata v --description e --protected-from-deletion=false",
			answers: []string{get + v, put, "204 DELETE /api/vhosts/v/deletion/protection"},
			sent: []string{"GET /api/vhosts/v", `PUT /api/vhosts/v {"description":"e","tags":"x,y"}`,
				"DELETE /api/vhosts/v/deletion/protection"}},
		{words: "-q update_vhost_metadata v --protected-from-deletion",
			answers: []string{get + v, put, "204 POST /api/vhosts/v/deletion/protection"},
			sent: []string{"GET /api/vhosts/v", `PUT /api/vhosts/v {"description":"d","tags":"x,y"}`,
				"POST /api/vhosts/v/deletion/protection"}},
		{words: "-q update_vhost_metadata v --description e", answers: []string{"404 GET /api/vhosts/v"},
			errs: "Virtual host 'v' does not exist\n", kind: fail.Data, sent: []string{"GET /api/vhosts/v"}},
		{words: "-q enable_vhost_deletion_protection v",
			answers: []string{"404 POST /api/vhosts/v/deletion/protection", get + v},
			errs:    "Error:\nRabbitMQ 4.3.6 does not protect virtual hosts from deletion\n", kind: fail.Unavailable,
			sent: []string{"POST /api/vhosts/v/deletion/protection", "GET /api/vhosts/v"}},
		{words: "-q disable_vhost_deletion_protection v",
			answers: []string{"404 DELETE /api/vhosts/v/deletion/protection", "404 GET /api/vhosts/v"},
			errs:    "Virtual host 'v' does not exist\n", kind: fail.Data,
			sent: []string{"DELETE /api/vhosts/v/deletion/protection", "GET /api/vhosts/v"}},
		{words: `-q set_vhost_limits -p v {"max-queues":"x"}`, answers: []string{"204 PUT /api/parameters/vhost-limits/v/limits"},
			sent: []string{`PUT /api/parameters/vhost-limits/v/limits {"value":{"max-queues":"x"}}`}},
		{words: `-q set_vhost_limits -p v {}`, answers: []string{"404 PUT /api/parameters/vhost-limits/v/limits"},
			errs: "Virtual host 'v' does not exist\n", kind: fail.Data, sent: []string{`PUT /api/parameters/vhost-limits/v/limits {"value":{}}`}},
		{words: `-q set_vhost_limits -p v {`, errs: "Error:\nCould not parse JSON document: {\n", kind: fail.Unavailable},
		{words: "-q clear_vhost_limits -p v", answers: []string{"404 DELETE /api/parameters/vhost-limits/v/limits"},
			errs: refused, kind: fail.Unavailable, sent: []string{"DELETE /api/parameters/vhost-limits/v/limits"}},
		{words: "-q trace_off -p v", answers: []string{get + v, put}, out: "Trace disabled for vhost v\n",
			sent: []string{"GET /api/vhosts/v", `PUT /api/vhosts/v {"description":"d","tags":"x,y","tracing":false}`}},
		{words: "-q restart_vhost -p v", answers: []string{get + `{"cluster_state":{"rabbit@a":"running"}}`},
			out: "Vhost 'v' is already running on node 'rabbit@a'\n", sent: []string{"GET /api/vhosts/v"}},
		{words: "-q restart_vhost -p v", answers: []string{"404 GET /api/vhosts/v"}, kind: fail.Internal,
			errs: "Error:\nFailed to start vhost 'v' on node 'rabbit@a': there is no such virtual host\n",
			sent: []string{"GET /api/vhosts/v"}},
		{words: `-q set_user_limits pa {"max-connections":7,"max-channels":-9}`, answers: []string{pa,
			"204 PUT /api/user-limits/pa/max-channels", "204 PUT /api/user-limits/pa/max-connections"},
			sent: []string{"GET /api/users/pa", `PUT /api/user-limits/pa/max-channels {"value":-9}`,
				`PUT /api/user-limits/pa/max-connections {"value":7}`}},
		{words: `-q set_user_limits pa {"max-channels":"x"}`, kind: fail.Unavailable,
			errs: "Error:\nmax-channels should be a number, actually was <<\"x\">>\n"},
		{words: `-q set_user_limits pa {}`, answers: []string{"404 GET /api/users/pa"}, kind: fail.Unavailable,
			errs: "Error:\n{:no_such_user, \"pa\"}", sent: []string{"GET /api/users/pa"}},
		{words: "-q clear_user_limits pa all", answers: []string{pa, "404 DELETE /api/user-limits/pa/max-connections",
			"204 DELETE /api/user-limits/pa/max-channels"},
			sent: []string{"GET /api/users/pa", "DELETE /api/user-limits/pa/max-connections",
				"DELETE /api/user-limits/pa/max-channels"}},
		{words: "-q clear_user_limits pa anything", answers: []string{pa}, sent: []string{"GET /api/users/pa"}},
		{words: "-q set_topic_permissions -p v pa e a b",
			answers: []string{pa, get + v, "201 PUT /api/topic-permissions/v/pa"},
			sent: []string{"GET /api/users/pa", "GET /api/vhosts/v",
				`PUT /api/topic-permissions/v/pa {"exchange":"e","write":"a","read":"b"}`}},
		{words: "-q set_topic_permissions -p v pa e a b",
			answers: []string{pa, "404 GET /api/vhosts/v"}, kind: fail.Unavailable,
			errs: "Error:\nVirtual host v does not exist\n", sent: []string{"GET /api/users/pa", "GET /api/vhosts/v"}},
		{words: "-q clear_topic_permissions -p v pa e", answers: []string{"404 DELETE /api/topic-permissions/v/pa/e"},
			sent: []string{"DELETE /api/topic-permissions/v/pa/e"}},
		{words: "-q clear_topic_permissions -p v pa", answers: []string{"204 DELETE /api/topic-permissions/v/pa"},
			sent: []string{"DELETE /api/topic-permissions/v/pa"}},
		{words: "-q set_permissions_globally pa a b c", answers: []string{pa,
			`200 GET /api/vhosts?columns=name [{"name":"w"},{"name":"/"}]`, "204 PUT /api/permissions/w/pa",
			"201 PUT /api/permissions/%2F/pa"},
			sent: []string{"GET /api/users/pa", "GET /api/vhosts?columns=name",
				`PUT /api/permissions/w/pa {"configure":"a","write":"b","read":"c"}`,
				`PUT /api/permissions/%2F/pa {"configure":"a","write":"b","read":"c"}`}},
		{words: "-q set_permissions_globally pa a b c", answers: []string{"404 GET /api/users/pa"}, kind: fail.NoUser,
			errs: "Error:\nUser pa does not exist\n", sent: []string{"GET /api/users/pa"}},
	} {
		t.Run(tt.words, func(t *testing.T) {
			s := brokertest.New(t)
			s.JSON(whoAnswers, 200, of43)
			for _, a := range tt.answers {
				answer(s, a)
			}
			out, errs, err := as(t, s, "", "rabbitmqctl", strings.Fields(tt.words)...)
			if out != tt.out || strings.TrimSpace(errs) != strings.TrimSpace(tt.errs) || err == nil != (tt.kind == "") ||
				err != nil && fail.KindOf(err) != tt.kind {
				t.Errorf("%q %q %v, want %q %q %s", out, errs, err, tt.out, tt.errs, tt.kind)
			}
			if got := s.Requests(); !slices.Equal(got[1:], tt.sent) {
				t.Errorf("%q, want %q", got, tt.sent)
			}
		})
	}
}
