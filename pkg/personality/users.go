package personality

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// userChanges are the commands that change users and what they may do.
func userChanges() []command {
	return slices.Concat(accountChanges(), passwordCommands(), userLimitChanges(), permissionChanges())
}

// accountChanges make users, take them away and give them tags.
func accountChanges() []command {
	return []command{
		{
			name: "add_user", usage: "add_user <username> [<password>] [<password_hash> --pre-hashed-password]", min: 1, max: 2,
			switches: switches{"pre-hashed-password": truth},
			banner:   ofUser("Adding user %u ..."), run: addUser,
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
		},
		{name: "delete_user", usage: "delete_user <username>", min: 1, max: 1, banner: ofUser("Deleting user %u ..."),
			run: deleteUser},
		{
			name: "set_user_tags", usage: "set_user_tags <username> <tag> [...]", min: 1, max: -1,
			banner: func(c *call) string {
				return fmt.Sprintf("Setting tags for user \"%s\" to [%s] ...", c.args[0], strings.Join(c.args[1:], ", "))
			},
			run: func(ctx context.Context, c *call) (answer, error) {
				return answer{}, c.replaceUser(ctx, noUser(c.args[0], true), func(a *broker.Account) {
					a.Tags = strings.Join(c.args[1:], ",")
				})
			},
		},
	}
}

// ofUser is a banner in which %u stands for the user of the first argument.
func ofUser(text string) func(*call) string {
	return func(c *call) string { return strings.ReplaceAll(text, "%u", `"`+c.args[0]+`"`) }
}

// noUser says that there is no such user; the commands differ in whether they quote it. The exit code is 67.
func noUser(name string, quote bool) *fault {
	if quote {
		name = `"` + name + `"`
	}
	return no(fail.NoUser, "User %s does not exist", name)
}

// needUser is an error when the user of the first argument is not there.
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

func addUser(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.args[0]); err != nil {
		return answer{}, err
	}
	// A PUT would replace the password and the tags of a user that is there.
	switch _, err := c.client.User(ctx, c.args[0]); {
	case err == nil:
		return answer{}, no(fail.Internal, "User \"%s\" already exists", c.args[0])
	case !broker.IsNotFound(err):
		return answer{}, err
	}
	password, err := c.secret(ctx, 1, fail.Data)
	if err != nil {
		return answer{}, err
	}
	account := broker.Account{Password: &password}
	if password == "" || c.line.on("pre-hashed-password") {
		account = broker.Account{Hash: &password}
	}
	if err := c.client.PutUser(ctx, c.args[0], account); err != nil {
		return answer{}, err
	}
	const done = "Done. Don't forget to grant the user permissions to some virtual hosts! See 'rabbitmqctl help set_permissions' to learn more."
	return answer{text: done, hush: whenQuiet, data: object("status", erlang.Atom("ok"), "node", erlang.Atom(c.node),
		"message", erlang.Binary(done))}, nil
}

func deleteUser(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.args[0]); err != nil {
		return answer{}, err
	}
	err := c.client.DeleteUser(ctx, c.args[0])
	switch {
	case broker.IsNotFound(err) && c.since(3, 12):
		return answer{}, nil
	case broker.IsNotFound(err):
		return answer{}, noUser(c.args[0], true)
	}
	return answer{}, err
}

// replaceUser changes something of a user and sends the rest back as it was. missing is the end when there is no such
// user.
func (c *call) replaceUser(ctx context.Context, missing *fault, change func(*broker.Account)) error {
	if err := addressable(c.args[0]); err != nil {
		return err
	}
	user, err := c.client.User(ctx, c.args[0])
	switch {
	case broker.IsNotFound(err):
		return missing
	case err != nil:
		return err
	}
	account := broker.Account{Algorithm: user.At("hashing_algorithm").Text()}
	if hash := user.At("password_hash"); hash.Known() {
		text := hash.Text()
		account.Hash = &text
	}
	if account.Tags = user.At("tags").Text(); strings.HasPrefix(account.Tags, "[") { // one text, before 3.9
		account.Tags = strings.Join(textsOf(user.At("tags")), ",")
	}
	change(&account)
	if account.Hash == nil && account.Password == nil {
		return fail.New(fail.Unavailable,
			"%s does not tell the hash of user %s's password, and without it a change would empty the password",
			c.client.BaseURL(), c.args[0]).
			Next("run %s on the broker's own machine", c.tool)
	}
	return c.client.PutUser(ctx, c.args[0], account)
}
