package survey

import (
	"cmp"
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Sight says how many virtual hosts a user may look into. Listings silently leave out the other virtual hosts.
type Sight struct {
	// Seen counts the virtual hosts whose contents are listed; All counts those that the user may list.
	Seen, All int
}

func (s Sight) String() string { return fmt.Sprintf("%d of %d virtual hosts", s.Seen, s.All) }

// See finds out which virtual hosts the user may look into: it checks one, or all if vhost is "". Each virtual host has
// exchanges, so the user has no access to a virtual host whose exchanges are not listed. A user without any access gets
// an error, since all listings would be empty.
func See(ctx context.Context, c *broker.Client, vhost string) (Sight, error) {
	var s Sight
	var err error
	if vhost == "" {
		s.All, s.Seen, err = VHosts(ctx, c, nil)
	} else {
		s.All = 1
		for _, err = range c.Exchanges(ctx, vhost, []record.Column{{Name: "vhost"}}) {
			if err != nil {
				break
			}
			s.Seen = 1
		}
	}
	if err != nil {
		return s, err
	}
	if s.Seen == 0 {
		where := "any virtual host"
		if vhost != "" {
			where = "virtual host " + vhost
		}
		return s, fail.New(fail.Denied, "user %s has no access to %s of %s, so nothing can be seen", c.Username(), where,
			c.BaseURL()).
			Do(fail.GiveSight, cmp.Or(vhost, "VHOST"), c.Username())
	}
	return s, nil
}
