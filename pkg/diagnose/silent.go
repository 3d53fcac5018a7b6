package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// mute are the nodes that some account calls silent, or that alone can be the silent one, and do not answer for themselves;
// suspects are those of which one is, where no account tells which.
func (c comparison) mute() (mute, suspects []string) {
	for _, v := range c.answered {
		if !v.Waits {
			continue
		}
		named := v.Mute
		if len(named) == 0 {
			for _, m := range v.Members {
				if !c.answers(m.Name) {
					suspects = append(suspects, m.Name)
				}
			}
		}
		for _, n := range named {
			if !c.answers(n) {
				mute = append(mute, n)
			}
		}
	}
	slices.Sort(mute)
	slices.Sort(suspects)
	mute, suspects = slices.Compact(mute), slices.Compact(suspects)
	switch {
	case len(mute) > 0:
		return mute, nil
	case len(suspects) == 1:
		return suspects, nil
	}
	return nil, suspects
}

// silent are nodes that do not answer and that the others still wait for: frozen, overloaded, or just cut off.
func (c comparison) silent() []Finding {
	var waiting []string
	for _, v := range c.answered {
		if v.Waits {
			waiting = append(waiting, v.Node)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	verb := " waits"
	if len(waiting) > 1 {
		verb = " wait"
	}
	x := Finding{Rule: "node-silent", Severity: health.Critical, Hit: "whoever asks for what all nodes have to tell, clients of that node, and queues on it",
		Evidence: []string{strings.Join(waiting, ", ") + verb + " for an answer: neither figures nor partitions are told meanwhile"},
		Do: []string{"look on its host: is it frozen, out of memory, or cut off? kill -CONT thaws a stopped process",
			"after about a minute (net_ticktime) the others take it for lost, and answer without it"}}
	mute, suspects := c.mute()
	var found []Finding
	for _, node := range mute {
		one := x
		one.What = node + " does not answer"
		if why := c.silence(node); why != "not asked" {
			one.Evidence = append(slices.Clone(x.Evidence), "its own API: "+why)
		}
		found = append(found, one)
	}
	switch {
	case len(mute) > 0:
	case len(suspects) > 0:
		x.What = "one of " + strings.Join(suspects, ", ") + " does not answer, which of them is not told"
		if len(c.views) == 1 {
			x.Do = append([]string{"rabbitctl cluster_status --ask-every-node asks each node itself"}, x.Do...)
		}
		found = append(found, x)
	default:
		x.Severity, x.Hit = health.Unknown, ""
		x.What = fmt.Sprintf("%s waited for a node, and each answers for itself", strings.Join(waiting, ", "))
		x.Do = []string{"look again: a node may have been thawed meanwhile, or answer late"}
		found = append(found, x)
	}
	return found
}
