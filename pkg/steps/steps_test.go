package steps_test

import (
	"errors"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for want, next := range map[string]fail.Advice{
		"":                                     nil,
		"try again":                            fail.Say("try %s", "again"),
		"use a longer --timeout":               fail.Do(fail.WaitLonger),
		"renew it; --insecure skips the check": fail.Say("renew it").Do(fail.TrustAnyone),
		"is it that? --trace shows the requests; try again":                                                             fail.Say("is it that? ").Do(fail.SeeRequests).Say("try again"),
		"as an administrator: rabbitctl set_user_tags 'a b' management monitoring":                                      fail.Do(fail.SetTags, "a b", "management", "monitoring"),
		"as an administrator: rabbitctl set_permissions -p '$v' '' '.*' '.*' '.*' gives all permissions":                fail.Do(fail.GiveAccess, "$v", ""),
		"as an administrator: rabbitctl set_user_tags -- -u management monitoring":                                      fail.Do(fail.SetTags, "-u", "management", "monitoring"),
		"as an administrator: rabbitctl set_permissions -p -v -- -u '.*' '.*' '.*' gives all permissions":               fail.Do(fail.GiveAccess, "-v", "-u"),
		"as an administrator: rabbitctl set_permissions -p %s %s '.*' '.*' '.*' gives all permissions":                  fail.Do(fail.GiveAccess, "%s", "%s"),
		"as an administrator: rabbitctl list_users shows the tags of -u, and rabbitctl set_user_tags replaces them all": fail.Do(fail.SeeTags, "-u"),
		"rabbitctl restart_vhost -p %s": fail.Do(fail.RestartVHost, "%s"),
	} {
		if got := steps.Words(next); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// An official tool does not have our flags, so the advice for its user names our environment variables.
func TestOfTool(t *testing.T) {
	t.Parallel()
	err := fail.New(fail.Unreachable, "not there").Next("renew it").Do(fail.TrustAnyone).Do(fail.WaitLonger)
	if got, want := steps.Of(err), "renew it; --insecure skips the check; use a longer --timeout"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := steps.OfTool(err), "renew it; RABBITCTL_INSECURE=true skips the check; use a longer --timeout"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := steps.Of(errors.New("other")); got != "" {
		t.Errorf("%q of an error without advice", got)
	}
}

// Whoever asked several contexts gets commands for the context that failed, not for the default broker.
func TestInContext(t *testing.T) {
	t.Parallel()
	for want, next := range map[string]fail.Advice{
		"as an administrator: rabbitctl --context blue set_user_tags a monitoring":                                               fail.Do(fail.SetTags, "a", "monitoring"),
		"rabbitctl --context blue restart_vhost -p v":                                                                            fail.Do(fail.RestartVHost, "v"),
		"is it up? rabbitctl --context blue status":                                                                              fail.Say("is it up? rabbitctl status"),
		"rabbitctl help disk-fills; use a longer --timeout":                                                                      fail.Say("rabbitctl help disk-fills").Do(fail.WaitLonger),
		"rabbitctl --context blue ping; on its host: rabbitctl ping":                                                             fail.Say("rabbitctl ping; on its host: rabbitctl ping"),
		"then rabbitctl stops; rabbitctl --context blue revive --node a":                                                         fail.Say("then rabbitctl stops; rabbitctl revive --node a"),
		"rabbitctl check_definitions a.json":                                                                                     fail.Say("rabbitctl check_definitions a.json"),
		"rabbitctl config set blue KEY=VALUE changes a setting of the context":                                                   fail.Do(fail.UseTLS).Do(fail.GiveUser),
		"on the broker's own machine: rabbitctl add_user NAME, then set_user_tags and set_permissions":                           fail.Do(fail.AddUser),
		"rabbitctl --context blue list_vhosts name cluster_state shows it, and rabbitctl --context blue restart_vhost starts it": fail.Do(fail.SeeVHostStates),
	} {
		if got := steps.Words(steps.InContext(next, "blue")); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := steps.InContext(fail.Do(fail.SkipItem), "blue"); got[0].Act != fail.SkipItem {
		t.Errorf("a step that names no command became a text: %v", got)
	}
}

// Adding to an advice does not change the advice that it was made from.
func TestAdvice_isAValue(t *testing.T) {
	t.Parallel()
	base := fail.Say("a").Say("b").Say("c")
	one, other := base.Say("one"), base.Say("other")
	if steps.Words(one) != "a; b; c; one" || steps.Words(other) != "a; b; c; other" || steps.Words(base) != "a; b; c" {
		t.Errorf("%q, %q, %q", steps.Words(one), steps.Words(other), steps.Words(base))
	}
}
