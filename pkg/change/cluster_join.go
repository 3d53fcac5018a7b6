package change

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// WithItself is the cause of an error: a node was told to join itself.
type WithItself struct{ Node string }

func (w *WithItself) Error() string { return "node " + w.Node + " cannot join itself" }

// join is one run of join_cluster: a node becomes a member of the cluster of another node.
type join struct {
	member, reset string
	ram, disc     bool
}

// JoinCluster makes a node a member of the cluster of another node, and deletes everything that the joining node has.
func JoinCluster() Op {
	j := &join{}
	return Op{
		Name: "join_cluster", Noun: "node", Erlang: true, Loses: true, Lasting: true,
		Params: []Param{Arg("existing_cluster_member", &j.member, nodeNames),
			Flag("reset", "the name of the `NODE` that joins, to confirm that it loses all that it has", &j.reset).Own(),
			Switch("ram", "keep the metadata in memory only; refused with Khepri, so always from 4.3 on", &j.ram),
			Switch("disc", "", &j.disc).Official()},
		Plan: j.plan,
	}
}

func (j *join) action() string {
	return "join the cluster of node " + j.member + " and delete all own data"
}

func (j *join) plan(ctx context.Context, at Site) (*Plan, error) {
	plan := &Plan{Steps: []Step{{Action: j.action(), Do: func(ctx context.Context) (Outcome, error) {
		return j.do(ctx, at)
	}}}}
	if at.Official {
		return plan, nil
	}
	node, err := at.Erlang.Node(ctx)
	if err != nil {
		return nil, err
	}
	if node == j.member {
		return nil, fail.New(fail.Usage, "%w", &WithItself{node}).
			Next("--node names the node that joins; the argument names a node of the cluster that it joins")
	}
	cluster, err := at.membersFor(ctx, j.member)
	if err != nil {
		return nil, err
	}
	if len(cluster) == 0 {
		return nil, fail.New(fail.Unavailable, "node %s does not say which cluster it is in: RabbitMQ has to run there", j.member).
			Next("rabbitctl start_app --node %s", fail.Word(j.member))
	}
	own, err := at.members(ctx)
	if err != nil {
		return nil, err
	}
	if slices.Contains(own, j.member) && slices.Contains(cluster, node) {
		done := plan.Already("unchanged")
		done.Done.Facts = record.Document{membersSection(cluster)}
		return done, nil
	}
	if err := j.named(at, node); err != nil {
		return nil, err
	}
	if err := j.noKhepri(ctx, at); err != nil {
		return nil, err
	}
	return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) { return j.see(ctx, at, node, o) }),
		j.told(ctx, at, plan, own, cluster)
}

// noKhepri refuses to join as a RAM node if the node or the cluster keeps its metadata in Khepri, which has no RAM nodes:
// by RabbitMQ's source (4.0.9, 4.3.5) the node would be reset first, and then could not join.
func (j *join) noKhepri(ctx context.Context, at Site) error {
	if !j.ram {
		return nil
	}
	here, err := inside.HasKhepri(ctx, at.Erlang)
	if err != nil {
		return err
	}
	there, err := at.askOf(ctx, j.member, "rabbit_feature_flags", "is_enabled", erlang.Atom("khepri_db"))
	if err != nil {
		return err
	}
	if here || there == erlang.Atom("true") {
		return fail.New(fail.Unavailable, "refused: with Khepri there are no RAM nodes").Next("leave --ram out")
	}
	return nil
}

// named refuses the join unless --reset has the name of the node. A dry run does not need --reset.
func (j *join) named(at Site, node string) error {
	switch {
	case j.reset == node, j.reset == "" && at.DryRun:
		return nil
	case j.reset == "":
		return fail.Usagef("a node that joins a cluster loses all that it has, so its name has to be typed").
			Next("--reset %s confirms that node %s loses all that it has; --dry-run shows what would be changed",
				fail.Word(node), node)
	}
	return fail.Usagef("the node that would join is %s, but --reset names %s", node, j.reset).
		Next("--reset %s if that node is to join; otherwise reach the one that is to join with --node NAME@HOST", fail.Word(node))
}

