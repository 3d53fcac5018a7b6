package broker

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// account is the user as whom the broker knows this client, with its tags.
type account struct {
	name string
	tags []string
	// known is false if the broker has not reported the user. Then name is the name that the client logs in with, and
	// there are no tags.
	known bool
}

// account asks the broker for the user and its tags. No message recommends a tag before the user's tags are known.
func (c *Client) account(ctx context.Context) account {
	ctx, cancel := context.WithTimeout(ctx, beside.Share(ctx, 0.5, NearBudget))
	defer cancel()
	v, err := c.value(ctx, Path("whoami"), url.Values{"columns": {"name,tags"}}, objectWith("name"))
	if err != nil || v.At("name").Text() == "" {
		return account{name: c.Username()}
	}
	a := account{name: v.At("name").Text(), known: true}
	v.At("tags").Each(func(t record.Value) { a.tags = append(a.tags, t.Text()) })
	return a
}

// has reports whether the user has the tag, or one that includes it.
func (a account) has(tag string) bool {
	return slices.Contains(a.tags, tag) || slices.Contains(a.tags, "administrator")
}

// grant is the advice to add a tag. The command of the advice replaces all tags, so it also names the tags that the
// user has.
func (a account) grant(tag string) fail.Advice {
	return fail.Do(fail.SetTags, slices.Concat([]string{a.name}, a.tags, []string{tag})...)
}

// Hidden says why the broker leaves something out of its answer silently: the user lacks the tag monitoring, without
// which the API shows no figures of nodes, or the broker collects no statistics and has none to show. If neither is the
// reason, or this is not known, the error says that. The argument what is the beginning of the error, for example "the
// listeners of http://HOST".
func (c *Client) Hidden(ctx context.Context, what string) *fail.Error {
	a := c.account(ctx)
	switch {
	case !a.known:
		return fail.New(fail.Incomplete, "%s are not reported, and it is not known whether user %s may see them",
			what, a.name).
			Next("try again").Do(fail.SeeRequests)
	case !a.has("monitoring"):
		return fail.New(fail.Denied, "%s are not shown to user %s: it has no tag monitoring", what, a.name).
			Advise(a.grant("monitoring"))
	}
	overview, err := c.Brief(ctx)
	if off, _ := overview.At("disable_stats").Bool(); err == nil && off {
		return fail.New(fail.Unavailable, "%s are not reported: %s collects no statistics "+
			"(management_agent.disable_metrics_collector)", what, c.base).
			Next("set it to false in rabbitmq.conf").Do(fail.SeeUnstatistic)
	}
	return fail.New(fail.Incomplete, "%s are not reported by %s, although user %s may see them", what, c.base, a.name).
		Next("a node that has just started has them after some seconds, and a silent node of the cluster delays them").
		Do(fail.SeeNodes)
}

// blamed explains a refusal that names a tag. It reads the user's tags, so that the advice keeps them. If the user has
// the tag, it lacks permissions in the virtual host instead: 3.10 and 4.3 answer in this way when a policymaker without
// access to the virtual host asks for parameters.
func (t *doubter) blamed(ctx context.Context, about target, err error) error {
	r := refusalIn(err)
	if r == nil || r.Status != http.StatusUnauthorized || r.Foreign {
		return err
	}
	reason, tag, act := strings.ToLower(r.Reason), "", refusedTo(ctx)
	switch {
	case strings.Contains(reason, "not monitor user"):
		tag = "monitoring"
	case strings.Contains(reason, "not administrator user"):
		tag, act = "administrator", "do"
	case strings.Contains(reason, "not policymaker user"), strings.Contains(reason, "authorised to access object"):
		tag = "policymaker"
	default:
		return err
	}
	a := t.plain.account(ctx)
	if !a.known {
		return err
	}
	var e *fail.Error
	switch {
	case !a.has(tag):
		e = fail.New(fail.Denied, "user %s may not %s this: it needs the tag %s (the broker says: %s)", a.name, act, tag,
			r.Reason).
			Advise(a.grant(tag))
	case about.vhost != "":
		e = fail.New(fail.Denied, "user %s has no access to virtual host %s on %s (the broker says: %s)", a.name, about.vhost,
			t.plain.base, r.Reason).
			Do(fail.GiveAccess, about.vhost, a.name)
	default:
		e = fail.New(fail.Denied, "user %s may not do this on %s, although its tags are %s (the broker says: %s)", a.name,
			t.plain.base, strings.Join(a.tags, ", "), r.Reason).
			Do(fail.SeeUser, a.name)
	}
	e.Err = r
	return e
}
