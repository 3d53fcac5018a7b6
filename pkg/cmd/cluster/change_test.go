package cluster_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/cluster"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	const path = "api/cluster-name "
	has := func(name string) string { return "GET /" + path + `200 {"name":"` + name + `"}` }
	c := cmdtest.NewChange
	cmdtest.Changes(t, cluster.Commands, "change", []cmdtest.ChangeCase{
		c("name", "set_cluster_name prod", "", []string{has("a"), "PUT /" + path + "204", has("prod")}),
		c("name again", "set_cluster_name prod", "", []string{has("prod")}),
		c("name, compared", "set_cluster_name prod --check", "", []string{has("a")}),
		c("name, dry run", "set_cluster_name prod --dry-run", "", []string{has("a")}),
		c("name, set by another", "set_cluster_name prod", "", []string{has("a"), "PUT /" + path + "204", has("b")}),
	})
}
