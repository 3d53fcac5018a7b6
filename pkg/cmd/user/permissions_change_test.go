package user_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestPermissionChanges(t *testing.T) {
	t.Parallel()
	const (
		ask   = "GET /api/users/pa/permissions?columns=vhost%2Cconfigure%2Cwrite%2Cread "
		none  = `200 []`
		some  = `200 [{"vhost":"a","configure":"x","write":"y","read":"z"},{"vhost":"/","configure":"^a","write":".*","read":".*"}]`
		enter = "GET /api/vhosts/%2F " + `200 {"name":"/"}`
		put   = "PUT /api/permissions/%2F/pa "
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, user.Commands, "permission", []cmdtest.ChangeCase{
		c("set", "set_permissions pa ^a .* .*", "", []string{ask + none, enter, put + "201", ask + some}),
		c("set another", "set_permissions pa ^b .* .*", "", []string{ask + some, enter, put + "204", ask + some}),
		c("set own", "set_permissions monitor ^b .* .*", "", []string{strings.ReplaceAll(ask, "pa", "monitor") + some,
			enter}),
		c("set again", "set_permissions pa ^a .* .*", "", []string{ask + some, enter}),
		c("set, compared", "set_permissions pa ^b .* .* --check", "", []string{ask + some, enter}),
		c("set, missing", "set_permissions pa ^b .* .* --check", "", []string{ask + none, enter}),
		c("set, wrong pattern", "set_permissions pa (b .* .*", "", nil),
		c("set without a pattern", "set_permissions pa .*", "", nil),
		c("set for nobody", "set_permissions pa .* .* .*", "", []string{ask + cmdtest.NotFound,
			askNames + `200 [{"name":"pb"}]`}),
		c("clear", "clear_permissions pa --yes", "", []string{ask + some, enter, "DELETE /api/permissions/%2F/pa 204"}),
		c("clear, dry run", "clear_permissions pa --dry-run", "", []string{ask + some, enter}),
		c("clear none", "clear_permissions pa --yes --if-exists", "", []string{ask + none, enter}),
		c("clear, gone meanwhile", "clear_permissions pa --yes --if-exists", "", []string{ask + some, enter,
			"DELETE /api/permissions/%2F/pa " + cmdtest.NotFound}),
	})
}
