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
		"is it that? --trace shows the requests; try again":                                              fail.Say("is it that? ").Do(fail.SeeRequests).Say("try again"),
		"as an administrator: rabbitctl set_user_tags 'a b' management monitoring":                       fail.Do(fail.SetTags, "a b", "management", "monitoring"),
		"as an administrator: rabbitctl set_permissions -p '$v' '' '.*' '.*' '.*' gives all permissions": fail.Do(fail.GiveAccess, "$v", ""),
		"rabbitctl restart_vhost -p %s":                                                                  fail.Do(fail.RestartVHost, "%s"),
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

// Adding to an advice does not change the advice that it was made from.
func TestAdvice_isAValue(t *testing.T) {
	t.Parallel()
	base := fail.Say("a").Say("b").Say("c")
	one, other := base.Say("one"), base.Say("other")
	if steps.Words(one) != "a; b; c; one" || steps.Words(other) != "a; b; c; other" || steps.Words(base) != "a; b; c" {
		t.Errorf("%q, %q, %q", steps.Words(one), steps.Words(other), steps.Words(base))
	}
}
