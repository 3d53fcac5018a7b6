package personality

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// permissionChanges returns the commands that set or clear what users may do in virtual hosts.
func permissionChanges() []command {
	return []command{
		ofOp(change.SetPermissions, command{
			usage:  "set_permissions [--vhost <vhost>] <username> <conf> <write> <read>",
			banner: inVHost("Setting permissions for user %u in vhost %v ..."),
		}, permissionsSet),
		ofOp(change.SetPermissionsGlobally, command{
			usage:  "set_permissions_globally <username> <conf> <write> <read>",
			banner: ofUser("Setting permissions for user %u in all virtual hosts ..."),
		}, permissionsSet),
		ofOp(change.ClearPermissions, command{
			usage:  "clear_permissions [--vhost <vhost>] <username>",
			banner: inVHost("Clearing permissions for user %u in vhost %v ..."),
		}, permissionsCleared),
		ofOp(change.SetTopicPermissions, command{
			usage: "set_topic_permissions [--vhost <vhost>] <username> <exchange> <write> <read>",
			banner: func(c *call) string {
				return fmt.Sprintf("Setting topic permissions on \"%s\" for user \"%s\" in vhost \"%s\" ...", c.args[1], c.args[0],
					c.vhost())
			},
		}, permissionsSet),
		ofOp(change.ClearTopicPermissions, command{
			usage: "clear_topic_permissions [--vhost <vhost>] <username> [<exchange>]",
			banner: func(c *call) string {
				on := ""
				if len(c.args) > 1 {
					on = "on \"" + c.args[1] + "\" "
				}
				return "Clearing topic permissions " + on + "for user \"" + c.args[0] + "\" in vhost \"" + c.vhost() + "\" ..."
			},
		}, permissionsCleared),
	}
}

// inVHost returns the function for a banner in which %u stands for the user in the first argument and %v for the
// virtual host.
func inVHost(text string) func(*call) string {
	return func(c *call) string {
		return strings.NewReplacer("%u", `"`+c.args[0]+`"`, "%v", `"`+c.vhost()+`"`).Replace(text)
	}
}

// needBoth returns an error if the user or the virtual host does not exist, in the words of the commands about
// permissions.
func (c *call) needBoth(ctx context.Context) error {
	if err := addressable(c.args[0], c.vhost()); err != nil {
		return err
	}
	if err := c.needUser(ctx); err != nil {
		if f := (*fault)(nil); errors.As(err, &f) {
			return noUser(c.args[0], false)
		}
		return err
	}
	_, err := c.client.VHost(ctx, c.vhost())
	if broker.IsNotFound(err) {
		return no(fail.Unavailable, "Virtual host %s does not exist", c.vhost())
	}
	return err
}

// permissionsSet gives the result of a change of permissions. It reports a missing user or virtual host in the words of
// the commands about permissions.
func permissionsSet(_ context.Context, _ *call, _ change.Outcome, err error) (answer, error) {
	m := change.MissingOf(err)
	switch {
	case m != nil && m.What == "user":
		return answer{}, noUser(m.Name, false)
	case m != nil:
		return answer{}, no(fail.Unavailable, "Virtual host %s does not exist", m.Name)
	}
	return answer{}, err
}

// permissionsCleared does not report missing permissions as a failure.
func permissionsCleared(ctx context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	if m := change.MissingOf(err); m != nil {
		return answer{}, c.cleared(ctx, m.Err)
	}
	return answer{}, err
}

// cleared judges the answer to a request that clears permissions. Missing permissions are no error. A missing user or
// virtual host is an error before 3.13.
func (c *call) cleared(ctx context.Context, err error) error {
	if !broker.IsNotFound(err) {
		return err
	}
	if c.since(3, 13) {
		return nil
	}
	return c.needBoth(ctx)
}
