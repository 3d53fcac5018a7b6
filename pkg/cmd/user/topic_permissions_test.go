package user_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestTopicPermissionChanges(t *testing.T) {
	t.Parallel()
	const (
		ask     = "GET /api/users/pa/topic-permissions?columns=vhost%2Cexchange%2Cwrite%2Cread "
		none    = `200 [{"vhost":"w","exchange":"e","write":"a","read":"b"}]`
		some    = `200 [{"vhost":"v","exchange":"e","write":"a","read":"b"},{"vhost":"v","exchange":"d","write":"","read":"x"}]`
		changed = `200 [{"vhost":"v","exchange":"e","write":"a","read":"c"}]`
		enter   = "GET /api/vhosts/v " + `200 {"name":"v"}`
		topic   = "GET /api/exchanges/v/e " + `200 {"name":"e","type":"topic"}`
		plain   = "GET /api/exchanges/v/e " + `200 {"name":"e","type":"direct"}`
		path    = "/api/topic-permissions/v/pa"
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, user.Commands, "topic", []cmdtest.ChangeCase{
		c("set", "set_topic_permissions pa e a b -p v", "",
			[]string{ask + none, enter, topic, "PUT " + path + " 201", ask + some}),
		c("set another", "set_topic_permissions pa e a c -p v", "",
			[]string{ask + some, enter, topic, "PUT " + path + " 204", ask + changed}),
		c("set, taken otherwise", "set_topic_permissions pa e a c -p v", "",
			[]string{ask + some, enter, topic, "PUT " + path + " 204", ask + some}),
		c("set again", "set_topic_permissions pa e a b -p v", "", []string{ask + some, enter, topic}),
		c("set, compared", "set_topic_permissions pa e a c -p v --check", "", []string{ask + some, enter, topic}),
		c("set, dry run", "set_topic_permissions pa e a c -p v --dry-run", "", []string{ask + none, enter, plain}),
		c("set for no topic exchange", "set_topic_permissions pa e a b -p v", "",
			[]string{ask + none, enter, plain, "PUT " + path + " 201", ask + some}),
		c("set for no exchange", "set_topic_permissions pa e a b -p v", "",
			[]string{ask + none, enter, "GET /api/exchanges/v/e " + cmdtest.NotFound,
				"GET /api/exchanges/v/amq.default " + `200 {"name":""}`,
				"GET /api/exchanges/v?columns=name%2Ctype " + `200 [{"name":"ee","type":"topic"}]`}),
		c("set for nobody", "set_topic_permissions pa e a b -p v", "",
			[]string{ask + cmdtest.NotFound, askNames + `200 [{"name":"pb"}]`}),
		c("set, wrong pattern", "set_topic_permissions pa e (a b -p v", "", nil),
		c("clear", "clear_topic_permissions pa e -p v --yes", "", []string{ask + some, enter, "DELETE " + path + "/e 204"}),
		c("clear all", "clear_topic_permissions pa -p v --yes", "", []string{ask + some, enter, "DELETE " + path + " 204"}),
		c("clear, dry run", "clear_topic_permissions pa -p v --dry-run", "", []string{ask + some, enter}),
		c("clear none", "clear_topic_permissions pa -p v --yes --if-exists", "", []string{ask + none, enter}),
		c("clear, gone meanwhile", "clear_topic_permissions pa e -p v --yes --if-exists", "",
			[]string{ask + some, enter, "DELETE " + path + "/e " + cmdtest.NotFound}),
	})
}

