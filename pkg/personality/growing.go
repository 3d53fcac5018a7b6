package personality

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// growth refuses what grow and grow_to_count do not take.
func (c *call) growth() *fault {
	if c.args[1] != "all" && c.args[1] != "even" {
		return c.invalid(strconv.Quote("strategy '" + c.args[1] + "' is not recognised."))
	}
	for _, option := range []string{"vhost-pattern", "queue-pattern"} {
		if _, err := c.matcher(option); err != nil {
			return no(fail.Unavailable, "--%s %s is refused here: %s", option, c.option(option, ""), err)
		}
	}
	return c.membershipKnown()
}

func (c *call) membershipKnown() *fault {
	if m := c.option("membership", "promotable"); !slices.Contains([]string{"promotable", "non_voter", "voter"}, m) {
		return c.invalid(strconv.Quote("voter status '" + m + "' is not recognised."))
	}
	return nil
}

// matcher is the regular expression of an option, as brokers understand it.
func (c *call) matcher(option string) (func(string) bool, error) {
	return topology.Policy{Pattern: c.option(option, ".*")}.Matcher()
}

// replicated is a quorum queue and the nodes that have a member of it.
type replicated struct {
	vhost, name string
	members     []string
}

// quorumQueues are those that are wanted, in the order of the API. The listing of totals has the members of this
// moment.
func (c *call) quorumQueues(ctx context.Context, wanted func(replicated) bool) ([]replicated, error) {
	var all []replicated
	for row, err := range queues.Totals(ctx, c.client, "", []record.Column{{Name: "vhost"}, {Name: "name"}, {Name: "type"},
		{Name: "members"}}) {
		if err != nil {
			return nil, err
		}
		if q := (replicated{row[0].Text(), row[1].Text(), textsOf(row[3])}); row[2].Text() == "quorum" && wanted(q) {
			all = append(all, q)
		}
	}
	return all, nil
}

// membership is the one that was asked for, "" for the broker's own.
func (c *call) membership() string {
	if m := c.option("membership", ""); m != "promotable" {
		return m
	}
	return ""
}

// running are the nodes of the cluster that run.
func (c *call) running(ctx context.Context) ([]string, error) {
	var all []string
	for row, err := range c.client.Nodes(ctx, []record.Column{{Name: "name"}, {Name: "running"}}) {
		if err != nil {
			return nil, err
		}
		if runs, _ := row[1].Bool(); runs {
			all = append(all, row[0].Text())
		}
	}
	return all, nil
}

// chosen tells whether the patterns and the strategy take in a queue.
func (c *call) chosen() (func(replicated) bool, error) {
	vhost, err := c.matcher("vhost-pattern")
	if err != nil {
		return nil, err
	}
	name, err := c.matcher("queue-pattern")
	return func(q replicated) bool {
		return (c.args[1] == "all" || len(q.members)%2 == 0) && vhost(q.vhost) && name(q.name)
	}, err
}

// outcome is how many members a queue has, and what has failed.
type outcome struct {
	members int
	err     error
}

func growOn(ctx context.Context, c *call) (answer, error) {
	node := c.args[0]
	running, err := c.running(ctx)
	if err != nil {
		return answer{}, err
	}
	chosen, err := c.chosen()
	if err != nil {
		return answer{}, err
	}
	queues, err := c.quorumQueues(ctx, func(q replicated) bool {
		return slices.Contains(running, node) && !slices.Contains(q.members, node) && chosen(q)
	})
	if err != nil {
		return answer{}, err
	}
	return c.eachQueue(queues, func(q replicated, tell func(outcome) error) error {
		return tell(c.grown(ctx, q, node, len(q.members)))
	})
}

func growToCount(ctx context.Context, c *call) (answer, error) {
	running, err := c.running(ctx)
	if err != nil {
		return answer{}, err
	}
	count, _ := strconv.Atoi(c.args[0])
	count = min(count, len(running))
	chosen, err := c.chosen()
	if err != nil {
		return answer{}, err
	}
	queues, err := c.quorumQueues(ctx, func(q replicated) bool { return len(q.members) < count && chosen(q) })
	if err != nil {
		return answer{}, err
	}
	return c.eachQueue(queues, func(q replicated, tell func(outcome) error) error {
		size := len(q.members)
		for _, node := range running {
			if size == count || slices.Contains(q.members, node) {
				continue
			}
			o := c.grown(ctx, q, node, size)
			if err := tell(o); err != nil {
				return err
			}
			size = o.members
		}
		return nil
	})
}

