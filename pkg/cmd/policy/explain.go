package policy

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func explain() verb.Check {
	kind := queueKind
	return verb.Check{
		Name:  "explain_policy",
		Short: "Explain which policies apply to a queue, and what is in effect",
		Long: `Explain which policies and operator policies match a queue or a stream, or with --exchange which policies
match an exchange (operator policies do not apply to exchanges). It says which policy and which operator policy
applies, why the others that match do not, and what is in effect from the arguments and both policies. Among
policies of equal priority the broker chooses; the answer says so. The result is compared with what the broker
itself reports. The virtual host is / unless -p names another.

OK (0): the broker reports the same, or no policy matches and the broker does not report anything yet. WARNING (1):
the broker reports something else. UNKNOWN (3): policies match, and the broker does not report which one applies; or
only the broker can match a pattern; or something could not be read. The broker's statistics show a new queue and a
change only after some seconds. So, if the broker reports something else, or nothing although a policy matches, the
command first looks again, for up to 6 seconds, and then judges.`,
		Example: `  rabbitctl explain_policy orders
  rabbitctl explain_policy orders -p prod -o json | jq '.settings'
  rabbitctl explain_policy events --exchange`,
		Args:     []verb.Arg{{Name: "NAME", Complete: names(&kind)}},
		Scoped:   true,
		OneVHost: true,
		Explains: true,
		Flags: func(fs *pflag.FlagSet) {
			fs.BoolFunc("exchange", "NAME is an exchange, not a queue or stream", func(text string) error {
				kind = queueKind
				if text == "true" {
					kind = exchangeKind
				}
				return nil
			})
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			vhost := ask.VHost
			var r verb.Report
			var untold []string
			// The statistics show a new queue or a new policy only after some seconds (a new quorum queue of 3.10: 8 to 10 s,
			// which is too long to wait).
			_, err := ask.Until(ctx, 6*time.Second, time.Second, 4*time.Second, func() (bool, error) {
				o, err := look(ctx, c, kind, vhost, ask.Args[0])
				if err != nil {
					return false, err
				}
				var found []match
				if found, untold, err = compare(ctx, c, vhost, o, nil); err == nil {
					r = explained(o, vhost, found, untold)
				}
				return r.Status == health.OK || len(untold) > 0, err
			})
			if err != nil {
				return verb.Report{}, err
			}
			if len(untold) > 0 {
				r.Details = append(r.Details, "next: "+fail.Command("show_"+kind, "-p", vhost, ask.Args[0])+
					" shows which one the broker applies")
			}
			return r, nil
		},
	}
}

// ranked has the matching policies, or the matching operator policies, the highest priority first.
type ranked struct {
	all []topology.Policy
	why []string
	// first is the index, in the field all, of the policy that applies; -1 if none applies.
	first int
	// disputed says how the broker's choice differs from what the priorities say; "" if it does not differ.
	disputed string
	// tied has the names of the other policies with the same priority as the policy that applies. If open is true, the
	// broker does not report which of these policies applies.
	tied []string
	open bool
	// unreported means that policies match, and the broker does not report which one applies.
	unreported bool
}

// applies returns the policy that applies, or nil if none does.
func (r ranked) applies() *topology.Policy {
	if r.first < 0 {
		return nil
	}
	return &r.all[r.first]
}

// rank decides which policy, or which operator policy, applies. That is the one that the broker reports as in effect.
// Only if the broker reports nothing about this, rank uses the priorities.
func rank(o object, found []match, operator bool) ranked {
	r := ranked{first: -1}
	best := -1
	for _, m := range found {
		if m.Operator != operator {
			continue
		}
		r.all = append(r.all, m.Policy)
		if applies, _ := o.says(m.Policy).Bool(); applies {
			r.first = len(r.all) - 1
		} else if best < 0 && len(m.Unsuited(o.Type)) == 0 {
			best = len(r.all) - 1
		}
	}
	named := o.named(operator)
	r.unreported = named.Absent() && len(r.all) > 0
	switch {
	case named.Absent():
		r.first = best
	case best >= 0 && (r.first < 0 || r.all[best].Priority > r.all[r.first].Priority):
		r.disputed = "by pattern and priority " + kindOf(r.all[best]) + " " + r.all[best].Name +
			" should apply, but the broker reports " + cmp.Or(named.Text(), "none")
	case r.first < 0 && named.Text() != "":
		r.disputed = "the broker reports " + policyKind(operator) + " " + named.Text() + ", which does not match any more"
	}
	r.reasons(o)
	return r
}

// reasons sets, for each policy, the reason why it applies or does not.
func (r *ranked) reasons(o object) {
	applies := r.applies()
	for i, p := range r.all {
		keys := p.Unsuited(o.Type)
		why := "not reported by the broker"
		switch {
		case i == r.first:
			why = "applies"
		case len(keys) > 0:
			why = "does not apply: a " + o.noun() + " does not support " + strings.Join(keys, ", ")
		case applies != nil && p.Priority == applies.Priority:
			why = "equal priority: the broker chose " + applies.Name
			r.tied, r.open = append(r.tied, p.Name), o.named(p.Operator).Absent()
		case applies != nil && p.Priority < applies.Priority:
			why = "lower priority than " + applies.Name
		}
		r.why = append(r.why, why)
	}
	for i, p := range r.all {
		if r.open && p.Priority == applies.Priority && len(p.Unsuited(o.Type)) == 0 {
			r.why[i] = "this one or another of equal priority applies"
		}
	}
}

func policyKind(operator bool) string { return kindOf(topology.Policy{Operator: operator}) }

// known returns text as a value, or an absent value if text is empty.
func known(text string) record.Value {
	if text == "" {
		return nil
	}
	return record.Of(text)
}
