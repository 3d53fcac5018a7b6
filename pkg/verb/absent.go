package verb

import (
	"context"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// nearBudget bounds the search for a name like the one that is not there.
const nearBudget = 3 * time.Second

// Absent says of a 404 that the thing is not there, or that its virtual host is not, and names the nearest that is
// there. Any other error it returns as it is. vhost is "" for a thing that belongs to none; of is what lists them all.
func Absent(ctx context.Context, c *broker.Client, err error, what, vhost, name string, of Arg) error {
	if !broker.IsNotFound(err) {
		return err
	}
	place := ""
	if vhost != "" {
		if !c.Opens(ctx, vhost) {
			// Since 4.3 a user without access gets the same answer.
			return fail.New(fail.NotFound, "virtual host %s does not exist on %s, or user %s has no access to it", vhost, c.BaseURL(), c.Username()).
				Next("rabbitctl list_vhosts shows those that do")
		}
		place = " in virtual host " + vhost
	}
	near := ""
	if of.Complete != nil {
		ctx, cancel := context.WithTimeout(ctx, nearBudget)
		defer cancel()
		if names, err := of.Complete(ctx, c, vhost); err == nil {
			near = fail.DidYouMean(name, names)
		}
	}
	e := fail.New(fail.NotFound, "%s %s does not exist%s on %s%s", what, name, place, c.BaseURL(), near).
		Next("rabbitctl list_%ss shows those that do", strings.Replace(what, "virtual host", "vhost", 1))
	e.Err = err
	return e
}
