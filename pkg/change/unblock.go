package change

import (
	"context"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// Unblock plans the changes that end the alarms: a lower limit of free disk space, or a higher watermark of memory.
// nodes returns the client of a node by the node's name. If no limit is known that would end an alarm safely, Unblock
// returns an error.
func Unblock(ctx context.Context, at Site, alarms []health.Alarm,
	nodes func(name string) (*erldist.Client, error)) (*Plan, error) {
	all := &Plan{}
	for _, alarm := range alarms {
		node, err := nodes(alarm.Node)
		if err != nil {
			return nil, err
		}
		at.Erlang = node
		plan, err := at.unblock(ctx, alarm)
		if err != nil {
			return nil, err
		}
		item := alarm.Resource + " of " + alarm.Node
		for _, hit := range plan.Hits {
			if len(alarms) > 1 {
				hit.Name = item
			}
			all.Hits = append(all.Hits, hit)
		}
		all.Notes = append(all.Notes, plan.Notes...)
		for _, s := range plan.Steps {
			s.Item = item
			what, value, _ := strings.Cut(s.Action, " to ")
			s.Action = what + " of node " + alarm.Node + " to " + value
			all.Steps = append(all.Steps, s)
		}
	}
	if len(all.Steps) == 0 {
		all.Already("unchanged").Done.Notes = all.Notes
	}
	return all, nil
}

// NoLimit is the cause of an error of Unblock if no limit is known that would end the alarm of a node safely.
type NoLimit struct{ Node, Why string }

func (n *NoLimit) Error() string { return n.Why }

func noLimit(node, format string, args ...any) *fail.Error {
	return fail.New(fail.Unavailable, "%w", &NoLimit{node, fmt.Sprintf(format, args...)})
}

func (s Site) unblock(ctx context.Context, alarm health.Alarm) (*Plan, error) {
	switch alarm.Resource {
	case "disk":
		return s.unblockDisk(ctx, alarm.Node)
	case "memory":
		return s.unblockMemory(ctx, alarm.Node)
	}
	return nil, noLimit(alarm.Node, "the %s alarm of node %s does not depend on a limit that rabbitctl can set", alarm.Resource, alarm.Node).
		Next("rabbitctl show_node %s shows what the node uses, and its limits", fail.Word(alarm.Node))
}

// unblockDisk asks the node itself how much disk space is free: the listing of nodes can be older than the alarm.
func (s Site) unblockDisk(ctx context.Context, node string) (*Plan, error) {
	if err := s.running(ctx); err != nil {
		return nil, err
	}
	// If a node does not watch its disk, its alarm does not end, its figures stay the same, and it accepts no new limit
	// (3.10.8).
	watched, known, err := survey.DiskWatched(ctx, s.Erlang)
	if err == nil && known && !watched {
		return nil, noLimit(node, "node %s does not watch its free disk space, so it keeps its alarm and "+
			"accepts no new limit", node).
			Next("rabbitctl activate_free_disk_space_monitoring --node %s makes it watch again; then run the same "+
				"command again", fail.Word(node))
	}
	ends := "its disk alarm ends within 10 s"
	if err != nil || !known {
		ends += " if the node still watches its disk"
	}
	free, err := s.askNumber(ctx, "rabbit_disk_monitor", "get_disk_free")
	if err != nil {
		return nil, err
	}
	limit, err := s.askNumber(ctx, "rabbit_disk_monitor", "get_disk_free_limit")
	if err != nil {
		return nil, err
	}
	switch {
	case free == nil || limit == nil:
		return nil, noLimit(node, "node %s does not know how much disk space is free, so no limit can be chosen",
			node).Next("rabbitctl activate_free_disk_space_monitoring --node %s makes the node measure again; until then "+
			"it accepts no new limit; if it still cannot measure, its log says why", fail.Word(node))
	case *free >= *limit:
		return &Plan{Notes: []string{fmt.Sprintf("node %s has %s of disk space free again and a limit of %s: %s",
			node, prose.Bytes(*free), prose.Bytes(*limit), ends)}}, nil
	}
	lower := diagnose.SafeDiskLimit(*free)
	if lower == "" {
		return nil, noLimit(node, "only %s are free on the disk of node %s, too little for any lower limit "+
			"to be safe", prose.Bytes(*free), node).Next("free space: rabbitctl help disk-fills")
	}
	d := diskLimit{first: lower}
	if err := d.read(); err != nil {
		return nil, err
	}
	return d.plan(ctx, s)
}

func (s Site) unblockMemory(ctx context.Context, node string) (*Plan, error) {
	if err := s.running(ctx); err != nil {
		return nil, err
	}
	var figures [3]float64
	for i, function := range []string{"get_process_memory", "get_memory_limit", "get_total_memory"} {
		n, err := s.askNumber(ctx, "vm_memory_monitor", function)
		if err != nil {
			return nil, err
		}
		if n == nil {
			return nil, noLimit(node, "node %s does not know how much memory there is", node).
				Next("rabbitctl set_vm_memory_high_watermark absolute SIZE sets a limit that does not depend on it")
		}
		figures[i] = *n
	}
	used, limit, total := figures[0], figures[1], figures[2]
	if used <= limit {
		return &Plan{Notes: []string{fmt.Sprintf("node %s uses %s again and has a limit of %s: its alarm ends within "+
			"seconds", node, prose.Bytes(used), prose.Bytes(limit))}}, nil
	}
	if why := diagnose.RaiseWatermark(used, limit, total); why != "" {
		return nil, noLimit(node, "the watermark of node %s is not raised: %s", node, why).
			Next("rabbitctl memory_breakdown %s shows what the memory is used for", fail.Word(node))
	}
	m := memoryLimit{first: fmt.Sprint(diagnose.HighestWatermark)}
	if err := m.read(); err != nil {
		return nil, err
	}
	return m.plan(ctx, s)
}
