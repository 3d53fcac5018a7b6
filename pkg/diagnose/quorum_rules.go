package diagnose

import (
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func quorumLost(f Facts) []Finding {
	return ofReplicated(f, health.Critical, Finding{What: "quorum queues and streams that cannot accept messages",
		Hit: "their publishers wait, or time out; what they sent may still be stored once the nodes return",
		Do: []string{"rabbitctl check_quorum",
			"start the nodes that are missing; rabbitctl cluster_status --ask-every-node"}})
}

func quorumNearLoss(f Facts) []Finding {
	return ofReplicated(f, health.Warning, Finding{What: "quorum queues and streams that lack members",
		Hit: "nobody yet; some of them may lose their majority if one more node stops",
		Do: []string{"rabbitctl check_quorum",
			"if a node never comes back: rabbitctl shrink NODE, and then grow OTHER_NODE even; for streams shrink_streams and " +
				"grow_streams"}})
}

// ofReplicated makes one finding of all queues with the status. In a split cluster it judges nothing: the split is a
// finding of its own.
func ofReplicated(f Facts, status health.Status, x Finding) []Finding {
	result, verdicts := health.Quorum(health.QuorumFacts{Queues: f.Replicated, Members: f.View.Members})
	if result.Status == health.Unknown {
		return nil
	}
	hit := 0
	for _, v := range verdicts {
		if v.Status != status {
			continue
		}
		if hit++; hit <= mostNamed {
			x.Evidence = append(x.Evidence, fmt.Sprintf("%s in %s: %s", v.Name, v.VHost, v.Why))
		}
	}
	if hit == 0 {
		return nil
	}
	if hit > mostNamed {
		x.Evidence = append(x.Evidence, fmt.Sprintf("and %d more", hit-mostNamed))
	}
	x.Severity = status
	x.What = fmt.Sprintf("%s: %d of %d", x.What, hit, len(f.Replicated))
	return []Finding{x}
}