// told adds to the plan what the node loses. If RabbitMQ runs on the node, releases before 4.0 refuse the join, so the
// function refuses it too. From 4.0 on, the release silently stops, resets and starts such a node, so the plan warns of
// that.
func (j *join) told(ctx context.Context, at Site, plan *Plan, own, cluster []string) error {
	node, err := at.Erlang.Node(ctx)
	if err != nil {
		return err
	}
	up, err := at.isRunning(ctx)
	if err != nil {
		return err
	}
	plan.Dangers = []string{"all that node " + node + " has is deleted, queues, messages, users and policies, and nothing brings it back"}
	if up {
		modern, err := at.since4(ctx, 0)
		if err == nil && !modern {
			err = at.stopped(ctx)
		}
		if err == nil {
			err = at.loses(ctx, plan)
		}
		if err != nil {
			return err
		}
		plan.Dangers = append(plan.Dangers, "RabbitMQ runs on the node: the join stops it, and starts "+
			"it again as a member of the cluster")
	} else {
		plan.Notes = append(plan.Notes, "RabbitMQ is stopped on node "+node+", and the join does not start it: "+
			"run rabbitctl start_app --node "+fail.Word(node)+" after the join")
	}
	if others := slices.DeleteFunc(slices.Clone(own), func(m string) bool { return m == node }); len(others) > 0 {
		section := membersSection(others)
		section.Name, section.Columns = "leaves the cluster of", record.Named("leaves_cluster_of")
		plan.Hits = append(plan.Hits, section)
	}
	switch counted := "the cluster counts node " + node + " as a member already: "; {
	case !slices.Contains(cluster, node):
	case up:
		plan.Dangers = append(plan.Dangers, counted+"the node was reset, so the cluster has to forget it first: rabbitctl "+
			"stop_app --node "+fail.Word(node)+", then rabbitctl forget_cluster_node "+fail.Word(node)+" --node "+
			fail.Word(j.member))
	default:
		plan.Dangers = append(plan.Dangers, counted+"if the node was not reset, do not join it again: rabbitctl "+
			"start_app --node "+fail.Word(node)+" is enough")
	}
	section := membersSection(cluster)
	// TSV writes no names of sections, only those of columns.
	section.Name, section.Columns = "joins the cluster of", record.Named("joins_cluster_of")
	plan.Hits = append(plan.Hits, section)
	return nil
}

// loses adds to the plan what is deleted on a running node, and what a stop of RabbitMQ affects there.
func (s Site) loses(ctx context.Context, plan *Plan) error {
	if err := s.hit(ctx, plan); err != nil {
		return err
	}
	status, err := s.ask(ctx, "rabbit", "status")
	if err != nil {
		return err
	}
	users, err := s.ask(ctx, "rabbit_auth_backend_internal", "list_users")
	if err != nil {
		return err
	}
	totals := valueOf(status, "totals")
	list, _ := users.(erlang.List)
	plan.Hits = append(plan.Hits, record.Fields("deleted",
		record.Field{Column: record.Column{Name: "queues"}, Value: record.Of(erlang.Cell(valueOf(totals, "queue_count")))},
		record.Field{Column: record.Column{Name: "vhosts"},
			Value: record.Of(erlang.Cell(valueOf(totals, "virtual_host_count")))},
		record.Field{Column: record.Column{Name: "users"}, Value: record.Of(len(list))}))
	return nil
}

// do makes the node join. 3.10 and 4.0 answer already_member if the node is a member already.
func (j *join) do(ctx context.Context, at Site) (Outcome, error) {
	kind := "disc"
	if j.ram {
		kind = "ram"
	}
	args := []erlang.Term{erlang.Atom(j.member), erlang.Atom(kind)}
	word := "joined"
	t, err := at.firstValue(ctx, j.action(), []function{{"rabbit_db_cluster", "join"},
		{"rabbit_mnesia", "join_cluster"}}, args...)
	if pair, ok := t.(erlang.Tuple); ok && len(pair) == 2 && pair[1] == erlang.Atom("already_member") {
		word = "unchanged"
	}
	if err == nil {
		err = refusedBy("join", t)
	}
	return Outcome{Word: word}, j.explained(err)
}

// explained adds the next step to the error of a refusal. If the node was told to join itself, explained adds none, and
// makes WithItself the cause.
func (j *join) explained(err error) error {
	refused := inside.RefusedBy(err)
	if refused == nil {
		return err
	}
	reason, _ := refused.Reason.(erlang.Tuple)
	e := fail.New(fail.Unavailable, "the joining node did not join: %w", refused)
	switch {
	case refused.Reason == erlang.Atom("cannot_cluster_node_with_itself"):
		e.Err = &WithItself{j.member}
		return e
	case len(reason) == 2 && reason[0] == erlang.Atom("inconsistent_cluster"):
		return e.Next("if node %[1]s still counts the joining node as a member: rabbitctl forget_cluster_node NODE --node "+
			"%[1]s, with the joining node as NODE; then run the same command again", fail.Word(j.member))
	case len(reason) > 0 && reason[0] == erlang.Atom("aborted_feature_flags_compat_check"):
		return e.Next("compare rabbitctl list_feature_flags of both nodes: each has to support the flags that are enabled "+
			"on the other; and node %s has to run and be reachable",
			j.member)
	}
	return e.Next("look in the logs of the joining node and of node %s", j.member)
}

// see checks that the cluster lists the node as a member.
func (j *join) see(ctx context.Context, at Site, node string, o Outcome) (Outcome, error) {
	cluster, err := at.membersFor(ctx, j.member)
	if err != nil {
		return o, fail.New(fail.KindOf(err), "the node answered ok, but the members of the cluster cannot be read: %w", err)
	}
	if !slices.Contains(cluster, node) {
		return o, fail.New(fail.Unavailable, "node %s answered ok, but the cluster of node %s does not list it as a member", node,
			j.member).
			Next("look in the logs of both nodes")
	}
	o.Facts = record.Document{membersSection(cluster)}
	if up, err := at.isRunning(ctx); err == nil && !up {
		o.Notes = append(o.Notes, "RabbitMQ is stopped on node "+node+": rabbitctl start_app --node "+fail.Word(node)+
			" starts it in the cluster")
	}
	return o, nil
}
