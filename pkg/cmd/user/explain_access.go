package user

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func explainAccess() verb.Check {
	var q accessQuestion
	user := name()
	user.Optional = true
	return verb.Check{
		Name:  "explain_access",
		Short: "Explain what a user may see and do, and what it lacks",
		Long: `Explain which user this command logs in as, which virtual hosts that user may see, which groups of commands
work, what each group lacks, and which command line grants what is missing. An administrator may ask about another
user: USER. The result is CRITICAL (2) if the user has no tag that the management API accepts; WARNING (1) if the user
has no permission in any virtual host; and otherwise OK (0).

--for asks about one group of commands, and the result is about this group alone: OK (0) if the group works, WARNING
(1) if it works only in part, for example in some virtual hosts, and CRITICAL (2) if it does not work.

--may asks whether a client that logs in as USER may do something with the queue or exchange NAME in the virtual
host of -p (default /): YES (0) or NO (2), and by which permission. NAME need not exist. configure is to declare and
delete it; write is to publish to an exchange, and to bind a queue or exchange to something; read is to consume from
a queue or purge it, and to bind something to an exchange. '' and amq.default are the default exchange. If NAME is a
topic exchange for which USER has topic permissions, these have to allow the key of --routing-key, too. Without
--routing-key they do not change the answer, and only their pattern is named. If only the broker can match a pattern,
or if the answer depends on the MQTT client, the result is UNKNOWN (3).

--all lists the users without any permission in any virtual host, and each configure, write or read permission whose
pattern matches no existing queue or exchange of its virtual host; empty patterns, ^$ and $^ are left out, since they
match nothing on purpose. If anything is listed, the result is WARNING (1). Otherwise it is UNKNOWN (3) if only the
broker can match a pattern, or if the names in a virtual host could not be seen, and else OK (0).

--may and --all need the tag administrator. Only --may uses -p.`,
		Example: `  rabbitctl explain_access
  rabbitctl explain_access --for checks
  rabbitctl explain_access app
  rabbitctl explain_access app --may write orders -p prod
  rabbitctl explain_access app --may write events --routing-key eu.created
  rabbitctl explain_access --all`,
		Args:     []verb.Arg{user, {Name: "NAME", Optional: true, Free: true}},
		Scoped:   true,
		OneVHost: true,
		Explains: true,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringVar(&q.group, "for", "", "only this `GROUP` of commands: "+strings.Join(diagnose.AccessGroups(), ", "))
			verb.Words(fs, "for", diagnose.AccessGroups()...)
			fs.StringVar(&q.may, "may", "", "the `ACTION` that USER wants to do with NAME: configure, write or read")
			verb.Words(fs, "may", mayWords()...)
			fs.Func("routing-key", "with --may write or read: the routing `KEY` for a topic exchange", func(text string) error {
				q.key, q.keyed = text, true
				return nil
			})
			fs.BoolVar(&q.all, "all", false,
				"list the users without any permission, and the permissions that match no existing name")
		},
		Validate: q.validate,
		Run:      q.run,
	}
}

func mayWords() []string { return []string{"configure", "write", "read"} }

// accessQuestion has the values of the flags.
type accessQuestion struct {
	group, may, key string
	keyed, all      bool
}

func (q *accessQuestion) validate(ask verb.Ask) error {
	groups := diagnose.AccessGroups()
	switch {
	case q.group != "" && !slices.Contains(groups, q.group):
		return fail.Usagef("--for %s: no such group of commands%s", q.group, fail.DidYouMean(q.group, groups)).
			Next("one of %s", strings.Join(groups, ", "))
	case q.may != "" && !slices.Contains(mayWords(), q.may):
		return fail.Usagef("--may %s: a permission is configure, write or read", q.may)
	case q.all && (len(ask.Args) > 0 || q.group != "" || q.may != "" || q.keyed):
		return fail.Usagef("--all is about all users, and excludes USER, --for, --may and --routing-key")
	case q.may != "" && q.group != "":
		return fail.Usagef("--may and --for are two questions: ask one after the other")
	case q.may != "" && len(ask.Args) < 2:
		return fail.Usagef("--may needs USER and NAME").Next("for example rabbitctl explain_access app --may write orders")
	case q.may == "" && len(ask.Args) > 1:
		return fail.Usagef("NAME goes only with --may").Next("for example rabbitctl explain_access app --may write orders")
	case q.keyed && q.may != "write" && q.may != "read":
		return fail.Usagef("--routing-key is for --may write and --may read")
	}
	return nil
}

func (q *accessQuestion) run(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
	if q.all {
		accounts, blind, err := survey.Accounts(ctx, c)
		if err != nil {
			return verb.Report{}, err
		}
		return idleReport(accounts, blind), nil
	}
	a, err := q.access(ctx, c, ask)
	if err != nil {
		return verb.Report{}, err
	}
	if q.may == "" {
		return accessReport(a, c.BaseURL(), q.group), nil
	}
	return q.mayReport(ctx, c, ask, a)
}

// access reads what the user may do.
func (q *accessQuestion) access(ctx context.Context, c *broker.Client, ask verb.Ask) (diagnose.Access, error) {
	if len(ask.Args) == 0 || ask.Args[0] == c.Username() {
		return survey.Self(ctx, c)
	}
	a, err := survey.AccessOf(ctx, c, ask.Args[0])
	if err != nil {
		return a, verb.Absent(ctx, c, err, "user", "", ask.Args[0], name())
	}
	return a, nil
}

func (q *accessQuestion) mayReport(ctx context.Context, c *broker.Client, ask verb.Ask,
	a diagnose.Access) (verb.Report, error) {
	w := diagnose.Wish{VHost: ask.VHost, What: q.may, Name: ask.Args[1], Key: q.key, Keyed: q.keyed}
	switch {
	case !a.Granted:
		return verb.Report{}, fail.New(fail.Denied, "%s does not show the permissions of user %s to user %s", c.BaseURL(),
			a.User, c.Username()).Next("log in as an administrator; the user must be in the broker's own database")
	case !slices.Contains(a.VHosts, w.VHost):
		return verb.Report{}, fail.New(fail.NotFound, "virtual host %s does not exist on %s%s", w.VHost, c.BaseURL(),
			fail.DidYouMean(w.VHost, a.VHosts)).Do(fail.SeeVHosts)
	}
	var unseen string
	for _, t := range a.Topics {
		if t.VHost != w.VHost || t.Exchange != w.Name {
			continue
		}
		x, err := c.Exchange(ctx, w.VHost, w.Name)
		if w.Topic = err != nil || x.At("type").Text() == "topic"; err != nil {
			unseen = "whether " + w.Name + " is a topic exchange could not be read, and is assumed: " + err.Error()
		}
	}
	permit, err := a.Judge(w)
	if err != nil {
		return verb.Report{}, err
	}
	return permitReport(a, w, permit, unseen), nil
}
