package diagnose

import (
	"cmp"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Accounts holds all users of a broker with their permissions, and the names in its virtual hosts.
type Accounts struct {
	Users  []User
	Grants []Grant
	// Names holds the names of the queues and exchanges of each virtual host.
	Names map[string][]string
}

// IdleUser is a user without any permission. The field What says what it cannot do.
type IdleUser struct {
	User string
	Tags []string
	What string
}

// IdleGrant is a permission whose pattern matches no existing queue or exchange.
type IdleGrant struct {
	Grant
	// Permission is configure, write or read.
	Permission, Pattern string
}

// IdleUsers returns the users without any permission, sorted by name.
func (a Accounts) IdleUsers() []IdleUser {
	var idle []IdleUser
	for _, u := range a.Users {
		if slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.User == u.Name }) {
			continue
		}
		what := "no permission: no client can use it, and the HTTP API shows it no queues"
		if !(Access{Tags: u.Tags}).tag("management") {
			what = "no permission, and no tag for the HTTP API: it can do nothing"
		}
		idle = append(idle, IdleUser{u.Name, u.Tags, what})
	}
	slices.SortFunc(idle, func(a, b IdleUser) int { return cmp.Compare(a.User, b.User) })
	return idle
}

// IdleGrants returns the permissions whose pattern matches no existing queue or exchange. untold holds permissions
// whose pattern only the broker can match. An empty pattern, ^$ and $^ match nothing on purpose, and are not returned.
// The default exchange counts as existing, under the name amq.default.
func (a Accounts) IdleGrants() (idle, untold []IdleGrant) {
	for _, g := range a.Grants {
		if len(a.Names[g.VHost]) == 0 {
			continue // no names were read: each virtual host has at least exchanges
		}
		for _, permission := range []string{"configure", "write", "read"} {
			pattern := g.pattern(permission)
			if pattern == "" || pattern == "^$" || pattern == "$^" {
				continue
			}
			one := IdleGrant{g, permission, pattern}
			matches, err := topology.Policy{Pattern: pattern}.Matcher()
			switch {
			case err != nil:
				untold = append(untold, one)
			case !matches("amq.default") && !slices.ContainsFunc(a.Names[g.VHost], matches):
				idle = append(idle, one)
			}
		}
	}
	return idle, untold
}
