package check

import (
	"context"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkQuorum() verb.Check {
	var match, exclude []string
	var missing string
	var facts health.QuorumFacts
	var names *query.Query
	return verb.Check{
		Name:  "check_quorum",
		Short: "Check that quorum queues and streams have a leader and a majority",
		Long: `Check that quorum queues and streams have a leader and a majority of their members online. Below, a queue is a
quorum queue or a stream.

CRITICAL: a queue has no majority or no running leader. The broker confirms no message that is published to such a
queue. The queue's state can be running all the same, and the broker's own checks of alarms and virtual hosts can
pass. WARNING: a member is not online, or a queue has fewer members than --min-members. Without --min-members, a
queue with a single member is OK while that member is online; the verdict names such queues. A member on a node that
the cluster has forgotten counts as not online.

Members and leaders come from the statistics, which can be five seconds old. A member is online only if its node
runs. The verdict is UNKNOWN while the cluster is split, if there is no queue to judge (see --missing), or if the
user sees no virtual host. The user needs the tag monitoring.`,
		Example: `  rabbitctl check_quorum
  rabbitctl check_quorum -p prod --exclude '^tmp\.' --min-members 3
  rabbitctl check_quorum -o json | jq '.queues[]'`,
		Scoped: true,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringArrayVar(&match, "match", nil,
				"judge only queues whose name matches `REGEX` (may be repeated: one match is enough)")
			fs.StringArrayVar(&exclude, "exclude", nil, "leave out queues whose name matches `REGEX` (may be repeated)")
			fs.IntVar(&facts.MinMembers, "min-members", 0, "WARNING for queues with fewer than `N` members")
			missingFlag(fs, &missing, "there is no quorum queue and no stream to judge")
		},
		Validate: func(verb.Ask) (err error) {
			if facts.None, err = parseMissing(missing); err != nil {
				return err
			}
			if facts.MinMembers < 0 {
				return fail.Usagef("--min-members %d: a number of members cannot be negative", facts.MinMembers)
			}
			names, err = survey.ReplicatedNames(match, exclude)
			return err
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			f, err := quorumFacts(ctx, c, ask.VHost, names)
			if err != nil {
				return verb.Report{}, err
			}
			f.MinMembers, f.None = facts.MinMembers, facts.None
			result, verdicts := health.Quorum(f)
			r := verb.Report{Result: result, Evidence: record.Document{quorumSection(verdicts)}}
			if r.Status == health.Critical {
				r.Details = append(r.Details, misleading(ctx, c)...)
			}
			return r, nil
		},
	}
}

// quorumFacts asks for the queues first and then for the nodes. If a node stops between the two requests, its members
// do not count as online.
func quorumFacts(ctx context.Context, c *broker.Client, vhost string, names *query.Query) (health.QuorumFacts, error) {
	f := health.QuorumFacts{Where: "in virtual host " + vhost}
	var err error
	if vhost == "" {
		sight, err := survey.See(ctx, c, "")
		if err != nil {
			return f, err
		}
		f.Where = "in " + sight.String()
	}
	if f.Queues, err = survey.Replicated(ctx, c, vhost, names); err != nil {
		return f, verb.Absent(ctx, c, err, "virtual host", vhost, vhost, verb.Arg{})
	}
	f.Members, err = survey.Members(ctx, c)
	return f, err
}

// misleading returns notes for a lost majority: which of the broker's own checks pass all the same, and what can happen
// to a message whose publish timed out.
func misleading(ctx context.Context, c *broker.Client) []string {
	var well []string
	for _, name := range []string{"alarms", "local-alarms", "virtual-hosts"} {
		if answer, err := c.HealthCheck(ctx, name); err == nil && answer.OK {
			well = append(well, name)
		}
	}
	var out []string
	if len(well) > 0 {
		out = append(out, "note: the broker's own checks do not look at majorities and say ok: "+strings.Join(well, ", "))
	}
	return append(out, "a publish that timed out may still be stored when the nodes return",
		"next: rabbitctl cluster_status --ask-every-node")
}

// quorumSection has a row for each queue that is not OK, the worst first, and after them the queues with a single
// member.
func quorumSection(verdicts []health.QuorumVerdict) record.Section {
	s := record.Section{Name: "queues", Columns: []record.Column{
		{Name: "vhost"}, {Name: "name"}, {Name: "type"}, {Name: "status"}, {Name: "why"},
		{Name: "leader"}, {Name: "online", Kind: record.List}, {Name: "members", Kind: record.List}}}
	for _, v := range verdicts {
		if v.Status == health.OK && len(v.Members) > 1 {
			continue
		}
		var leader record.Value
		if v.Leader != "" {
			leader = record.Of(v.Leader)
		}
		s.Rows = append(s.Rows, record.Row{record.Of(v.VHost), record.Of(v.Name), record.Of(v.Type), record.Of(v.Status),
			record.Of(v.Why),
			leader, record.Of(words(v.Up)), record.Of(words(v.Members))})
	}
	return s
}

// words returns the list, or an empty list for nil, so that JSON never has null.
func words(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
