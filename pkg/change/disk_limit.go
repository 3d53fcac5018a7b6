package change

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// relative is the word for a limit that is a fraction of the memory.
const relative = "mem_relative"

// diskLimit is a limit of free disk space, in bytes or as a fraction of the machine's memory.
type diskLimit struct {
	first, second string
	fraction      float64
	bytes         int64
}

// SetDiskFreeLimit sets how much disk space must be free on a node. With less, publishers are blocked.
func SetDiskFreeLimit() Op {
	var d diskLimit
	return Op{
		Name: "set_disk_free_limit", Noun: "node", Erlang: true,
		Params: []Param{FreeArg("limit", "a size, or "+relative, &d.first),
			{Name: "fraction", Free: true, Optional: true, Set: textInto(&d.second)}},
		Check: d.read,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			// rabbitctl calls Check on one Op of this command and Plan on another, and each Op has its own d. So read the
			// limit and the fraction that are on the command line again here.
			if err := d.read(); err != nil {
				return nil, err
			}
			return d.plan(ctx, at)
		},
	}
}

// read reads the parameters from the command line.
func (d *diskLimit) read() (err error) {
	switch {
	case d.first == relative && d.second == "":
		return fail.Usagef("%s needs a fraction", relative).Next("write %s 0.4", relative)
	case d.first == relative:
		d.fraction, err = fractionOf(d.second)
		if err == nil && d.fraction < 0 {
			err = fail.Usagef("%s is below 0", d.second)
		}
		return err
	case d.second != "":
		return fail.Usagef("a limit is one size, or %s and a fraction", relative)
	}
	if n, odd := strconv.ParseInt(d.first, 10, 64); odd == nil && n < 0 {
		d.bytes = n // nodes accept a negative limit, which is never reached
		return nil
	}
	d.bytes, err = bytesOf(d.first)
	return err
}

func (d *diskLimit) term() erlang.Term {
	if d.first == relative {
		return erlang.Tuple{erlang.Atom(relative), erlang.Float(d.fraction)}
	}
	return erlang.Int(d.bytes)
}

func (d *diskLimit) action() string {
	if d.first == relative {
		return fmt.Sprintf("set the limit of free disk space to %s times the memory", d.second)
	}
	return "set the limit of free disk space to " + prose.Bytes(float64(d.bytes))
}

func (d *diskLimit) plan(ctx context.Context, at Site) (*Plan, error) {
	plan := Once(d.action(), "changed", func(ctx context.Context) error {
		return at.do(ctx, d.action(), "rabbit_disk_monitor", "set_disk_free_limit", d.term())
	})
	if at.Official {
		return plan, nil
	}
	if err := at.running(ctx); err != nil {
		return nil, err
	}
	was, err := at.askNumber(ctx, "rabbit_disk_monitor", "get_disk_free_limit")
	if err != nil {
		return nil, err
	}
	free, err := at.askNumber(ctx, "rabbit_disk_monitor", "get_disk_free")
	if err != nil {
		return nil, err
	}
	want, err := d.wanted(ctx, at)
	if err != nil {
		return nil, err
	}
	plan.Hits = record.Document{record.Fields("", bytesField("limit_now", was), bytesField("limit_then", &want),
		bytesField("free", free))}
	plan.Steps[0].See = func(ctx context.Context, o Outcome) (Outcome, error) { return d.seen(ctx, at, o, was, want) }
	switch {
	case was != nil && *was == want:
		return plan.Already("unchanged"), nil
	case free != nil && *free < want:
		plan.Dangers = append(plan.Dangers, fmt.Sprintf("only %s are free, so with this limit a disk alarm blocks the "+
			"publishers of the whole cluster while less than %s is free", prose.Bytes(*free), prose.Bytes(want)))
	}
	return plan, nil
}

// wanted returns the limit in bytes, as the node will calculate it.
func (d *diskLimit) wanted(ctx context.Context, at Site) (float64, error) {
	if d.first != relative {
		return float64(d.bytes), nil
	}
	memory, err := at.askNumber(ctx, "vm_memory_monitor", "get_total_memory")
	if err != nil {
		return 0, err
	}
	if memory == nil {
		return 0, fail.New(fail.Unavailable, "the node does not know how much memory its machine has").
			Next("give the limit as a size")
	}
	return math.Trunc(d.fraction * *memory), nil
}

// seen reads the limit back. While the node does not watch its disk, it answers ok to a new limit and changes nothing.
func (d *diskLimit) seen(ctx context.Context, at Site, o Outcome, was *float64, want float64) (Outcome, error) {
	is, err := at.askNumber(ctx, "rabbit_disk_monitor", "get_disk_free_limit")
	if err != nil {
		return o, err
	}
	if is == nil || math.Abs(*is-want) > 1 {
		return o, diskLimitUnset(ctx, at, is, was)
	}
	o.Facts = record.Document{record.Fields("", bytesField("limit", is), bytesField("before", was))}
	o.Notes = append(o.Notes, "the limit holds until the node restarts; to keep it, write in rabbitmq.conf: "+d.line())
	return o, nil
}

// diskLimitUnset returns the error for a node that has another limit than the one that was set: the node does not watch
// its disk and kept the old limit, or somebody else has set a limit since.
func diskLimitUnset(ctx context.Context, at Site, is, was *float64) error {
	node, err := at.Erlang.Node(ctx)
	switch {
	case err != nil:
		return err
	case is != nil && (was == nil || *is != *was):
		return fail.New(fail.Incomplete, "node %s answered ok, but its limit of free disk space is %s", node,
			prose.Bytes(*is)).Next("run the same command again, unless somebody else has set another limit on purpose")
	}
	return fail.New(fail.Unavailable, "nothing changed: node %s does not watch its free disk space, so it accepts no "+
		"limit", node).Next("rabbitctl activate_free_disk_space_monitoring --node %s makes it watch again; then set "+
		"the limit again", fail.Word(node))
}

// line returns the line of rabbitmq.conf that keeps the limit.
func (d *diskLimit) line() string {
	if d.first == relative {
		return "disk_free_limit.relative = " + fractionForConf(d.fraction)
	}
	return "disk_free_limit.absolute = " + sizeForConf(d.first, d.bytes)
}

func bytesField(name string, n *float64) record.Field {
	f := record.Field{Column: record.Column{Name: name, Kind: record.Bytes}}
	if n != nil {
		f.Value = record.Of(int64(*n))
	}
	return f
}
