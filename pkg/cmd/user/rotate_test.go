package user_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestRotatePassword(t *testing.T) {
	t.Parallel()
	const (
		names   = "GET /api/connections/username/pa?columns=name "
		details = "GET /api/connections?columns=name%2Cclient_properties%2Cpeer_host%2Cpeer_port%2Cvhost%2C" +
			"connected_at&node_stats_age=60&node_stats_incr=5 "
		one   = `200 [{"name":"1:5 -> b"}]`
		two   = `200 [{"name":"1:5 -> b"},{"name":"young"}]`
		fresh = `200 [{"name":"1:9 -> b"}]`
		shown = `200 [{"name":"1:5 -> b","client_properties":{"connection_name":"old-client","product":"lib"},"peer_host":"1","peer_port":5,"vhost":"/","connected_at":1772600000000},` +
			`{"name":"other","peer_host":"2","peer_port":6,"vhost":"/"}]`
		put     = "PUT /api/users/pa 204"
		lets    = whoami + notAUser
		missing = brokertest.Standing + ` 200 [{"name":"rabbit@a","running":true},{"name":"rabbit@b","running":false}]`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, user.Commands, "change", []cmdtest.ChangeCase{
		c("rotate", "rotate_password pa --new-password-stdin", "word\n",
			[]string{askPa + pa, names + one, details + shown, names + two, askPa + pa, put, lets, lets,
				names + two, details + shown}),
		c("rotate, nobody connected", "rotate_password pa --new-password-stdin", "word\n",
			[]string{askPa + pa, names + "200 []", names + "200 []", askPa + pa, put, lets, lets, names + fresh}),
		c("rotate and wait", "rotate_password pa --new-password-stdin --wait -o json", "word\n",
			[]string{askPa + pa, names + one, details + shown, names + one, askPa + pa, put, lets, lets,
				names + one, names + one, names + fresh}),
		c("rotate while a node is down", "rotate_password pa --new-password-stdin", "word\n", []string{askPa + pa,
			names + "200 []", names + "200 []", askPa + pa, put, lets, lets, names + fresh, missing}),
		c("rotate and wait while a node is down", "rotate_password pa --new-password-stdin --wait", "word\n",
			[]string{askPa + pa, names + "200 []", names + "200 []", askPa + pa, put, lets, lets, names + fresh, missing}),
		c("rotate, dry run", "rotate_password pa --dry-run", "", []string{askPa + pa, names + one, details + shown}),
		c("rotate, refused", "rotate_password pa --new-password-stdin", "word\n", []string{askPa + pa, names + "200 []",
			names + "200 []", askPa + pa, `PUT /api/users/pa 400 {"error":"bad_request","reason":"too short"}`}),
		c("rotate, then not seen", "rotate_password pa --new-password-stdin", "word\n", []string{askPa + pa, names + one,
			details + shown, names + one, askPa + pa, put, lets, lets, names + `500 {"error":"x","reason":"no"}`,
			details + shown}),
		c("rotate what somebody else rotates too", "rotate_password pa --new-password-stdin", "word\n", []string{askPa + pa,
			names + "200 []", names + "200 []", askPa + strings.ReplaceAll(pa, "aGFzaA==", "b3RoZXI=")}),
		c("rotate for nobody", "rotate_password pa --new-password-stdin", "word\n",
			[]string{askPa + cmdtest.NotFound, askNames + `200 [{"name":"pq"}]`}),
		c("rotate without a password", "rotate_password pa", "", nil),
	})
}

func TestCopyUserPermissions(t *testing.T) {
	t.Parallel()
	const (
		grants = "/permissions?columns=vhost%2Cconfigure%2Cwrite%2Cread "
		topics = "/topic-permissions?columns=vhost%2Cexchange%2Cwrite%2Cread "
		from   = "GET /api/users/src"
		to     = "GET /api/users/dst"
		has    = `200 [{"vhost":"/","configure":"^a","write":"^b","read":".*"},{"vhost":"p","configure":"","write":"","read":".*"}]`
		partly = `200 [{"vhost":"p","configure":"x","write":"","read":".*"},{"vhost":"q","configure":"x","write":"","read":".*"}]`
		both   = `200 [{"vhost":"/","configure":"^a","write":"^b","read":".*"},{"vhost":"p","configure":"","write":"","read":".*"},{"vhost":"q","configure":"x","write":"","read":".*"}]`
		topic  = `200 [{"vhost":"/","exchange":"ev","write":"^eu","read":".*"}]`
	)
	before := []string{from + grants + has, from + topics + topic, to + grants + partly, to + topics + "200 []"}
	c := cmdtest.NewChange
	cmdtest.Changes(t, user.Commands, "change", []cmdtest.ChangeCase{
		c("copy permissions", "copy_user_permissions src dst --yes", "", append(before[:4:4],
			"PUT /api/permissions/%2F/dst 201", to+grants+both, "PUT /api/permissions/p/dst 204", to+grants+both,
			"PUT /api/topic-permissions/%2F/dst 201", to+grants+both, to+topics+topic)),
		c("copy permissions again", "copy_user_permissions src dst", "",
			[]string{from + grants + has, from + topics + topic, to + grants + both, to + topics + topic}),
		c("copy permissions without consent", "copy_user_permissions src dst", "", before),
		c("copy permissions, dry run", "copy_user_permissions src dst --dry-run", "", before),
		c("copy permissions, compared", "copy_user_permissions src dst --check", "", before),
		c("copy permissions, refused", "copy_user_permissions src dst --yes", "", append(before[:4:4],
			`PUT /api/permissions/%2F/dst 400 {"error":"bad_request","reason":"no"}`)),
		c("copy permissions to nobody", "copy_user_permissions src dst", "", []string{from + grants + has,
			from + topics + topic, to + grants + cmdtest.NotFound, askNames + `200 [{"name":"dest"}]`}),
		c("copy permissions to oneself", "copy_user_permissions src src", "", nil),
	})
}

// TestPasswords has commands that use a password and change nothing.
func TestPasswords(t *testing.T) {
	t.Parallel()
	c := cmdtest.NewChange
	cmdtest.Changes(t, user.Commands, "password", []cmdtest.ChangeCase{
		c("authenticate", "authenticate_user pa --try-password-stdin", "word\n",
			[]string{whoami + `200 {"name":"pa","tags":[]}`}),
		c("authenticate without a tag", "authenticate_user pa --try-password-stdin", "word\n", []string{whoami + notAUser}),
		c("authenticate with a wrong password", "authenticate_user pa --try-password-stdin", "word\n",
			[]string{whoami + wrongWord}),
		c("authenticate without a password", "authenticate_user pa", "", nil),
		c("authenticate nobody", "authenticate_user", "", nil),
		c("authenticate with both from stdin", "authenticate_user pa --try-password-stdin --password-stdin", "a\nb\n", nil),
		c("authenticate with two", "authenticate_user pa --try-password-stdin --try-password-command x", "a\n", nil),
		c("hash without a password", "hash_password", "", nil),
		c("hash an argument", "hash_password word", "", nil),
	})
	got := cmdtest.Run{Commands: user.Commands(), Input: "word\n"}.
		Do(t, brokertest.New(t), "hash_password", "--new-password-stdin")
	if hash := strings.TrimSpace(got.Out); got.Error != nil || len(hash) != 48 {
		t.Errorf("%q, %v", hash, got.Error)
	}
}
