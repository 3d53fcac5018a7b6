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
		Evidence: []string{f.Endpoint + " accepted it"}, Hit: "everyone: anybody who reaches this address can do everything",
		Do: []string{"rabbitmqctl add_user ADMIN; rabbitmqctl set_user_tags ADMIN administrator", "rabbitmqctl delete_user guest"}}
	if f.Loopback {
		// Brokers take guest over the loopback interface only, unless they are told otherwise.
		x.Severity, x.What = health.OK, "the user guest logs in with the password guest, at least from this host"
		x.Hit = "nobody, as long as everyone on this host may do everything, and loopback_users is as delivered"
	}
	return []Finding{x}
}

func unknownTag(f Facts) []Finding {
	// Tags of one's own making are allowed, but only these open the management API; impersonator is for publishers. What
	// looks like none of them was meant.
	known := []string{"administrator", "monitoring", "policymaker", "management", "impersonator"}
	var names []string
	for _, u := range f.Users {
		for _, tag := range u.Tags {
			if near := fail.Nearest(tag, known); near != "" && near != tag {
				names = append(names, u.Name+": "+tag+" (meant "+near+"?)")
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []Finding{{Severity: health.Warning, What: prose.Plural(len(names), "user tag is", "user tags are") + " unknown to the broker, so nothing opens",
		Evidence: names, Hit: "these users: the management API refuses them", Do: []string{"rabbitmqctl set_user_tags USER TAG ...", "the tags are administrator, monitoring, policymaker and management"}}}
}
