package personality

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// distantMachine returns the commands that report on the machine of a node, on its Erlang and on its plugins.
func distantMachine() []command {
	return []command{
		{name: "certificates", usage: "certificates", banner: say("Certificates of node %s ..."), run: certificates},
		{name: "list_network_interfaces", switches: switches{"offline": truth}, valid: onNodeOnly,
			banner: say("Asking node %s to report its network interfaces ..."), run: networkInterfaces},
		{name: "command_line_arguments", usage: "command_line_arguments", valid: termsOnly,
			banner: say("Command line arguments of node %s ..."),
			run: func(ctx context.Context, c *call) (answer, error) {
				all, err := inside.Arguments(ctx, c.erlang)
				if err != nil {
					return c.told(ctx, answer{}, err)
				}
				return answer{text: erlang.Lines(all, 1, 0)}, nil
			}},
		threadStats(), ringState(),
		{name: "list_channel_interceptors", usage: "list_channel_interceptors [--no-table-headers] [--timeout <timeout>]",
			switches: switches{"table-headers": truth, "pad-to-header": truth}, ready: needsApp,
			banner: say("Listing channel interceptors ..."), run: interceptors},
		{name: "list_trust_store_certificates", usage: "list_trust_store_certificates", max: -1,
			switches: switches{"table-headers": truth, "pad-to-header": truth},
			banner:   say("Listing trust store certificates on node %s..."), run: trustStore},
	}
}

// termsOnly refuses the formatter json, with which the tools cannot print every kind of term.
func termsOnly(c *call) *fault {
	if c.machine() {
		return c.invalid("the requested formatter is not supported by this command")
	}
	return nil
}

// certificates prints the certificate files that the node reads on its machine. The tools read the files on their own
// machine.
func certificates(ctx context.Context, c *call) (answer, error) {
	all, err := inside.Certificates(ctx, c.erlang, true)
	if err == nil {
		err = c.learn(ctx)
	}
	if err != nil {
		return c.told(ctx, answer{}, err)
	}
	order := []string{"cacertfile", "certfile", "interface", "node", "port", "protocol", "purpose"}
	if c.since(4, 0) {
		order = []string{"node", "port", "protocol", "interface", "cacertfile", "certfile", "purpose"}
	}
	out := erlang.List{}
	for _, l := range all {
		values := map[string]erlang.Term{"interface": erlang.Binary(l.Interface), "node": erlang.Atom(l.Node), "port": l.Port,
			"protocol": erlang.Atom(l.Protocol), "purpose": erlang.Binary(inside.Purpose(l.Protocol))}
		for _, f := range l.Files {
			values[f.Role] = f.Content
			if f.Path == "" {
				values[f.Role] = erlang.Atom("nil")
			}
		}
		var m erlang.Map
		for _, key := range order {
			m = append(m, erlang.Entry{Key: erlang.Atom(key), Value: values[key]})
		}
		out = append(out, m)
	}
	switch {
	case len(out) == 0 && c.machine():
		return answer{printed: true}, c.print("{}\n")
	case len(out) == 0:
		return answer{text: "#{}"}, nil
	case !c.machine():
		return answer{text: erlang.Lines(out, 1, 0)}, nil
	}
	var lines []string
	for _, one := range out {
		lines = append(lines, erlang.JSON(one))
	}
	return answer{printed: true}, c.print("[\n" + strings.Join(lines, "\n,") + "\n]\n")
}

func networkInterfaces(ctx context.Context, c *call) (answer, error) {
	all, err := inside.Interfaces(ctx, c.erlang)
	if err == nil {
		err = c.learn(ctx)
	}
	if err != nil {
		return c.told(ctx, answer{}, err)
	}
	var sections []section
	var data erlang.Map
	for _, i := range all {
		var lines []string
		var pairs erlang.Map
		for _, p := range i.Properties {
			lines = append(lines, p.Name+": "+p.Value)
			pairs = append(pairs, erlang.Entry{Key: erlang.Atom(p.Name), Value: erlang.Binary(p.Value)})
		}
		slices.Reverse(lines)
		if c.since(4, 3) {
			pairs = lastOfEach(pairs, "flags", "addr", "hwaddr", "netmask", "broadaddr")
		}
		sections = append(sections, section{"Interface " + i.Name, append(lines, "")})
		data = append(data, erlang.Entry{Key: erlang.Binary(i.Name), Value: pairs})
	}
	return answer{text: c.sections(sections) + "\n", data: object("interfaces", data, "message",
		erlang.Binary("Node "+c.node+" reported network interfaces"), "result", erlang.Atom("ok"))}, nil
}

// lastOfEach returns the pairs with these keys, in the order of keys. If a key occurs more than once, the last value is
// kept.
func lastOfEach(pairs erlang.Map, keys ...string) erlang.Map {
	last := map[string]erlang.Term{}
	for _, p := range pairs {
		last[erlang.Cell(p.Key)] = p.Value
	}
	var out erlang.Map
	for _, key := range keys {
		if last[key] != nil {
			out = append(out, erlang.Entry{Key: erlang.Atom(key), Value: last[key]})
		}
	}
	return out
}

