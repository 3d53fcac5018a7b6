package diagnose_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
)

func TestAccess_Groups(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		a    diagnose.Access
		want string
	}{
		{"administrator", diagnose.Access{Tags: []string{"administrator"}, VHosts: []string{"/"}, All: true,
			Entered: []string{"/"}}, "listings yes, checks yes, policies yes, admin yes"},
		{"administrator without access", diagnose.Access{Tags: []string{"administrator"}, VHosts: []string{"/"}, All: true},
			"listings no, checks partly, policies no, admin yes"},
		{"monitoring of one of two", diagnose.Access{Tags: []string{"monitoring"}, VHosts: []string{"/", "a"}, All: true,
			Entered: []string{"a"}}, "listings partly, checks partly, policies no, admin no"},
		{"policymaker", diagnose.Access{Tags: []string{"policymaker"}, VHosts: []string{"/"}, Entered: []string{"/"}},
			"listings yes, checks no, policies yes, admin no"},
		{"both", diagnose.Access{Tags: []string{"policymaker", "monitoring"}, VHosts: []string{"/"}, Entered: []string{"/"}},
			"listings yes, checks yes, policies yes, admin no"},
		{"a tag that opens nothing", diagnose.Access{Tags: []string{"moniter"}, Refused: true},
			"listings no, checks no, policies no, admin no"},
	}
	for _, tt := range tests {
		var got []string
		for _, g := range tt.a.Groups() {
			got = append(got, g.Name+" "+g.Works)
			if (g.Works == "yes") != (len(g.Lacks) == 0 && len(g.Do) == 0) {
				t.Errorf("%s: %+v", tt.name, g)
			}
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}

// TestAccess_Groups_keepsTags: the command that adds a tag also names the tags that the user has, because it replaces
// all tags.
func TestAccess_Groups_keepsTags(t *testing.T) {
	t.Parallel()
	a := diagnose.Access{User: "my app", Tags: []string{"management", "team a"}, VHosts: []string{"a", "b", "c", "d", "e"},
		All: true}
	got := strings.Join(a.Groups()[1].Do, "\n")
	want := `rabbitctl set_user_tags 'my app' management 'team a' monitoring
rabbitctl set_permissions -p a 'my app' '^$' '^$' '^$'
rabbitctl set_permissions -p b 'my app' '^$' '^$' '^$'
rabbitctl set_permissions -p c 'my app' '^$' '^$' '^$'
the same for 2 more virtual hosts`
	if got != want {
		t.Error(got)
	}
}

func TestAccess_Judge(t *testing.T) {
	t.Parallel()
	a := diagnose.Access{User: "app", Granted: true,
		Grants: []diagnose.Grant{{VHost: "/", Configure: "", Write: "^o.d|it's", Read: ".*"},
			{VHost: "only the broker", Configure: "^(?!a)", Write: "^$", Read: ".*"}},
		Topics: []diagnose.TopicGrant{{VHost: "/", Exchange: "ev", Write: "", Read: `^{username}\.`},
			{VHost: "/", Exchange: "mqtt", Read: "^{client_id}"}}}
	tests := []struct{ vhost, what, name, key, want string }{
		{"/", "write", "orders", "", "yes: its write permission '^o.d|it's' matches"},
		{"/", "write", "", "", "no: its write permission '^o.d|it's' does not match " +
			`> rabbitctl set_permissions -p / app '' '^o.d|it'\''s|^amq\.default$' '.*'`},
		{"/", "read", "amq.default", "", "yes: its read permission '.*' matches"},
		{"/", "configure", "a+b", "", "no: its configure permission '' does not match " +
			`> rabbitctl set_permissions -p / app '^a\+b$' '^o.d|it'\''s' '.*'`},
		{"b", "read", "q", "", "no: it has no permission in virtual host b > rabbitctl set_permissions -p b app '^$' '^$' '^q$'"},
		{"only the broker", "configure", "q", "", "only the broker can match its configure permission '^(?!a)'"},
		{"only the broker", "write", "amq.default", "", "no: its write permission '^$' does not match " +
			`> rabbitctl set_permissions -p 'only the broker' app '^(?!a)' '^amq\.default$' '.*'`},
		{"/", "read", "ev", "app.x", `yes: its read permission '.*' matches, and its topic permission allows to read with ` +
			`routing keys that match '^{username}\.'`},
		{"/", "read", "ev", "eu.x", `no: its topic permission allows to read with routing keys that match '^{username}\.', ` +
			`and eu.x does not match > rabbitctl clear_topic_permissions -p / app allows all routing keys`},
		{"/", "read", "mqtt", "k", "its topic permission allows to read with routing keys that match '^{client_id}': that " +
			"depends on the MQTT client"},
		{"/", "read", "other", "k", "yes: its read permission '.*' matches"},
	}
	for _, tt := range tests {
		p, err := a.Judge(diagnose.Wish{VHost: tt.vhost, What: tt.what, Name: tt.name, Topic: true, Key: tt.key,
			Keyed: tt.key != ""})
		got := fmt.Sprint(err)
		if err == nil {
			got = map[bool]string{true: "yes: ", false: "no: "}[p.May] + p.Why
			if p.Do != "" {
				got += " > " + p.Do
			}
		}
		if got != tt.want {
			t.Errorf("%+v:\n%s", tt, got)
		}
	}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	all := diagnose.Accounts{
		Users: []diagnose.User{{Name: "z", Tags: []string{"monitoring"}}, {Name: "b"}, {Name: "app"}},
		Grants: []diagnose.Grant{{User: "app", VHost: "/", Configure: "^$", Write: "^gone", Read: "^ord"},
			{User: "app", VHost: "unseen", Configure: ".*", Write: "^gone", Read: "^ord"},
			{User: "app", VHost: "a", Configure: "^(?!x)", Write: "amq.default", Read: ""}},
		Names: map[string][]string{"/": {"", "orders"}, "a": {""}},
	}
	got := fmt.Sprint(all.IdleUsers())
	want := "[{b [] no permission, and no tag for the HTTP API: it can do nothing} " +
		"{z [monitoring] no permission: no client can use it, and the HTTP API shows it no queues}]"
	if got != want {
		t.Error(got)
	}
	idle, untold := all.IdleGrants()
	if got := fmt.Sprint(idle, untold); got != "[{{app / ^$ ^gone ^ord} write ^gone}] [{{app a ^(?!x) amq.default } configure ^(?!x)}]" {
		t.Error(got)
	}
}
