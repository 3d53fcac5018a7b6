package personality

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// growth refuses arguments that grow and grow_to_count do not accept.
func (c *call) growth() *fault {
	if c.args[1] != "all" && c.args[1] != "even" {
		return c.invalid(strconv.Quote("strategy '" + c.args[1] + "' is not recognised."))
	}
	for _, option := range []string{"vhost-pattern", "queue-pattern"} {
		if _, err := (topology.Policy{Pattern: c.option(option, ".*")}).Matcher(); err != nil {
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

// running returns the running nodes of the cluster.
func (c *call) running(ctx context.Context) ([]string, error) {
	type node struct {
		name    string
		running bool
	}
	reader := record.NewReader(func(b *record.Binder, n *node) {
		b.Text("name", &n.name)
		b.Flag("running", &n.running)
	})
	var all []string
	for n, err := range reader.All(c.client.Nodes(ctx, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		if n.running {
			all = append(all, n.name)
		}
	}
	return all, nil
}

// ofEach makes the command for a change that adds or removes members of many queues: each row is the result of one
// attempt. A refusal by the broker is a row, too. If a request does not reach the broker, or the API does not offer the
// request, the command ends.
func ofEach(made func() change.Op, d command) command {
	d.seconds = anHour
	for _, s := range []string{"table-headers", "pad-to-header"} {
		if d.switches == nil {
			d.switches = switches{}
		}
		d.switches[s] = truth
	}
	d = ofOp(made, d, nil)
	d.run = func(ctx context.Context, c *call) (answer, error) {
		a := answer{table: &table{names: []string{"vhost", "name", "size", "result"}}, format: "table"}
		c.heard = func(i, of int, o change.Outcome, err error) error {
			for _, s := range o.Facts {
				a.table.rows = append(a.table.rows, memberRows(s, c.line.on("errors-only"))...)
			}
			switch {
			case err != nil && c.erlang != nil:
				_, err = asNode(ctx, c, o, err)
				return err
			case broker.IsNotOffered(err):
				return c.noMembers()
			case err != nil:
				return fmt.Errorf("after %d of %d queues: %w", i, of, err)
			}
			return nil
		}
		_, err := c.change(ctx, made())
		return a, err
	}
	return d
}

// memberRows returns the rows of a section about attempts, one row for each attempt. An unknown number of members is
// shown as a question mark.
func memberRows(s record.Section, errorsOnly bool) [][]erlang.Term {
	type attempt struct {
		vhost, name, result string
		size                record.Value
	}
	reader := record.NewReader(func(b *record.Binder, a *attempt) {
		b.Text("vhost", &a.vhost)
		b.Text("name", &a.name)
		b.Value("size", func(v record.Value) { a.size = v })
		b.Text("result", &a.result)
	})
	var rows [][]erlang.Term
	for _, row := range s.Rows {
		a := reader.Read(row)
		if errorsOnly && a.result == "ok" {
			continue
		}
		var size erlang.Term = erlang.Binary("?")
		if a.size.Known() {
			size = erlang.Number(a.size)
		}
		rows = append(rows, []erlang.Term{erlang.Binary(a.vhost), erlang.Binary(a.name), size, erlang.Binary(a.result)})
	}
	return rows
}