func TestPermissionsInManyVHosts(t *testing.T) {
	t.Parallel()
	const (
		ask    = "GET /api/users/pa/permissions?columns=vhost%2Cconfigure%2Cwrite%2Cread "
		some   = `200 [{"vhost":"b1","configure":"x","write":"y","read":"z"},{"vhost":"a","configure":"^a","write":".*","read":".*"}]`
		done   = `200 [{"vhost":"b1","configure":"^a","write":".*","read":".*"},{"vhost":"b2","configure":"^a","write":".*","read":".*"},{"vhost":"a","configure":"^a","write":".*","read":".*"}]`
		otherA = `200 [{"vhost":"b1","configure":"^a","write":".*","read":".*"},{"vhost":"b2","configure":"^a","write":".*","read":".*"}]`
		vhosts = "GET /api/vhosts?columns=name " + `200 [{"name":"b2"},{"name":"a"},{"name":"b1"}]`
		put    = "PUT /api/permissions/"
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, user.Commands, "everywhere", []cmdtest.ChangeCase{
		c("all", "set_permissions pa ^a .* .* --all-vhosts --yes", "",
			[]string{ask + some, vhosts, put + "b1/pa 204", put + "b2/pa 201", ask + done}),
		c("some", "set_permissions pa ^a .* .* --match 2$", "", []string{ask + some, vhosts, put + "b2/pa 201", ask + done}),
		c("not all", "set_permissions pa ^a .* .* -p a --all-vhosts=false", "", []string{ask + done,
			"GET /api/vhosts/a " + `200 {"name":"a"}`}),
		c("again", "set_permissions pa ^a .* .* --all-vhosts", "", []string{ask + done, vhosts}),
		c("replaced without consent", "set_permissions pa ^a .* .* --all-vhosts", "", []string{ask + some, vhosts}),
		c("dry run", "set_permissions pa ^a .* .* --all-vhosts --dry-run", "", []string{ask + some, vhosts}),
		c("hostile name", "set_permissions p\x1b[31ma ^a .* .* --all-vhosts --dry-run", "",
			[]string{"GET /api/users/p%1B%5B31ma/permissions?columns=vhost%2Cconfigure%2Cwrite%2Cread 200 []", vhosts}),
		c("compared", "set_permissions pa ^a .* .* --all-vhosts --check", "", []string{ask + some, vhosts}),
		c("one refused", "set_permissions pa ^a .* .* --all-vhosts --yes", "",
			[]string{ask + some, vhosts, put + "b1/pa 204", put + "b2/pa " + `400 {"error":"bad_request","reason":"no"}`}),
		c("undone meanwhile", "set_permissions pa ^a .* .* --all-vhosts --yes", "",
			[]string{ask + some, vhosts, put + "b1/pa 204", put + "b2/pa 201", ask + some}),
		c("another one undone meanwhile", "set_permissions pa ^a .* .* --all-vhosts --yes", "",
			[]string{ask + some, vhosts, put + "b1/pa 204", put + "b2/pa 201", ask + otherA}),
		c("no virtual host", "set_permissions pa ^a .* .* --all-vhosts", "",
			[]string{ask + some, "GET /api/vhosts?columns=name 200 []"}),
		c("none matches", "set_permissions pa ^a .* .* --match x", "", []string{ask + some, vhosts}),
		c("wrong expression", "set_permissions pa ^a .* .* --match (", "", nil),
		c("taken away", "clear_permissions pa --all-vhosts --yes", "",
			[]string{ask + some, vhosts, "DELETE /api/permissions/a/pa 204", "DELETE /api/permissions/b1/pa 204",
				ask + "200 []"}),
		c("taken away, dry run", "clear_permissions pa --match ^b --dry-run", "", []string{ask + some, vhosts}),
		c("taken away, one refused", "clear_permissions pa --all-vhosts --yes", "",
			[]string{ask + some, vhosts, "DELETE /api/permissions/a/pa 204",
				"DELETE /api/permissions/b1/pa " + `400 {"error":"bad_request","reason":"no"}`}),
		c("taken away, given meanwhile", "clear_permissions pa --match ^a --yes", "",
			[]string{ask + some, vhosts, "DELETE /api/permissions/a/pa 204", ask + some}),
		c("taken away, another given meanwhile", "clear_permissions pa --all-vhosts --yes", "",
			[]string{ask + some, vhosts, "DELETE /api/permissions/a/pa 204", "DELETE /api/permissions/b1/pa 204",
				ask + `200 [{"vhost":"b2","configure":"","write":"","read":""}]`}),
		c("taken away, gone meanwhile", "clear_permissions pa --match ^a --yes --if-exists", "",
			[]string{ask + some, vhosts, "DELETE /api/permissions/a/pa " + cmdtest.NotFound, ask + "200 []"}),
		c("taken away without consent", "clear_permissions pa --all-vhosts", "", nil),
		c("taken away, none", "clear_permissions pa --match b2 --yes", "", []string{ask + some, vhosts}),
		c("taken away, none, which is no failure", "clear_permissions pa --match b2 --yes --if-exists", "",
			[]string{ask + some, vhosts}),
		c("with a virtual host", "set_permissions pa ^a .* .* --all-vhosts -p v", "", nil),
	})
}

// TestSetPermissions_missing: if the permission is missing after the change, the change has failed, even if the
// permission was to allow nothing.
func TestSetPermissions_missing(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	for range 2 {
		s.JSON("GET /api/users/pa/permissions?columns=vhost%2Cconfigure%2Cwrite%2Cread", 200, "[]")
	}
	s.JSON("GET /api/vhosts?columns=name", 200, `[{"name":"v"}]`)
	s.Empty("PUT /api/permissions/v/pa", 201)
	got := cmdtest.Run{Commands: user.Commands()}.Do(t, s, "set_permissions", "pa", "", "", "", "--all-vhosts")
	if fail.KindOf(got.Error) != fail.Incomplete || !strings.Contains(got.Out, "v\tfailed") {
		t.Errorf("%q, %v", got.Out, got.Error)
	}
}
