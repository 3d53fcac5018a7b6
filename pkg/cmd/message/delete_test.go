package message_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// TestDelete has the command lines that are refused before any message is read.
func TestDelete(t *testing.T) {
	t.Parallel()
	c := cmdtest.NewChange
	cmdtest.Changes(t, message.Commands, "delete", []cmdtest.ChangeCase{
		c("no filter", "delete_messages q --yes", "", nil),
		c("backup and none", "delete_messages q --where bytes>1 --backup f --no-backup --yes", "", nil),
		c("wrong filter", "delete_messages q --where bites>1 --yes", "", nil),
		c("without consent", "delete_messages q --where bytes>1", "", nil),
	})
}
