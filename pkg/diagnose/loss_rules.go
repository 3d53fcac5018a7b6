package diagnose

import (
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func lossRules() []Rule {
	return []Rule{
		{Name: "exchange-type-off", Needs: []Part{OfRouting}, Judge: exchangeTypeOff},
		{Name: "dead-letters-lost", Needs: []Part{OfRouting}, Judge: ofHoles(Finding{Severity: health.Warning,
			What: "queues whose dead letters go nowhere, or in a circle",
			Hit:  "programs that need rejected or expired messages: the broker drops them without an error; a quorum queue with the dead-letter strategy at-least-once keeps them, and grows",
			Do:   []string{"rabbitctl list_unroutable"}}, "queue")},
		{Name: "exchange-leads-nowhere", Needs: []Part{OfRouting}, Judge: ofHoles(Finding{Severity: health.Warning,
			What: "exchanges that route to no queue",
			Hit:  "their publishers: their messages are dropped, or returned if they are mandatory",
			Do:   []string{"rabbitctl list_unroutable", "rabbitctl explain_route EXCHANGE ROUTING_KEY"}}, "exchange")},
		{Name: "policy-in-effect-nowhere", Needs: []Part{OfRouting},
			Judge: ofHoles(Finding{Severity: health.OK, What: "policies that are in effect nowhere",
				Hit: "nothing, unless somebody relies on these policies", Do: []string{"rabbitctl list_unroutable",
					"rabbitctl list_policies"}}, "policy", "operator policy")},
	}
}

// ofHoles makes one finding of all holes of the given kinds. It leaves out exchange types whose plugin is off, which
// the rule exchange-type-off reports, and policies that could not be read, which are reported as not seen. Messages
// that a whole virtual host dropped are left to the rule messages-unroutable: their total never falls, so it says
// nothing about the present.
func ofHoles(about Finding, kinds ...string) func(Facts) []Finding {
	return func(f Facts) []Finding {
		x, hit := about, 0
		for _, h := range f.holes {
			if !slices.Contains(kinds, h.Kind) || h.Name == "" || h.TypeOff {
				continue
			}
			if hit++; hit <= mostNamed {
				x.Evidence = append(x.Evidence, fmt.Sprintf("%s %s in %s: %s", h.Kind, h.Name, h.VHost, h.What))
			}
		}
		if hit == 0 {
			return nil
		}
		if hit > mostNamed {
			x.Evidence = append(x.Evidence, fmt.Sprintf("and %d more", hit-mostNamed))
		}
		x.What = fmt.Sprintf("%s: %d", x.What, hit)
		return []Finding{x}
	}
}

// exchangeTypeOff finds exchanges whose type comes from a plugin that is off. It is CRITICAL if one of them is used. An
// unused one may be a leftover, so it is only a WARNING.
func exchangeTypeOff(f Facts) []Finding {
	x := Finding{Severity: health.Warning, Hit: "publishers to them: each publish is refused and its channel closed"}
	hit := 0
	for _, h := range f.holes {
		if !h.TypeOff {
			continue
		}
		if h.Used {
			x.Severity = health.Critical
		}
		if h.Kind == "queue" {
			x.Hit = "publishers to them: each publish is refused and its channel closed; and users of queues that dead-letter to them: the queue's process ends"
		}
		if !slices.Contains(x.Do, h.Do) {
			x.Do = append(x.Do, h.Do)
		}
		if hit++; hit <= mostNamed {
			x.Evidence = append(x.Evidence, fmt.Sprintf("%s %s in %s: %s", h.Kind, h.Name, h.VHost, h.What))
		}
	}
	if hit == 0 {
		return nil
	}
	if hit > mostNamed {
		x.Evidence = append(x.Evidence, fmt.Sprintf("and %d more", hit-mostNamed))
	}
	x.What = fmt.Sprintf("exchanges whose type's plugin is off, and queues that dead-letter to them: %d", hit)
	x.Do = append(x.Do[:min(len(x.Do), 3)], "rabbitctl list_unroutable")
	return []Finding{x}
}
