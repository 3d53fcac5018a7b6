package diagnose

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// Findings that differ only in the node become one finding, with the evidence of each node.
func TestMerge(t *testing.T) {
	low := func(node, limit string) Finding {
		return Finding{Rule: "disk-limit-too-low", Severity: health.Warning, What: "disk_free_limit of " + node + " is " +
			limit, Hit: "all",
			Evidence: []string{"9 GB free"}, Do: []string{"rabbitctl set_disk_free_limit 2GB --node " + node,
				"in rabbitmq.conf"}}
	}
	down := func(node string) Finding {
		return Finding{Rule: "node-not-running", Severity: health.Critical, What: node + " is not running",
			Evidence: []string{"as reported by r@a", "its API: not asked"}, Do: []string{"start it"}}
	}
	nodes := []string{"r@a", "r@a2", "r@a.example", "r@b"}
	other := down("r@b")
	other.Evidence = append(other.Evidence, "for an hour")
	got := merge([]Finding{down("r@a.example"), other, low("r@a", "50 MB"), low("r@a2", "50 MB"), low("r@b", "60 MB"),
		{Rule: "cluster-split", What: "r@a and r@b were cut off from each other"}, {Rule: "cluster-split",
			What: "r@a and r@a2 were cut off from each other"}}, nodes)
	want := []Finding{
		{Rule: "node-not-running", Severity: health.Critical, What: "r@a.example, r@b are not running",
			Do:       []string{"start it"},
			Evidence: []string{"as reported by r@a", "its API: not asked", "r@b: for an hour"}},
		{Rule: "disk-limit-too-low", Severity: health.Warning, What: "disk_free_limit of r@a, r@a2 is 50 MB", Hit: "all",
			Evidence: []string{"9 GB free"},
			Do: []string{"rabbitctl set_disk_free_limit 2GB --node r@a", "rabbitctl set_disk_free_limit 2GB --node r@a2",
				"in rabbitmq.conf"}},
		low("r@b", "60 MB"),
		{Rule: "cluster-split", What: "r@a and r@b were cut off from each other"},
		{Rule: "cluster-split", What: "r@a and r@a2 were cut off from each other"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