// grown adds a member on a node to a queue that has so many. Until the one that was added before has caught up, the
// broker refuses the next: that is waited for, some seconds at most.
func (c *call) grown(ctx context.Context, q replicated, node string, size int) outcome {
	for tries := 0; ; tries++ {
		err := c.client.AddMember(ctx, q.vhost, q.name, node, c.membership())
		switch {
		case err == nil:
			return outcome{size + 1, nil}
		case tries == 20 || !strings.Contains(broker.ReasonOf(err), "non_voters_found") ||
			c.app.Sleep(ctx, 500*time.Millisecond) != nil:
			return outcome{size, err}
		}
	}
}

// errLastMember is that of a queue which would have no member left. Brokers refuse that, so they are not asked.
var errLastMember = errors.New("the last node cannot be removed")

// shrink refuses a node that does not run, where the official tool does.
func shrink(ctx context.Context, c *call) (answer, error) {
	node := c.args[0]
	if c.since(4, 3) {
		running, err := c.running(ctx)
		if err != nil {
			return answer{}, err
		}
		if !slices.Contains(running, node) {
			return answer{}, no(fail.Unavailable, "{:node_not_running, :%s}", node)
		}
	}
	queues, err := c.quorumQueues(ctx, func(q replicated) bool { return slices.Contains(q.members, node) })
	if err != nil {
		return answer{}, err
	}
	return c.eachQueue(queues, func(q replicated, tell func(outcome) error) error {
		if len(q.members) == 1 {
			return tell(outcome{1, errLastMember})
		}
		err := c.client.DeleteMember(ctx, q.vhost, q.name, node)
		if strings.Contains(broker.ReasonOf(err), "cluster_change_not_permitted") &&
			c.app.Sleep(ctx, 500*time.Millisecond) == nil {
			// A new leader has not written its first entry yet; the broker's own request for all queues tries again, too.
			err = c.client.DeleteMember(ctx, q.vhost, q.name, node)
		}
		if err != nil {
			return tell(outcome{len(q.members), err})
		}
		return tell(outcome{len(q.members) - 1, nil})
	})
}

// eachQueue does something to one queue after the other and tells what came of each. What the broker refuses is a row;
// where no request gets through, or none is offered, it ends.
func (c *call) eachQueue(queues []replicated, do func(replicated, func(outcome) error) error) (answer, error) {
	a := answer{table: &table{names: []string{"vhost", "name", "size", "result"}}, format: "table"}
	for i, q := range queues {
		if addressable(q.vhost, q.name) != nil {
			a.table.rows = append(a.table.rows, []erlang.Term{erlang.Binary(q.vhost), erlang.Binary(q.name),
				erlang.Int(int64(len(q.members))), erlang.Binary("error: the HTTP API cannot address such a name")})
			continue
		}
		err := do(q, func(o outcome) error {
			reason := broker.ReasonOf(o.err)
			switch {
			case broker.IsNotFound(o.err), reason == "not_found":
				return nil // deleted meanwhile
			case broker.IsNotOffered(o.err):
				return c.noMembers()
			case o.err != nil && !errors.Is(o.err, errLastMember) && (reason == "" || broker.Status(o.err) == 401 ||
				broker.Status(o.err) == 403):
				return fmt.Errorf("after %d of %d queues: %w", i, len(queues), o.err)
			case o.err == nil && c.line.on("errors-only"):
				return nil
			}
			size, result := memberResult(o, reason)
			a.table.rows = append(a.table.rows, []erlang.Term{erlang.Binary(q.vhost), erlang.Binary(q.name), size,
				erlang.Binary(result)})
			return nil
		})
		if err != nil {
			return a, err
		}
	}
	return a, nil
}

// memberResult is how many members there are, as far as that is known, and what came of the change.
func memberResult(o outcome, reason string) (size erlang.Term, result string) {
	switch {
	case o.err == nil:
		return erlang.Int(int64(o.members)), "ok"
	case reason == "timeout":
		return erlang.Binary("?"), "error: the operation timed out and may not have been completed"
	case errors.Is(o.err, errLastMember), reason == "last_node":
		return erlang.Int(int64(o.members)), "error: " + errLastMember.Error()
	}
	return erlang.Int(int64(o.members)), "error: " + reason
}
