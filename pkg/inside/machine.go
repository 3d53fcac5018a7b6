package inside

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Interface is a network interface of a node's machine.
type Interface struct {
	Name string
	// Properties holds flags, addr, netmask, broadaddr and hwaddr. An interface can have several addr; netmask and
	// broadaddr come after the addr to which they belong.
	Properties []Pair
}

// Interfaces returns the network interfaces of the node's machine, by name.
func Interfaces(ctx context.Context, n Node) ([]Interface, error) {
	all, err := ask(ctx, n, "rabbit_net", "getifaddrs")
	if err != nil {
		return nil, err
	}
	var out []Interface
	for _, p := range Terms(all) {
		out = append(out, Interface{p.Name, Pairs(p.Value)})
	}
	slices.SortStableFunc(out, func(a, b Interface) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// Arguments returns the arguments with which the node's Erlang was started: a list of pairs of a flag and its values.
func Arguments(ctx context.Context, n Node) (erlang.Term, error) {
	return ask(ctx, n, "init", "get_arguments")
}

// Thread is a thread that the node ran while it was watched. Counters holds the microseconds that the thread spent on
// each kind of work.
type Thread struct {
	Type     string
	ID       int
	Counters map[string]int64
}

// Threads watches the threads of the node for a time. raw is the node's answer.
func Threads(ctx context.Context, n Node, length time.Duration) (all []Thread, raw erlang.Term, err error) {
	if err := NeedsRabbit(ctx, n); err != nil {
		return nil, nil, err
	}
	raw, err = ask(ctx, n, "rabbit_runtime", "msacc_stats", erlang.Int(length.Milliseconds()))
	if err != nil {
		return nil, nil, err
	}
	for _, e := range listed(raw) {
		m, _ := e.(erlang.Map)
		t := Thread{Type: erlang.Cell(m.Get("type")), ID: int(whole(m.Get("id"))), Counters: map[string]int64{}}
		for _, c := range Terms(m.Get("counters")) {
			t.Counters[c.Name] = whole(c.Value)
		}
		all = append(all, t)
	}
	return all, raw, nil
}

// whole returns a term as an integer; 0 if the term is not an integer.
func whole(t erlang.Term) int64 {
	number, _ := t.(erlang.Number)
	n, _ := strconv.ParseInt(string(number), 10, 64)
	return n
}

// Process is an Erlang process of a node.
type Process struct {
	// PID is the process as the node itself writes it: <0.50.0>. Name is its registered name, else the function that it
	// began with; Function is the one that it runs now. Memory is in bytes, Queue is the number of waiting messages, and
	// Reduction counts all reductions since the process began.
	PID, Name, Function      string
	Memory, Queue, Reduction int64
	// PerSecond is the number of reductions a second while the process was watched. Reductions are Erlang's measure of
	// work.
	PerSecond float64
}

// Processes returns the processes of the node with the highest figures. The parameter by says which figure: memory,
// reductions or message_queue_len. It watches the processes for the duration length, and leaves out those that end
// meanwhile. For reductions the node first watches all its processes for as long again. more means that the node may
// have more processes than the given number most.
func Processes(ctx context.Context, n Node, by string, most int, length time.Duration) (
	out []Process, more bool, err error,
) {
	window := erlang.Int(length.Milliseconds())
	args := []erlang.Term{erlang.Atom(by), erlang.Int(int64(most))}
	function := "proc_count"
	if by == "reductions" {
		function, args = "proc_window", append(args, window)
	}
	heaviest, err := ask(ctx, n, "recon", function, args...)
	if err != nil {
		return nil, false, err
	}
	var pids []erlang.Pid
	for _, e := range listed(heaviest) {
		if t, ok := e.(erlang.Tuple); ok && len(t) == 3 {
			if pid, ok := t[0].(erlang.Pid); ok {
				pids = append(pids, pid)
			}
		}
	}
	before, began, err := looks(ctx, n, pids)
	if err != nil {
		return nil, false, err
	}
	if _, err := ask(ctx, n, "timer", "sleep", window); err != nil {
		return nil, false, err
	}
	after, ended, err := looks(ctx, n, pids)
	if err != nil {
		return nil, false, err
	}
	for i, p := range after {
		if p == nil || before[i] == nil {
			continue
		}
		if ended > began {
			p.PerSecond = float64(p.Reduction-before[i].Reduction) * 1000 / float64(ended-began)
		}
		out = append(out, *p)
	}
	if by == "reductions" {
		slices.SortStableFunc(out, func(a, b Process) int { return cmp.Compare(b.PerSecond, a.PerSecond) })
	}
	return out, len(pids) == most, nil
}

// looks reads the state of the processes, nil for a process that has ended, and the node's clock in milliseconds.
func looks(ctx context.Context, n Node, pids []erlang.Pid) ([]*Process, int64, error) {
	now, err := ask(ctx, n, "erlang", "monotonic_time", erlang.Atom("millisecond"))
	if err != nil {
		return nil, 0, err
	}
	out, errs := make([]*Process, len(pids)), make([]error, len(pids))
	var all sync.WaitGroup
	for i, pid := range pids {
		all.Go(func() { out[i], errs[i] = process(ctx, n, pid) })
	}
	all.Wait()
	return out, whole(now), cmp.Or(errs...)
}

// process reads the state of a process; nil if the process has ended.
func process(ctx context.Context, n Node, pid erlang.Pid) (*Process, error) {
	items := erlang.List{}
	for _, i := range []string{"memory", "reductions", "message_queue_len", "current_function", "registered_name"} {
		items = append(items, erlang.Atom(i))
	}
	info, err := ask(ctx, n, "erlang", "process_info", pid, items)
	if err != nil || info == erlang.Atom("undefined") {
		return nil, err
	}
	p := &Process{PID: fmt.Sprintf("<0.%d.%d>", pid.ID, pid.Serial),
		Function: functionName(ValueOf(info, "current_function")),
		Memory:   whole(ValueOf(info, "memory")), Queue: whole(ValueOf(info, "message_queue_len")),
		Reduction: whole(ValueOf(info, "reductions"))}
	if name, ok := ValueOf(info, "registered_name").(erlang.Atom); ok {
		p.Name = string(name)
		return p, nil
	}
	initial, err := ask(ctx, n, "proc_lib", "translate_initial_call", pid)
	p.Name = functionName(initial)
	return p, err
}

// functionName returns {Module,Function,Arity} in Erlang's notation.
func functionName(t erlang.Term) string {
	f, _ := t.(erlang.Tuple)
	if len(f) != 3 {
		return ""
	}
	return erlang.Cell(f[0]) + ":" + erlang.Cell(f[1]) + "/" + erlang.Cell(f[2])
}

// TracksSources reports whether the node counts the logins of clients by user and address.
func TracksSources(ctx context.Context, n Node) (bool, error) {
	if err := NeedsRabbit(ctx, n); err != nil {
		return false, err
	}
	on, err := ask(ctx, n, "application", "get_env", erlang.Atom("rabbit"), erlang.Atom("track_auth_attempt_source"),
		erlang.Atom("false"))
	if err == nil && on != erlang.Atom("true") && on != erlang.Atom("false") {
		return false, fail.New(fail.Unavailable, "the node sent an unexpected answer: %s", erlang.Text(on))
	}
	return on == erlang.Atom("true"), err
}
