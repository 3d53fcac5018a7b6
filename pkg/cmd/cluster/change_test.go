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
	const links = "GET /api/federation-links?columns=type "
	none := links + "200 []"
	c := cmdtest.NewChange
	cmdtest.Changes(t, cluster.Commands, "change", []cmdtest.ChangeCase{
		c("name", "set_cluster_name prod", "", []string{has("a"), none, "PUT /" + path + "204", has("prod")}),
		c("name again", "set_cluster_name prod", "", []string{has("prod")}),
		c("name, compared", "set_cluster_name prod --check", "", []string{has("a"), none}),
		c("name, dry run", "set_cluster_name prod --dry-run", "", []string{has("a"), none}),
		c("name, set by another", "set_cluster_name prod", "", []string{has("a"), none, "PUT /" + path + "204", has("b")}),
		// The queue of an exchange link on the upstream is named after the cluster.
		c("name, links of federation", "set_cluster_name prod", "",
			[]string{has("a"), links + `200 [{"type":"exchange"},{"type":"queue"},{"type":"exchange"}]`}),
		c("name, links of queues", "set_cluster_name prod", "",
			[]string{has("a"), links + `200 [{"type":"queue"}]`, "PUT /" + path + "204", has("prod")}),
		c("name, plugin off", "set_cluster_name prod", "",
			[]string{has("a"), links + cmdtest.NotFound, "PUT /" + path + "204", has("prod")}),
		c("name, links not known", "set_cluster_name prod --dry-run", "",
			[]string{has("a"), links + `403 {"error":"forbidden","reason":"x"}`}),
	})
}
