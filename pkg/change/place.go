package change

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Changes over Erlang distribution ask the node, not the API, about queues: the API may not answer.

// memberPatience is how long to wait for members and leaders to change after the node has accepted the change.
const memberPatience = 20 * time.Second

// notThere returns the error that an object does not exist, with the nearest name. show is the command that lists the
// existing objects.
func notThere(m *Missing, names []string, show string) error {
	return fail.New(fail.NotFound, "%w%s", m, fail.DidYouMean(m.Name, names)).
		Next("%s shows those that exist", show)
}

// place finds the nodes of a queue. kind is quorum or stream, or "" for both: place refuses a queue of any other type.
func (s Site) place(ctx context.Context, queue, kind string) (*inside.Location, error) {
	p, err := inside.QueuePlace(ctx, s.Erlang, s.VHost, queue)
	switch {
	case err != nil:
		return nil, err
	case p == nil:
		return nil, s.noQueue(ctx, queue, kind)
	case kind != "" && p.Type != kind, p.Type != "quorum" && p.Type != "stream":
		wanted := map[string]string{"quorum": "not a quorum queue", "stream": "not a stream",
			"": "not a quorum queue or a stream"}[kind]
		e := fail.New(fail.Data, "queue %s in virtual host %s is a %s, %s", queue, s.VHost, kindOfQueue(p.Type), wanted).
			Next("rabbitctl list_queues -p %s name type shows the type of each queue", fail.Word(s.VHost))
		e.Err = &OtherType{queue, p.Type}
		return nil, e
	}
	return p, nil
}

// kindOfQueue returns the words that name a type of queue in a sentence.
func kindOfQueue(kind string) string {
	if kind == "stream" {
		return kind
	}
	return kind + " queue"
}

// noQueue returns the error that a queue, or its virtual host, does not exist.
func (s Site) noQueue(ctx context.Context, queue, kind string) error {
	what := "queue"
	if kind == "stream" {
		what = kind
	}
	vhosts, err := inside.VHosts(ctx, s.Erlang)
	if err != nil {
		return err
	}
	if !slices.Contains(vhosts, s.VHost) {
		return notThere(&Missing{What: "virtual host", Name: s.VHost}, vhosts, fail.Command("list_vhosts"))
	}
	names, err := inside.QueueNames(ctx, s.Erlang, s.VHost)
	if err != nil {
		return err
	}
	return notThere(&Missing{What: what, Name: queue, VHost: s.VHost}, names,
		fail.Command("list_queues", "-p", s.VHost, "name", "type"))
}

// runs refuses a node that is not in the cluster, or is stopped.
func (s Site) runs(ctx context.Context, node string) error {
	running, err := inside.RunningNodes(ctx, s.Erlang)
	if err != nil || slices.Contains(running, node) {
		return err
	}
	members, err := s.members(ctx)
	if err != nil {
		return err
	}
	if slices.Contains(members, node) {
		e := fail.New(fail.NotFound, "node %s is a member of the cluster, but does not run", node).
			Next("rabbitctl start_app --node %s starts RabbitMQ there; if the node itself is down, start it on its machine",
				fail.Word(node))
		e.Err = &Missing{What: RunningNode, Name: node}
		return e
	}
	return fail.New(fail.NotFound, "%w%s", &Missing{What: RunningNode, Name: node}, fail.DidYouMean(node, running)).
		Next("rabbitctl list_nodes name running shows which nodes run")
}

// isMember refuses a node that is not in the cluster. It accepts a node that is stopped.
func (s Site) isMember(ctx context.Context, node string) error {
	members, err := s.members(ctx)
	if err != nil || slices.Contains(members, node) {
		return err
	}
	return fail.New(fail.NotFound, "%w%s", &Missing{What: "node", Name: node}, fail.DidYouMean(node, members)).
		Next("rabbitctl list_nodes shows its nodes")
}

// hasMember refuses a node that has no member of a queue.
func hasMember(p *inside.Location, node string) error {
	if slices.Contains(p.Members, node) {
		return nil
	}
	return fail.New(fail.Data, "%s %s has no member on node %s: its members are on %s", kindOfQueue(p.Type), p.Name, node,
		strings.Join(p.Members, ", ")).Next("%s", addsMember(p, node))
}

// addsMember returns the command that adds a member on the node.
func addsMember(p *inside.Location, node string) string {
	command := "add_member"
	if p.Type == "stream" {
		command = "add_replica"
	}
	return fail.Command(command, "-p", p.VHost, p.Name, node)
}

// placeFields returns the leader and the members of a queue as fields.
func placeFields(p *inside.Location) record.Document {
	return record.Document{record.Fields("",
		record.Field{Column: record.Column{Name: "leader"}, Value: record.Of(p.Leader)},
		record.Field{Column: record.Column{Name: "members", Kind: record.List}, Value: record.Of(p.Members)})}
}

// watch asks for the members of a queue until the function ok accepts them, for 20 s at most. It returns what it saw
// last, even if ok has not accepted it.
func (s Site) watch(ctx context.Context, queue, kind, what string,
	ok func(*inside.Location) bool) (*inside.Location, error) {
	var p *inside.Location
	s.Waiting("%s", what)
	_, err := s.Until(ctx, memberPatience, firstLook, mostLook, func() (bool, error) {
		var err error
		if p, err = s.place(ctx, queue, kind); err != nil {
			return false, err
		}
		return ok(p), nil
	})
	if err != nil {
		return nil, fail.New(fail.KindOf(err), "the node answered ok, but the members of %s cannot be read: %w", queue, err)
	}
	return p, nil
}

// notInRelease turns the error that the node lacks a function into one that says what the node's release cannot do. It
// returns any other error unchanged.
func notInRelease(err error, lacks string) error {
	if !erldist.IsMissing(err) {
		return err
	}
	e := fail.New(fail.Unavailable, "the node's release %s", lacks)
	e.Err = err
	return e
}

// has refuses a release that lacks the function. arguments lists arities of the function: the release must have one of
// them. lacks says in the error what the node's release cannot do. has runs before the confirmation, so that people do
// not confirm a change that the release cannot make.
func (s Site) has(ctx context.Context, lacks, module, name string, arguments ...int64) error {
	// A module may not be loaded yet if none of its functions was called.
	if _, err := s.Erlang.Ask(ctx, call("code", "ensure_loaded", erlang.Atom(module))); err != nil {
		return err
	}
	for _, n := range arguments {
		has, err := s.Erlang.Ask(ctx, call("erlang", "function_exported", erlang.Atom(module), erlang.Atom(name),
			erlang.Int(n)))
		if err != nil || has == erlang.Atom("true") {
			return err
		}
	}
	return fail.New(fail.Unavailable, "the node's release %s", lacks)
}

// binaries converts strings to Erlang binaries, the form in which functions take names.
func binaries(texts ...string) []erlang.Term {
	var out []erlang.Term
	for _, t := range texts {
		out = append(out, erlang.Binary(t))
	}
	return out
}

// IsQueue refuses a queue that does not exist or has another type. It is for commands that only read.
func (s Site) IsQueue(ctx context.Context, queue, kind string) error {
	_, err := s.place(ctx, queue, kind)
	return err
}
