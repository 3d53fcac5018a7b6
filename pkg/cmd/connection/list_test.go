package connection_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/connection"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// A user without the tag monitoring gets an empty listing although other users are connected. The command must say so.
func TestList_ofOneself(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		200: "",
		401: "note: connections of other users are not shown to user monitor: it has no tag monitoring (as an administrator: rabbitctl set_user_tags monitor management monitoring)\n",
	} {
		s := brokertest.New(t)
		s.JSON("GET /api/connections?columns=name"+brokertest.Uncached, 200, `[]`)
		body := brokertest.AllWell
		if status == 401 {
			body = `{"error":"not_authorised","reason":"Not monitor user"}`
		}
		s.JSON(brokertest.Standing, status, body)
		got := cmdtest.Run{Commands: connection.Commands()}.Do(t, s, "list_connections", "name")
		if got.Error != nil || got.Err != want || strings.TrimSpace(got.Out) != "name" {
			t.Errorf("%d: %v\n%s%s", status, got.Error, got.Out, got.Err)
		}
	}
}
