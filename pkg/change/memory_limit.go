package change

import (
	"context"
	"fmt"
	"math"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// absolute is the word in front of a memory limit that is given as a size.
const absolute = "absolute"

// memoryLimit is how much memory a node may use: a fraction of the machine's memory, or a number of bytes. first and
// second are the words of the command line; second is "" for a fraction.
type memoryLimit struct {
	first, second string
	fraction      float64
	bytes         int64
}

// SetMemoryHighWatermark sets how much memory a node may use, until the node restarts. While it uses more, all nodes of
// its cluster block publishers.
func SetMemoryHighWatermark() Op {
	var m memoryLimit
	return Op{
		Name: "set_vm_memory_high_watermark", Noun: "node", Erlang: true,
		Params: []Param{FreeArg("fraction", "a fraction, or "+absolute, &m.first),
			{Name: "size", Free: true, Optional: true, Set: textInto(&m.second)}},
		Check: m.read,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			// Check keeps what it reads in its own Op, and may have been called on another Op of this command. So read the
			// parameters again here.
			if err := m.read(); err != nil {
				return nil, err
			}
			return m.plan(ctx, at)
		},
	}
}

func (m *memoryLimit) read() (err error) {
	switch {
	case m.first == absolute && m.second == "":
		return fail.Usagef("%s needs a size", absolute).Next("write %s 4GB", absolute)
	case m.first == absolute:
		m.bytes, err = bytesOf(m.second)
		if err == nil && m.bytes == 0 {
			err = fail.Usagef("with a limit of 0 nobody could ever publish again").Next("write %s 4GB", absolute)
		}
		return err
	case m.second != "":
		return fail.Usagef("a limit is a fraction, or %s and a size", absolute)
	}
	if m.fraction, err = fractionOf(m.first); err == nil && (m.fraction < 0 || m.fraction > 1) {
		err = fail.Usagef("%s is not between 0 and 1", m.first).
			Next("write a fraction such as 0.6, or a size as in %s 4GB", absolute)
	}
	return err
}

func (m *memoryLimit) term() erlang.Term {
	if m.first == absolute {
		return erlang.Tuple{erlang.Atom(absolute), erlang.Int(m.bytes)}
	}
	return erlang.Float(m.fraction)
}

func (m *memoryLimit) action() string {
	if m.first == absolute {
		return "set the memory limit to " + prose.Bytes(float64(m.bytes))
	}
	return fmt.Sprintf("set the memory limit to %s of the machine's memory", m.first)
}

func (m *memoryLimit) plan(ctx context.Context, at Site) (*Plan, error) {
	plan := Once(m.action(), "changed", func(ctx context.Context) error {
		return at.do(ctx, m.action(), "vm_memory_monitor", "set_vm_memory_high_watermark", m.term())
	})
	if at.Official {
		return plan, nil
	}
	if err := at.running(ctx); err != nil {
		return nil, err
	}
	was, err := at.askNumber(ctx, "vm_memory_monitor", "get_memory_limit")
	if err != nil {
		return nil, err
	}
	used, err := at.askNumber(ctx, "vm_memory_monitor", "get_process_memory")
	if err != nil {
		return nil, err
	}
	total, err := at.askNumber(ctx, "vm_memory_monitor", "get_total_memory")
	if err != nil {
		return nil, err
	}
	if total == nil {
		total = new(float64)
		*total = unknownMemory
		plan.Notes = append(plan.Notes, "the node does not know how much memory its machine has: "+
			"RabbitMQ then assumes 1 GiB")
	}
	want := m.wanted(*total)
	if m.first == absolute && want < float64(m.bytes) {
		plan.Notes = append(plan.Notes, fmt.Sprintf("the node will use a limit of %s: a limit cannot exceed RabbitMQ's "+
			"value for the total memory of the machine", prose.Bytes(want)))
	}
	plan.Hits = record.Document{record.Fields("", bytesField("limit_now", was), bytesField("limit_then", &want),
		bytesField("used", used))}
	plan.Steps[0].See = func(ctx context.Context, o Outcome) (Outcome, error) {
		return m.seen(ctx, at, o, was)
	}
	if used != nil && *used > want {
		plan.Dangers = append(plan.Dangers, fmt.Sprintf("the node uses %s, so with this limit a memory alarm blocks the "+
			"publishers of the whole cluster while the node uses more than %s", prose.Bytes(*used), prose.Bytes(want)))
	}
	return plan, nil
}

// unknownMemory is the size in bytes that RabbitMQ takes for the memory of a machine that it cannot find out (constant
// MEMORY_SIZE_FOR_UNKNOWN_OS in its source).
const unknownMemory = 1 << 30

// wanted returns the limit in bytes that the node will use on a machine with this memory.
func (m *memoryLimit) wanted(total float64) float64 {
	if m.first != absolute {
		return math.Trunc(m.fraction * total)
	}
	// 3.10.8 and 4.3.6 also accept a limit above the memory of the machine. They report that limit as it was set, but use
	// the memory of the machine as the limit.
	return min(float64(m.bytes), total)
}

// seen reads back the limit that was set, and the limit in bytes that the node uses.
func (m *memoryLimit) seen(ctx context.Context, at Site, o Outcome, was *float64) (Outcome, error) {
	set, err := at.ask(ctx, "vm_memory_monitor", "get_vm_memory_high_watermark")
	if err != nil {
		return o, err
	}
	is, err := at.askNumber(ctx, "vm_memory_monitor", "get_memory_limit")
	if err != nil {
		return o, err
	}
	if erlang.Text(set) != erlang.Text(m.term()) {
		return o, fail.New(fail.Unavailable, "the node answered ok, but its limit is %s", erlang.Text(set))
	}
	o.Facts = record.Document{record.Fields("", bytesField("limit", is), bytesField("before", was))}
	if m.first == absolute && is != nil && *is != float64(m.bytes) {
		o.Notes = append(o.Notes, fmt.Sprintf("the node uses a limit of %s, not of %s: a limit cannot exceed RabbitMQ's "+
			"value for the total memory of the machine", prose.Bytes(*is), prose.Bytes(float64(m.bytes))))
	}
	line := "vm_memory_high_watermark.relative = " + fractionForConf(m.fraction)
	if m.first == absolute {
		line = "vm_memory_high_watermark.absolute = " + sizeForConf(m.second, m.bytes)
	}
	o.Notes = append(o.Notes, "the limit holds until the node restarts; to keep it, write in rabbitmq.conf: "+line)
	return o, nil
}
