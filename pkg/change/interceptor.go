package change

import (
	"context"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// SetInterceptorPriorities sets the order in which a node runs its channel interceptors.
func SetInterceptorPriorities() Op {
	var words []string
	return Op{
		Name: "set_channel_interceptor_priorities", Noun: "node", Erlang: true,
		Params: []Param{RestArg("interceptor priority", &words)},
		Check: func() error {
			if len(words) == 0 || len(words)%2 != 0 {
				return fail.Usagef("each INTERCEPTOR must be followed by its PRIORITY").
					Next("for example: rabbitctl set_channel_interceptor_priorities rabbit_sharding_interceptor 5")
			}
			for i := 1; i < len(words); i += 2 {
				if _, err := strconv.Atoi(words[i]); err != nil {
					return fail.Usagef("priority %q is not a whole number, or out of range", words[i])
				}
			}
			return nil
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			pairs := erlang.List{}
			for i := 0; i+1 < len(words); i += 2 {
				if n, err := strconv.Atoi(words[i+1]); err == nil && !at.Official {
					words[i+1] = strconv.Itoa(n) // the node lists a priority that was given as +5 or 05 as 5
				}
				pairs = append(pairs, erlang.Tuple{erlang.Binary(words[i]), erlang.Number(words[i+1])})
			}
			action := "set the priorities of channel interceptors: " + strings.Join(words, " ")
			plan := Once(action, "changed", func(ctx context.Context) error {
				return at.do(ctx, action, "rabbit_channel_interceptor", "set_priorities", pairs)
			})
			if at.Official {
				return plan, nil
			}
			differ, err := at.priorities(ctx, words, plan)
			if err != nil || !differ {
				return plan.Already("unchanged"), err
			}
			plan.Notes = []string{"the priorities hold until the node restarts, and on this node only"}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				differ, err := at.priorities(ctx, words, plan)
				if err == nil && differ {
					err = fail.New(fail.Unavailable, "the node answered ok, but has other priorities than those given").
						Next("rabbitctl list_channel_interceptors shows them")
				}
				o.Notes = append(o.Notes, plan.Notes...)
				return o, err
			}), nil
		},
	}
}

// priorities adds the interceptors with their present priorities to the plan. It reports whether a priority differs
// from the wanted one.
func (s Site) priorities(ctx context.Context, words []string, plan *Plan) (differ bool, err error) {
	all, err := inside.Interceptors(ctx, s.Erlang)
	if err != nil {
		return false, err
	}
	now := map[string]string{}
	var names []string
	for _, row := range all {
		name := erlang.Cell(inside.ValueOf(row, "name"))
		now[name], names = erlang.Cell(inside.ValueOf(row, "priority")), append(names, name)
	}
	hits := record.Section{Name: "interceptors", Columns: record.Named("interceptor", "priority", "priority_then")}
	for i := 0; i+1 < len(words); i += 2 {
		priority, known := now[words[i]]
		if !known {
			return false, fail.New(fail.NotFound, "the node has no channel interceptor %q%s", words[i],
				fail.DidYouMean(words[i], names)).Next("rabbitctl list_channel_interceptors shows those that it has")
		}
		differ = differ || priority != words[i+1]
		hits.Rows = append(hits.Rows, record.Row{record.Of(words[i]), record.Of(priority), record.Of(words[i+1])})
	}
	plan.Hits = record.Document{hits}
	return differ, nil
}
