package user_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestDeleteMany(t *testing.T) {
	t.Parallel()
	const (
		permissions = "GET /api/permissions?columns=user " + `200 [{"user":"t1"},{"user":"t1"},{"user":"root"}]`
		connections = "GET /api/connections?columns=user&node_stats_age=60&node_stats_incr=5 "
		one         = `200 [{"user":"t2"}]`
		users       = "GET /api/users?columns=name%2Ctags "
		all         = `200 [{"name":"t2","tags":"management"},{"name":"monitor","tags":["administrator"]},{"name":"root","tags":["administrator"]},{"name":"t1","tags":[]},{"name":"t3","tags":[]}]`
		ofT1        = "GET /api/connections/username/t1?columns=name "
		remove      = "DELETE /api/users/"
	)
	once := []string{permissions, connections + one, users + all}
	and := func(more ...string) []string { return append(append([]string{}, once...), more...) }
	c := cmdtest.NewChange
	cmdtest.Changes(t, user.Commands, "delete_many", []cmdtest.ChangeCase{
		c("nothing chosen", "delete_users --yes", "", nil),
		c("no consent", "delete_users --match .", "", nil),
		c("dry run", "delete_users --match . --dry-run", "", once),
		c("unused ones, dry run", "delete_users --match . --if-unused --dry-run", "",
			and(permissions, connections+`200 [{"user":"t3"}]`, users+all)),
		c("delete", "delete_users --match t2 --yes", "", and(remove+"t2 204", askNames+`200 [{"name":"t3"}]`)),
		c("gone meanwhile", "delete_users --match t1 --yes", "", and(remove+"t1 "+cmdtest.NotFound, askNames+`200 []`)),
		c("connected meanwhile", "delete_users --match t1 --if-unused --yes", "",
			append(and(once...), ofT1+`200 [{"name":"c"}]`, askNames+`200 []`)),
		c("there again", "delete_users --match t1 --yes", "", and(remove+"t1 204", askNames+`200 [{"name":"t1"}]`)),
		c("nothing to do", "delete_users --match root|monitor --yes", "", once),
	})
}
