package personality

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// passwordCommands change, check and hash passwords.
func passwordCommands() []command {
	return []command{
		{
			name: "change_password", usage: "change_password <username> <password>", min: 1, max: 2,
			banner: ofUser("Changing password for user %u ..."), run: changePassword,
		},
		{
			name: "clear_password", usage: "clear_password <username>", min: 1, max: 1,
			banner: ofUser("Clearing password for user %u ..."),
			run: func(ctx context.Context, c *call) (answer, error) {
				return answer{}, c.replaceUser(ctx, missingUser(c.args[0]), func(a *broker.Account) {
					a.Hash, a.Algorithm = new(string), ""
				})
			},
		},
		{
			name: "authenticate_user", usage: "authenticate_user <username> <password>", min: 1, max: 2,
			banner: ofUser("Authenticating user %u ..."), run: authenticate,
		},
		{
			name: "hash_password", usage: "hash_password <cleartext_password> [--hashing-algorithm <algorithm>]", min: 1, max: 1,
			switches: switches{"hashing-algorithm": text},
			banner:   func(c *call) string { return "Will hash password " + c.args[0] },
			valid: func(c *call) *fault {
				switch algorithm := c.option("hashing-algorithm", "sha256"); {
				case c.args[0] == "":
					return c.bad("password cannot be an empty string")
				case !slices.Contains([]string{"sha256", "rabbit_password_hashing_sha256"}, strings.ToLower(algorithm)):
					return c.bad("unsupported hashing algorithm: %s", algorithm)
				}
				return nil
			},
			run: func(_ context.Context, c *call) (answer, error) { return answer{text: hashed(c.args[0])}, nil },
		},
	}
}

// hashed is a password as RabbitMQ keeps it by default: four random bytes, and the SHA-256 of them and the password, in
// base 64.
func hashed(password string) string {
	salt := make([]byte, 4)
	rand.Read(salt)
	sum := sha256.Sum256(append(slices.Clone(salt), password...))
	return base64.StdEncoding.EncodeToString(append(salt, sum[:]...))
}

// secret is the password: the argument, or a line of the standard input, or what a person types.
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

func changePassword(ctx context.Context, c *call) (answer, error) {
	password, err := c.secret(ctx, 1, fail.Internal)
	if err != nil {
		return answer{}, err
	}
	return answer{}, c.replaceUser(ctx, noUser(c.args[0], true), func(a *broker.Account) {
		a.Algorithm = ""
		if a.Hash, a.Password = nil, &password; password == "" {
			a.Hash, a.Password = &password, nil
		}
	})
}

// authenticate asks with the credentials under test. A user without a tag for the API is refused with words of its own,
// by which it is known that the password was right.
func authenticate(ctx context.Context, c *call) (answer, error) {
	password, err := c.secret(ctx, 1, fail.Internal)
	if err != nil {
		return answer{}, err
	}
	_, err = c.client.As(c.args[0], password).Whoami(ctx)
	reason := strings.ToLower(broker.ReasonOf(err))
	switch {
	case err == nil, strings.Contains(reason, "not management user"):
		return answer{text: "Success", data: object("message", erlang.Binary("Success"))}, nil
	case broker.Status(err) == 401 && !strings.Contains(reason, "via localhost"):
		return answer{}, no(fail.Data, "Error: failed to authenticate user \"%s\"\nuser '%s' - invalid credentials",
			c.args[0], c.args[0])
	}
	return answer{}, err
}
