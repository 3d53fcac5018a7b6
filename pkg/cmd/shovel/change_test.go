package shovel_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/shovel"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	const (
		ask = "GET /api/parameters/shovel/%2F/mv "
		mv  = `200 {"name":"mv","vhost":"/","component":"shovel","value":{"src-uri":"amqp://u:secret@a","src-queue":"a",` +
			`"dest-uri":"amqp://u:secret@b","dest-exchange":"x"}}`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, shovel.Commands, "change", []cmdtest.ChangeCase{
		c("delete", "delete_shovel mv --yes", "", []string{ask + mv, "DELETE /api/shovels/vhost/%2F/mv 204"}),
		c("delete, dry run", "delete_shovel mv --dry-run", "", []string{ask + mv}),
		c("delete, gone", "delete_shovel mv --yes --if-exists", "", []string{ask + cmdtest.NotFound}),
		c("restart", "restart_shovel mv", "", []string{"DELETE /api/shovels/vhost/%2F/mv/restart 204"}),
	})
}
