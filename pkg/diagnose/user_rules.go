package diagnose

import (
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

func userRules() []Rule {
	return []Rule{
		{Name: "default-user", Needs: []Part{OfDefaultUser}, Judge: defaultUser},
		{Name: "unknown-user-tag", Needs: []Part{OfUsers}, Judge: unknownTag},
	}
}

func defaultUser(f Facts) []Finding {
	if !f.DefaultUser {
		return nil
	}
	x := Finding{Severity: health.Critical, What: "the user guest logs in with the password guest, over the network",
		Evidence: []string{f.Endpoint + " accepted it"}, Hit: "everyone: anybody who reaches this address can do all that guest may do",
		Do: []string{"rabbitctl add_user ADMIN --tags administrator", "rabbitctl delete_user guest -u ADMIN"}}
	if f.Loopback {
		// By default, brokers accept guest over the loopback interface only.
		x.Severity, x.What = health.OK, "the user guest logs in with the password guest, at least from this host"
		x.Hit = "nothing, as long as everyone on this host may administer the broker, and loopback_users has its default"
	}
	return []Finding{x}
}

func unknownTag(f Facts) []Finding {
	// Any word is allowed as a tag, but only these tags open the management API; impersonator is for publishers. A tag
	// with a similar spelling is probably a mistake.
	known := []string{"administrator", "monitoring", "policymaker", "management", "impersonator"}
	var names []string
	for _, u := range f.Users {
		for _, tag := range u.Tags {
			if near := fail.Nearest(tag, known); near != "" && near != tag {
				names = append(names, u.Name+": "+tag+" (should it be "+near+"?)")
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []Finding{{Severity: health.Warning, What: prose.Plural(len(names), "user tag is", "user tags are") +
		" unknown to the broker and without effect",
		Evidence: names, Hit: "these users: the management API refuses them",
		Do: []string{"as an administrator: rabbitctl set_user_tags USER TAG ...",
			"the tags are administrator, monitoring, policymaker and management"}}}
}
