package user_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	askPa    = "GET /api/users/pa "
	pa       = `200 {"name":"pa","password_hash":"aGFzaA==","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["monitoring"]}`
	managing = `200 {"name":"pa","password_hash":"aGFzaA==","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["management"]}`
	root     = `200 {"name":"pa","password_hash":"aGFzaA==","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["administrator"]}`
	// Before 3.9 the broker sends the tags as one text.
	paOfOld   = `200 {"name":"pa","password_hash":"aGFzaA==","hashing_algorithm":"rabbit_password_hashing_sha256","tags":"monitoring"}`
	hashless  = `200 {"name":"pa","tags":["monitoring"]}`
	askUsers  = "GET /api/users?columns=name%2Ctags "
	askNames  = "GET /api/users?columns=name "
	whoami    = "GET /api/whoami "
	notAUser  = `401 {"error":"not_authorized","reason":"Not management user"}`
	askBad    = "GET /api/users/p%FF "
	broken    = "500 "
	wrongWord = `401 {"error":"not_authorized","reason":"Not_Authorized"}`
)

func TestChanges(t *testing.T) {
	t.Parallel()
	permissions := "GET /api/users/pa/permissions?columns=vhost " + `200 [{"vhost":"/"},{"vhost":"a"}]`
	connections := "GET /api/connections/username/pa?columns=name " + `200 [{"name":"c"}]`
	const admins = `200 [{"name":"pa","tags":["administrator"]},{"name":"pb","tags":["administrator"]},{"name":"pc","tags":[]}]`
	c := cmdtest.NewChange
	cmdtest.Changes(t, user.Commands, "change", []cmdtest.ChangeCase{
		c("add", "add_user pa --tags monitoring --new-password-stdin", "word\n",
			[]string{askPa + cmdtest.NotFound, "PUT /api/users/pa 201", askPa + pa}),
		c("add, taken otherwise", "add_user pa --tags monitoring --new-password-stdin", "word\n",
			[]string{askPa + cmdtest.NotFound, "PUT /api/users/pa 201", askPa + managing}),
		c("add again", "add_user pa --tags monitoring --new-password-stdin", "word\n",
			[]string{askPa + pa, whoami + notAUser}),
		c("add another", "add_user pa --tags management --new-password-stdin -o json", "word\n",
			[]string{askPa + pa, whoami + wrongWord}),
		c("add again, generated", "add_user pa --tags monitoring --generate", "", []string{askPa + pa}),
		c("add a hash, generated", "add_user pa --generate --pre-hashed-password", "", nil),
		c("add again, compared", "add_user pa --tags monitoring --generate --check", "", []string{askPa + pa}),
		c("add again, all compared", "add_user pa --tags monitoring --new-password-stdin --check", "word\n",
			[]string{askPa + pa, whoami + wrongWord}),
		c("add another, dry run", "add_user pa --tags management --dry-run", "", []string{askPa + pa}),
		c("add a hash again", "add_user pa --tags monitoring --pre-hashed-password --new-password-stdin", "aGFzaA==\n",
			[]string{askPa + paOfOld}),
		c("add, compared", "add_user pa --check", "", []string{askPa + cmdtest.NotFound}),
		c("add, dry run", "add_user pa --dry-run --tags moniter", "", []string{askPa + cmdtest.NotFound}),
		c("add without a password", "add_user pa", "", nil),
		c("add a name that is not UTF-8", "add_user p\xff --generate", "", nil),
		c("add with a tag that is not UTF-8", "add_user pa --generate --tags t\xff", "", nil),
		c("add with a password that is not UTF-8", "add_user pa --new-password-stdin", "w\xffrd\n", nil),
		c("rotate to a password that is not UTF-8", "rotate_password pa --new-password-stdin", "w\xffrd\n", nil),
		c("let in a virtual host that is not UTF-8", "set_permissions pa a b c -p v\xff", "", nil),
		c("add with two passwords", "add_user pa --generate --new-password-stdin", "", nil),
		c("add, both passwords from stdin", "add_user pa --password-stdin --new-password-stdin", "a\nb\n", nil),
		c("tags", "set_user_tags pa management", "", []string{askPa + pa, "PUT /api/users/pa 204", askPa + managing}),
		c("tags again", "set_user_tags pa monitoring", "", []string{askPa + pa}),
		c("tags, compared", "set_user_tags pa management --check", "", []string{askPa + pa}),
		c("tags, dry run", "set_user_tags pa --dry-run", "", []string{askPa + pa}),
		c("tags of the last administrator", "set_user_tags pa", "",
			[]string{askPa + root, askUsers + `200 [{"name":"pa","tags":["administrator"]},{"name":"b","tags":["monitoring"]}]`}),
		c("tags of one of two administrators", "set_user_tags pa monitoring", "", []string{askPa + root,
			askUsers + `200 [{"name":"pa","tags":["administrator"]},{"name":"b","tags":"administrator"}]`,
			"PUT /api/users/pa 204", askPa + pa}),
		c("tags without a hash", "set_user_tags pa management My-tag", "", []string{askPa + hashless}),
		c("no tags without a hash", "set_user_tags pa", "", []string{askPa + hashless}),
		c("tags of nobody", "set_user_tags pa management", "",
			[]string{askPa + cmdtest.NotFound, askNames + `200 [{"name":"pq"}]`}),
		c("delete", "delete_user pa --yes", "", []string{askPa + pa, permissions, connections, "DELETE /api/users/pa 204"}),
		c("delete, gone in the meantime", "delete_user pa --yes", "", []string{askPa + pa, permissions, connections,
			"DELETE /api/users/pa " + cmdtest.NotFound, askNames + `200 [{"name":"pq"}]`}),
		c("delete without consent", "delete_user pa", "", nil),
		c("delete a name that 4.3 cannot answer with", "delete_user p\xff --yes", "",
			[]string{askBad + broken, askBad + broken, "DELETE /api/users/p%FF 204"}),
		c("delete a name that 4.3 cannot answer with, dry run", "delete_user p\xff --dry-run", "",
			[]string{askBad + broken, askBad + broken}),
		c("delete, dry run", "delete_user pa --dry-run", "", []string{askPa + pa, permissions, connections}),
		c("delete nobody", "delete_user pa --yes --if-exists", "", []string{askPa + cmdtest.NotFound}),
		c("delete, gone meanwhile", "delete_user pa --yes --if-exists", "",
			[]string{askPa + pa, permissions, connections,
				"DELETE /api/users/pa " + cmdtest.NotFound}),
		c("delete two, one is missing", "delete_user pa pb --yes --if-exists", "",
			[]string{askPa + pa, permissions, connections,
				"GET /api/users/pb " + cmdtest.NotFound, "DELETE /api/users/pa 204"}),
		c("delete two, both missing", "delete_user pa pb --yes --if-exists", "", []string{askPa + cmdtest.NotFound,
			"GET /api/users/pb " + cmdtest.NotFound}),
		c("delete those on standard input", "delete_user pa --from-file - --yes --if-exists", "pb\r\n\n",
			[]string{askPa + cmdtest.NotFound, "GET /api/users/pb " + cmdtest.NotFound}),
		c("delete, none on standard input", "delete_user --from-file - --yes", "\n", nil),
		c("delete, one on standard input cannot be named", "delete_user --from-file - --yes", "pa\n..\n", nil),
		c("delete, no name", "delete_user --yes", "", nil),
		c("delete two, one refused", "delete_user pa pb --yes", "",
			[]string{askPa + pa, permissions, connections,
				"GET /api/users/pb " + strings.ReplaceAll(pa, `"pa"`, `"pb"`), "GET /api/users/pb/permissions?columns=vhost 200 []",
				"GET /api/connections/username/pb?columns=name 200 []",
				"DELETE /api/users/pa " + `400 {"error":"bad_request","reason":"no"}`}),
		c("delete two and keep going", "delete_user pa pb --yes --keep-going", "",
			[]string{askPa + pa, permissions, connections,
				"GET /api/users/pb " + cmdtest.NotFound, askNames + `200 [{"name":"pa"}]`, "DELETE /api/users/pa 204"}),
		c("delete two, one is oneself", "delete_user pa monitor --dry-run", "", []string{askPa + pa, permissions, connections,
			"GET /api/users/monitor " + strings.ReplaceAll(root, `"pa"`, `"monitor"`),
			"GET /api/users/monitor/permissions?columns=vhost 200 []",
			"GET /api/connections/username/monitor?columns=name 200 []", askUsers + `200 [{"name":"monitor","tags":[]}]`}),
		c("delete the last administrators", "delete_user pb pa --dry-run", "", []string{
			"GET /api/users/pb " + strings.ReplaceAll(root, `"pa"`, `"pb"`), "GET /api/users/pb/permissions?columns=vhost 200 []",
			"GET /api/connections/username/pb?columns=name 200 []", askUsers + admins, askPa + root, permissions, connections,
			askUsers + admins}),
		c("password", "change_password pa --new-password-stdin", "word\n",
			[]string{askPa + pa, askPa + pa, "PUT /api/users/pa 204", whoami + `200 {"name":"pa","tags":[]}`,
				whoami + `200 {"name":"pa","tags":[]}`}),
		c("password that does not open", "change_password pa --new-password-stdin", "word\n",
			[]string{askPa + pa, askPa + pa, "PUT /api/users/pa 204", whoami + wrongWord}),
		c("password that opens no longer", "change_password pa --new-password-stdin", "word\n",
			[]string{askPa + pa, askPa + pa, "PUT /api/users/pa 204", whoami + notAUser, whoami + wrongWord}),
		c("password that somebody else sets too", "change_password pa --generate", "",
			[]string{askPa + pa, askPa + strings.ReplaceAll(pa, "aGFzaA==", "b3RoZXI=")}),
		c("password of a user who goes", "change_password pa --new-password-stdin", "word\n",
			[]string{askPa + pa, askPa + cmdtest.NotFound, askNames + `200 [{"name":"pq"}]`}),
		c("password of oneself", "change_password monitor --new-password-stdin", "word\n",
			[]string{"GET /api/users/monitor " + strings.ReplaceAll(pa, `"pa"`, `"monitor"`)}),
		c("password cleared", "clear_password pa --yes", "", []string{askPa + pa, "PUT /api/users/pa 204"}),
		c("password cleared again", "clear_password pa --yes", "",
			[]string{askPa + `200 {"name":"pa","password_hash":"","tags":[]}`}),
	})
}
