package broker_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// TestBlame: an error names a missing tag, and the command that it advises keeps the tags that the user has. If whoami
// shows that no tag is missing, the error names missing access instead.
func TestBlame(t *testing.T) {
	t.Parallel()
	const object = "User not authorised to access object"
	tests := map[string]struct{ reason, who, says, next string }{
		"a missing tag": {"Not monitor user", `{"name":"u","tags":["management","policymaker"]}`,
			"user u may not see this: it needs the tag monitoring",
			"rabbitctl set_user_tags u management policymaker monitoring"},
		"the tag administrator": {"Not administrator user", `{"name":"u","tags":["management"]}`,
			"user u may not do this: it needs the tag administrator", "rabbitctl set_user_tags u management administrator"},
		"no permission": {object, `{"name":"u","tags":["policymaker"]}`,
			"user u has no access to virtual host v", "rabbitctl set_permissions -p v u"},
		"an administrator": {"Not monitor user", `{"name":"u","tags":["administrator"]}`,
			"user u has no access to virtual host v", "rabbitctl set_permissions -p v u"},
		"nobody knows": {"Not monitor user", `null`,
			"user u may not see this: it needs the tag monitoring", "rabbitctl list_users shows the tags of u"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/policies/v?columns=name", 401, `{"error":"not_authorised","reason":"`+tt.reason+`"}`)
			s.JSON(brokertest.Who, 200, tt.who)
			for _, err := range client(t, s.URL).Policies(t.Context(), "v", []record.Column{{Name: "name"}}) {
				sentence(t, err)
				if fail.KindOf(err) != fail.Denied || !strings.Contains(err.Error(), tt.says) ||
					!strings.HasPrefix(steps.Of(err), "as an administrator: "+tt.next) {
					t.Errorf("%s: %v\nnext: %s", fail.KindOf(err), err, steps.Of(err))
				}
			}
		})
	}
}

// TestHidden distinguishes the reasons why the broker silently leaves something out.
func TestHidden(t *testing.T) {
	t.Parallel()
	const overview = "GET /api/overview?disable_stats=true"
	tests := map[string]struct {
		who, overview, says string
		status              int
		kind                fail.Kind
	}{
		"a missing tag": {who: `{"name":"u","tags":["management"]}`, status: 200,
			says: "x are not shown to user u: it has no tag monitoring", kind: fail.Denied},
		"statistics are off": {who: `{"name":"u","tags":["administrator"]}`, status: 200,
			overview: `{"disable_stats":true}`, says: "collects no statistics", kind: fail.Unavailable},
		"nobody says": {who: `{"name":"u","tags":["monitoring"]}`, status: 200,
			overview: `{"disable_stats":false}`, says: "although user u may see them", kind: fail.Incomplete},
		"whoami does not answer": {who: `{"error":"x"}`, status: 500, says: "it is not known whether user u may see them",
			kind: fail.Incomplete},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(brokertest.Who, tt.status, tt.who)
			if tt.overview != "" {
				s.JSON(overview, 200, tt.overview)
			}
			err := client(t, s.URL).Hidden(t.Context(), "x")
			sentence(t, err)
			if err.Kind != tt.kind || !strings.Contains(err.Error(), tt.says) {
				t.Error(err.Kind, err)
			}
		})
	}
}
