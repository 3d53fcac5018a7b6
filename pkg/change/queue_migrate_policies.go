package change

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// overseers are the policies of a virtual host. They show which policies will apply to a queue that does not exist yet.
// The broker itself reports this too late: for a new queue, 4.3 names the policy at once, but for some seconds neither
// the operator policy nor the merged settings of both, and 3.10 names nothing at all (measured).
type overseers struct {
	policies, operators contestants
	// unmatched are the policies that can drop messages and that only the broker can match.
	unmatched []topology.Policy
}

func overseersOf(ctx context.Context, at Site) (all overseers, err error) {
	for _, kind := range []policyKind{false, true} {
		listed, err := kind.list(ctx, at)
		if err != nil {
			return all, err
		}
		for _, p := range listed {
			if _, err := p.Matcher(); err != nil && topology.LosingKeys(p.Definition) {
				all.unmatched = append(all.unmatched, p)
			}
		}
		if kind {
			all.operators, _ = contest(listed)
		} else {
			all.policies, _ = contest(listed)
		}
	}
	return all, nil
}

// definitions returns what the policies may set for a queue of that name and type. It returns more than one definition
// if policies have the same priority.
func (o overseers) definitions(name, kind string) (all []map[string]any) {
	q := previewed{name: name, Stock: topology.Stock{Type: kind}}
	for _, p := range o.policies.top(q) {
		for _, operator := range o.operators.top(q) {
			all = append(all, topology.Merged(defined(p), defined(operator)))
		}
	}
	return all
}

// perhaps returns a sentence about each policy that can drop messages and that may apply to a queue of that name and
// type: only the broker can match its pattern.
func (o overseers) perhaps(name, kind string) (all []string) {
	for _, p := range o.unmatched {
		if p.CoversQueue(kind) {
			all = append(all, fmt.Sprintf("policy %s may apply to %s, and could drop messages there: only the broker can "+
				"match its pattern", p.Name, name))
		}
	}
	return all
}

// parkable returns an error if one of the definitions could drop messages of the parking queue.
func (m *migration) parkable(definitions ...map[string]any) error {
	for _, d := range definitions {
		dropping := []string{"message-ttl", "expires", "max-length", "max-length-bytes"}
		keys := strings.Join(slices.DeleteFunc(dropping, func(key string) bool { return d[key] == nil }), ", ")
		if keys != "" {
			return fail.New(fail.Data, "refused: a policy or operator policy with %s also applies to queue %s, which holds "+
				"the messages during the migration, and could drop or dead-letter them", keys, m.parking()).
				Next("set another policy with the pattern %s, a higher priority, and only keys other than %[2]s; if an "+
					"operator policy sets %[2]s, set an operator policy", fail.Word("^"+regexp.QuoteMeta(m.parking())+"$"), keys)
		}
	}
	return nil
}

// safe refuses a migration in which a policy would drop messages, and returns sentences about policies that could drop
// messages.
func (m *migration) safe(ctx context.Context, q countedQueue, has topology.Queue) (dangers []string, err error) {
	all, err := overseersOf(ctx, m.at)
	if err != nil {
		return nil, err
	}
	if err := m.parkable(all.definitions(m.parking(), "classic")...); err != nil {
		return nil, err
	}
	if q.readyCount == 0 {
		return all.perhaps(m.parking(), "classic"), nil
	}
	now := q.raw.At("effective_policy_definition").Map()
	if now == nil {
		now = all.definitions(m.name, has.Type)[0]
	}
	for _, then := range all.definitions(m.name, m.target.Type) {
		limit, by, _ := topology.Effective(m.target.Type, "x-max-length", m.target.Arguments, then)
		if most, limited := record.Of(limit).Int(); limited && by == "policy" && q.readyCount > most {
			return nil, fail.New(fail.Data, "refused: queue %s holds %s, but as a %s queue it cannot hold them all: a "+
				"policy or operator policy sets max-length %d", m.name, prose.Plural(int(q.readyCount), "message", "messages"),
				m.target.Type, most).
				Next("rabbitctl list_policies and list_operator_policies show that policy; set a higher max-length, or let " +
					"consumers empty the queue first")
		}
		if dangers = m.lower(has, now, then); len(dangers) > 0 {
			break
		}
	}
	return append(append(dangers, all.perhaps(m.parking(), "classic")...), all.perhaps(m.name, m.target.Type)...), nil
}

// lower returns sentences about limits of the new queue that are new or lower than before: they can drop messages that
// come back.
func (m *migration) lower(has topology.Queue, now, then map[string]any) (all []string) {
	for _, key := range []string{"x-max-length-bytes", "x-message-ttl", "x-expires"} {
		value, by, _ := topology.Effective(m.target.Type, key, m.target.Arguments, then)
		before, _, _ := topology.Effective(has.Type, key, has.Arguments, now)
		limit, limited := record.Of(value).Int()
		was, had := record.Of(before).Int()
		if !limited || had && limit >= was {
			continue
		}
		does := map[string]string{"x-max-length-bytes": "drop, dead-letter or refuse messages of",
			"x-message-ttl": "drop or dead-letter messages of", "x-expires": "delete"}[key]
		if by == "policy" {
			key = "a policy's " + key[len("x-"):]
		}
		all = append(all, fmt.Sprintf("%s %d is new or lower than before, and can %s queue %s", key, limit, does, m.name))
	}
	return all
}

// parkedSafely checks the policies once more, now that the parking queue exists. For policies that only the broker can
// match, it waits some seconds until the broker reports which of them apply.
func (m *migration) parkedSafely(ctx context.Context) error {
	all, err := overseersOf(ctx, m.at)
	if err != nil {
		return err
	}
	if err := m.parkable(all.definitions(m.parking(), "classic")...); err != nil || len(all.unmatched) == 0 {
		return err
	}
	var reported record.Value
	_, err = settle(ctx, m.at, 7*time.Second, func() (bool, error) {
		q, err := m.at.Broker.Queue(ctx, m.at.VHost, m.parking())
		reported = q.At("effective_policy_definition")
		return !reported.Absent(), err
	})
	if err != nil {
		return err
	}
	if reported.Absent() {
		return fail.New(fail.Incomplete, "the broker does not report which policies apply to %s, and one of them could drop "+
			"messages", m.parking()).Next("are its statistics switched off? rabbitctl doctor")
	}
	return m.parkable(reported.Map())
}
