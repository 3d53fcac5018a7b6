package personality

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// userChanges returns the commands that change users and what they may do.
func userChanges() []command {
	return slices.Concat(accountChanges(), passwordCommands(), userLimitChanges(), permissionChanges())
}

// accountChanges returns the commands that add and delete users and set their tags.
func accountChanges() []command {
	return []command{
		ofOp(change.AddUser, command{
			usage:  "add_user <username> [<password>] [<password_hash> --pre-hashed-password]",
			banner: ofUser("Adding user %u ..."),
			valid: func(c *call) *fault {
				if c.args[0] == "" {
					return c.bad("user cannot be an empty string")
				}
				if c.line.on("pre-hashed-password") && len(c.args) > 1 {
					if _, err := base64.StdEncoding.DecodeString(c.args[1]); err != nil {
						return c.bad("Could not Base64 decode provided password hash value")
					}
				}
				return nil
			},
		}, userAdded),
		ofOp(change.DeleteUser, command{usage: "delete_user <username>",
			banner: ofUser("Deleting user %u ...")}, userDeleted),
		ofOp(change.SetUserTags, command{
			usage: "set_user_tags <username> <tag> [...]",
			banner: func(c *call) string {
				return fmt.Sprintf("Setting tags for user \"%s\" to [%s] ...", c.args[0], strings.Join(c.args[1:], ", "))
			},
		}, nil),
	}
}

func userAdded(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	var exists *change.Exists
	switch {
	case errors.As(err, &exists):
		return answer{}, no(fail.Internal, "User \"%s\" already exists", exists.Name)
	case err != nil:
		return answer{}, shared(err)
	}
	const done = "Done. Don't forget to grant the user permissions to some virtual hosts! See 'rabbitmqctl help set_permissions' to learn more."
	return answer{text: done, hush: whenQuiet, data: object("status", erlang.Atom("ok"), "node", erlang.Atom(c.node),
		"message", erlang.Binary(done))}, nil
}

// userDeleted reports a missing user as a failure only before 3.12.
func userDeleted(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	if change.MissingOf(err) != nil && c.since(3, 12) {
		return answer{}, nil
	}
	return answer{}, shared(err)
}

// ofUser returns a banner in which %u is replaced by the user name, the first argument, in quotes.
func ofUser(text string) func(*call) string {
	return func(c *call) string { return strings.ReplaceAll(text, "%u", `"`+c.args[0]+`"`) }
}

// noUser is the failure for a user who does not exist, with exit code 67. quote says whether the command puts the name
// in quotes: the commands differ in this.
func noUser(name string, quote bool) *fault {
	if quote {
		name = `"` + name + `"`
	}
	return no(fail.NoUser, "User %s does not exist", name)
}

// needUser returns an error if the user that the first argument names does not exist.
func (c *call) needUser(ctx context.Context) error {
	if err := addressable(c.args[0]); err != nil {
		return err
	}
	_, err := c.client.User(ctx, c.args[0])
	if broker.IsNotFound(err) {
		return missingUser(c.args[0])
	}
	return err
}
