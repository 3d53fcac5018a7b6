package personality

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// passwordCommands returns the commands that change, clear, check and hash passwords.
func passwordCommands() []command {
	return []command{
		ofOp(change.ChangePassword, command{usage: "change_password <username> <password>",
			banner: ofUser("Changing password for user %u ...")}, nil),
		ofOp(change.ClearPassword, command{usage: "clear_password <username>",
			banner: ofUser("Clearing password for user %u ...")}, passwordCleared),
		{
			name: "authenticate_user", usage: "authenticate_user <username> <password>", min: 1, max: 2,
			banner: ofUser("Authenticating user %u ..."), run: authenticate,
		},
		{
			name: "hash_password", usage: "hash_password <cleartext_password> [--hashing-algorithm <algorithm>]", max: 1,
			switches: switches{"hashing-algorithm": text}, local: true,
			banner: func(c *call) string {
				if len(c.args) == 0 {
					return "Will hash provided password"
				}
				return "Will hash password " + c.args[0]
			},
			valid: func(c *call) *fault {
				switch algorithm := c.option("hashing-algorithm", "sha256"); {
				case len(c.args) > 0 && c.args[0] == "":
					return c.bad("password cannot be an empty string")
				case !slices.Contains([]string{"sha256", "rabbit_password_hashing_sha256"}, strings.ToLower(algorithm)):
					return c.bad("unsupported hashing algorithm: %s", algorithm)
				}
				return nil
			},
			run: func(ctx context.Context, c *call) (answer, error) {
				password, err := c.secret(ctx, 0, fail.Unavailable)
				switch f := (*fault)(nil); {
				case errors.As(err, &f):
					return answer{}, no(fail.Unavailable, "not_enough_args")
				case err == nil && len(c.args) == 0 && !c.machine() && !c.app.IO.CanPrompt():
					err = c.print("\n") // the tool ends the line of its prompt
				}
				return answer{text: change.Hashed(password)}, err
			},
		},
	}
}

// passwordCleared gives the result of clear_password. It reports a missing user in the form that Elixir prints.
func passwordCleared(_ context.Context, _ *call, _ change.Outcome, err error) (answer, error) {
	if m := change.MissingOf(err); m != nil {
		return answer{}, missingUser(m.Name)
	}
	return answer{}, err
}

// secret returns the password: the argument, a line of stdin, or what a person types.
func (c *call) secret(ctx context.Context, at int, missing fail.Kind) (string, error) {
	if len(c.args) > at {
		return c.args[at], nil
	}
	if c.app.IO.CanPrompt() {
		return c.app.AskSecret(ctx, "Password: ")
	}
	if !c.machine() {
		if err := c.print("Password: "); err != nil {
			return "", err
		}
	}
	line, err := c.app.ReadLine(ctx, "the password")
	switch {
	case ctx.Err() != nil && err != nil:
		return "", err
	case line == "":
		if !c.machine() {
			fmt.Fprintln(c.app.IO.Out)
		}
		return "", no(missing, "Password is not provided via argument or stdin")
	}
	return line, err
}

// authenticate sends a request with the credentials under test.
func authenticate(ctx context.Context, c *call) (answer, error) {
	password, err := c.secret(ctx, 1, fail.Internal)
	if err != nil {
		return answer{}, err
	}
	opens, err := change.Opens(ctx, c.client, c.args[0], password)
	switch {
	case err != nil:
		return answer{}, err
	case !opens:
		return answer{}, no(fail.Data, "Error: failed to authenticate user \"%s\"\nuser '%s' - invalid credentials",
			c.args[0], c.args[0])
	}
	return answer{text: "Success", data: object("message", erlang.Binary("Success"))}, nil
}