func threadStats() command {
	const length = 5
	return command{
		name: "runtime_thread_stats", usage: "runtime_thread_stats [--sample-interval <interval>]",
		switches: switches{"sample-interval": integer}, letters: map[string]string{"i": "sample-interval"}, ready: needsApp,
		banner: func(c *call) string {
			return fmt.Sprintf("Will collect runtime thread stats on %s for %d seconds...", c.node,
				c.number("sample-interval", length))
		},
		run: func(ctx context.Context, c *call) (answer, error) {
			format := c.option("formatter", "")
			if format == "json" || format == "csv" {
				return answer{}, no(fail.Unavailable, "%s formatter is not supported by this command", strings.ToUpper(format))
			}
			all, raw, err := inside.Threads(ctx, c.erlang, time.Duration(c.number("sample-interval", length))*time.Second)
			if err == nil {
				err = c.learn(ctx)
			}
			switch {
			case err != nil:
				return c.told(ctx, answer{}, err)
			case format == "erlang":
				return answer{printed: true}, c.print(erlang.Lines(raw, 1, 0) + "\n")
			}
			order := []string{"aux", "check_io", "emulator", "gc", "other", "port", "sleep"}
			if c.since(4, 0) {
				order = []string{"emulator", "port", "aux", "check_io", "gc", "other", "sleep"}
			}
			return answer{text: threadTable(all, order)}, nil
		},
	}
}

// threadTable returns the activity of threads in the format that Erlang's msacc prints.
func threadTable(all []inside.Thread, order []string) string {
	var b strings.Builder
	var real, ran, scheduled, schedulers int64
	kinds := map[string]*inside.Thread{}
	var names []string
	for _, t := range all {
		kind := kinds[t.Type]
		if kind == nil {
			kind = &inside.Thread{Type: t.Type, Counters: map[string]int64{}}
			kinds[t.Type], names = kind, append(names, t.Type)
		}
		for name, n := range t.Counters {
			kind.Counters[name] += n
			real += n
			if name != "sleep" {
				ran += n
			}
			if name != "sleep" && t.Type == "scheduler" {
				scheduled += n
			}
		}
		if t.Type == "scheduler" {
			schedulers++
		}
	}
	real /= max(int64(len(all)), 1)
	width := len(strconv.FormatInt(max(real, ran), 10))
	fmt.Fprintf(&b, "Average thread real-time    : %*d us\nAccumulated system run-time : %*d us\n", width, real, width, ran)
	fmt.Fprintf(&b, "Average scheduler run-time  : %*d us\n\n%14s", width, scheduled/max(schedulers, 1), "Thread")
	for _, name := range order {
		fmt.Fprintf(&b, "%9s", name)
	}
	b.WriteString("\n\nStats per thread:\n")
	for _, t := range all {
		fmt.Fprintf(&b, "%10.10s(%2d)", t.Type, t.ID)
		shares(&b, t, order)
	}
	b.WriteString("\nStats per type:\n")
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%14.14s", name)
		shares(&b, *kinds[name], order)
	}
	return b.String()
}

func shares(b *strings.Builder, t inside.Thread, order []string) {
	var whole int64
	for _, n := range t.Counters {
		whole += n
	}
	for _, name := range order {
		fmt.Fprintf(b, "%8.2f%%", float64(t.Counters[name])*100/float64(max(whole, 1)))
	}
	b.WriteString("\n")
}

func ringState() command {
	return command{
		name: "consistent_hash_exchange_ring_state", usage: "consistent_hash_exchange_ring_state <exchange>", min: 1, max: 1,
		banner: func(c *call) string {
			return "Inspecting consistent hashing ring state for exchange " + c.args[0] + " in virtual host '" + c.vhost() +
				"'..."
		},
		run: func(ctx context.Context, c *call) (answer, error) {
			places, known, err := inside.Ring(ctx, c.erlang, c.vhost(), c.args[0])
			switch {
			case err != nil:
				return c.told(ctx, answer{}, err)
			case !known:
				return answer{}, no(fail.Data, "Exchange does not exist or is of a different type")
			}
			var lines []string
			var buckets erlang.Map
			for _, p := range places {
				place := strconv.Itoa(p.Place)
				lines = append(lines, "Ring index: "+place+", queue: '"+p.Queue+"'")
				buckets = append(buckets, erlang.Entry{Key: erlang.Binary(place), Value: erlang.Binary(p.Queue)})
			}
			slices.Sort(lines)
			return answer{text: strings.Join(lines, "\n") + "\n", data: object("buckets", buckets, "exchange",
				erlang.Binary(c.args[0]), "message", erlang.Binary("Consistent hashing ring state for exchange '"+c.args[0]+
					"' in vhost '"+c.vhost()+"'"), "node", erlang.Atom(c.node), "result", erlang.Atom("ok"))}, nil
		},
	}
}

func interceptors(ctx context.Context, c *call) (answer, error) {
	all, err := inside.Interceptors(ctx, c.erlang)
	t := &table{names: []string{"name", "applies_to", "priority"}}
	for _, row := range all {
		var applies string
		for _, p := range inside.Pairs(row) {
			if p.Name == "applies_to" {
				applies = p.Value
			}
		}
		t.rows = append(t.rows, []erlang.Term{inside.ValueOf(row, "name"), erlang.Binary(applies),
			inside.ValueOf(row, "priority")})
	}
	return c.told(ctx, answer{table: t, format: "table"}, err)
}

func trustStore(ctx context.Context, c *call) (answer, error) {
	all, err := inside.TrustStore(ctx, c.erlang)
	t := &table{names: []string{"name", "serial", "subject", "issuer", "validity"}, streamed: true}
	for _, row := range all {
		m, _ := row.(erlang.Map)
		var cells []erlang.Term
		for _, name := range t.names {
			cells = append(cells, m.Get(name))
		}
		t.rows = append(t.rows, cells)
	}
	return c.told(ctx, answer{table: t, format: "table"}, err)
}
