package personality

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// userChanges are the commands that change users and what they may do.
func userChanges() []command {
	const (
		addUsage  = "add_user <username> [<password>] [<password_hash> --pre-hashed-password]"
		hashUsage = "hash_password <cleartext_password> [--hashing-algorithm <algorithm>]"
	)
	ofUser := func(text string) func(*call) string {
		return func(c *call) string { return strings.ReplaceAll(text, "%u", `"`+c.args[0]+`"`) }
	}
	inVHost := func(text string) func(*call) string {
		return func(c *call) string {
			return strings.NewReplacer("%u", `"`+c.args[0]+`"`, "%v", `"`+c.vhost()+`"`).Replace(text)
		}
	}
	return []command{
		{
			name: "add_user", usage: addUsage, min: 1, max: 2, switches: switches{"pre-hashed-password": truth},
			banner: ofUser("Adding user %u ..."), run: addUser,
			valid: func(c *call) *fault {
				if c.args[0] == "" {
					return c.bad(addUsage, "user cannot be an empty string")
				}
				if c.line.on("pre-hashed-password") && len(c.args) > 1 {
					if _, err := base64.StdEncoding.DecodeString(c.args[1]); err != nil {
						return c.bad(addUsage, "Could not Base64 decode provided password hash value")
					}
				}
				return nil
			},
		},
		{name: "delete_user", usage: "delete_user <username>", min: 1, max: 1, banner: ofUser("Deleting user %u ..."), run: deleteUser},
		{
			name: "change_password", usage: "change_password <username> <password>", min: 1, max: 2,
			banner: ofUser("Changing password for user %u ..."), run: changePassword,
		},
		{
			name: "clear_password", usage: "clear_password <username>", min: 1, max: 1, banner: ofUser("Clearing password for user %u ..."),
			run: func(ctx context.Context, c *call) (answer, error) {
				return answer{}, c.replaceUser(ctx, missingUser(c.args[0]), func(a *broker.Account) { a.Hash, a.Algorithm = new(string), "" })
			},
		},
		{
			name: "authenticate_user", usage: "authenticate_user <username> <password>", min: 1, max: 2,
			banner: ofUser("Authenticating user %u ..."), run: authenticate,
		},
		{
			name: "set_user_tags", usage: "set_user_tags <username> <tag> [...]", min: 1, max: -1,
			banner: func(c *call) string {
				return fmt.Sprintf("Setting tags for user \"%s\" to [%s] ...", c.args[0], strings.Join(c.args[1:], ", "))
			},
			run: func(ctx context.Context, c *call) (answer, error) {
				return answer{}, c.replaceUser(ctx, noUser(c.args[0], true), func(a *broker.Account) { a.Tags = strings.Join(c.args[1:], ",") })
			},
		},
		{
			name: "set_user_limits", usage: "set_user_limits <username> <definition>", min: 2, max: 2, run: setUserLimits,
			banner: func(c *call) string {
				return fmt.Sprintf("Setting user limits to \"%s\" for user \"%s\" ...", c.args[1], c.args[0])
			},
		},
		{
			name: "clear_user_limits", usage: "clear_user_limits <username> <limit_type> | all", min: 2, max: 2, run: clearUserLimits,
			banner: func(c *call) string {
				if c.args[1] == "all" {
					return "Clearing all limits for user \"" + c.args[0] + "\" ..."
				}
				return "Clearing \"" + c.args[1] + "\" limit for user \"" + c.args[0] + "\" ..."
			},
		},
		{
			name: "set_permissions", usage: "set_permissions [--vhost <vhost>] <username> <conf> <write> <read>", min: 4, max: 4,
			banner: inVHost("Setting permissions for user %u in vhost %v ..."), run: setPermissions,
		},
		{
			name: "set_permissions_globally", usage: "set_permissions_globally <username> <conf> <write> <read>", min: 4, max: 4,
			banner: ofUser("Setting permissions for user %u in all virtual hosts ..."), run: setPermissionsGlobally,
		},
		{
			name: "clear_permissions", usage: "clear_permissions [--vhost <vhost>] <username>", min: 1, max: 1,
			banner: inVHost("Clearing permissions for user %u in vhost %v ..."),
			run: func(ctx context.Context, c *call) (answer, error) {
				if err := addressable(c.vhost(), c.args[0]); err != nil {
					return answer{}, err
				}
				return answer{}, c.cleared(ctx, c.client.ClearPermissions(ctx, c.vhost(), c.args[0]))
			},
		},
		{
			name: "set_topic_permissions", usage: "set_topic_permissions [--vhost <vhost>] <username> <exchange> <write> <read>", min: 4, max: 4,
			run: setTopicPermissions,
			banner: func(c *call) string {
				return fmt.Sprintf("Setting topic permissions on \"%s\" for user \"%s\" in vhost \"%s\" ...", c.args[1], c.args[0], c.vhost())
			},
		},
		{
			name: "clear_topic_permissions", usage: "clear_topic_permissions [--vhost <vhost>] <username> [<exchange>]", min: 1, max: 2,
			run: func(ctx context.Context, c *call) (answer, error) {
				if err := addressable(c.vhost(), c.args[0]); err != nil {
					return answer{}, err
				}
				exchange := ""
				if len(c.args) > 1 {
					exchange = c.args[1]
				}
				return answer{}, c.cleared(ctx, c.client.ClearTopicPermissions(ctx, c.vhost(), c.args[0], exchange))
			},
			banner: func(c *call) string {
				on := ""
				if len(c.args) > 1 {
					on = "on \"" + c.args[1] + "\" "
				}
				return "Clearing topic permissions " + on + "for user \"" + c.args[0] + "\" in vhost \"" + c.vhost() + "\" ..."
			},
		},
		{
			name: "hash_password", usage: hashUsage, min: 1, max: 1, switches: switches{"hashing-algorithm": text},
			banner: func(c *call) string { return "Will hash password " + c.args[0] },
			valid: func(c *call) *fault {
				switch algorithm := c.option("hashing-algorithm", "sha256"); {
				case c.args[0] == "":
					return c.bad(hashUsage, "password cannot be an empty string")
				case !slices.Contains([]string{"sha256", "rabbit_password_hashing_sha256"}, strings.ToLower(algorithm)):
					return c.bad(hashUsage, "unsupported hashing algorithm: %s", algorithm)
				}
				return nil
			},
			run: func(_ context.Context, c *call) (answer, error) { return answer{text: hashed(c.args[0])}, nil },
		},
	}
}

// hashed is a password as RabbitMQ keeps it by default: four random bytes, and the SHA-256 of them and the password, in base 64.
func hashed(password string) string {
	salt := make([]byte, 4)
	rand.Read(salt)
	sum := sha256.Sum256(append(slices.Clone(salt), password...))
	return base64.StdEncoding.EncodeToString(append(salt, sum[:]...))
}

// noUser says that there is no such user; the commands differ in whether they quote it. The exit code is 67.
func noUser(name string, quote bool) *fault {
	if quote {
		name = `"` + name + `"`
	}
	return no(fail.NoUser, "User %s does not exist", name)
}

// secret is the password: the argument, or a line of the standard input, or what a person types.
func (c *call) secret(ctx context.Context, at int, missing fail.Kind) (string, error) {
	if len(c.args) > at {
		return c.args[at], nil
	}
	if c.app.IO.CanPrompt() {
		return c.app.IO.ReadSecret(ctx, "Password: ")
	}
	if !c.machine() {
		if err := c.print("Password: "); err != nil {
			return "", err
		}
	}
	line, err := bufio.NewReader(c.app.IO.In).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		if !c.machine() {
			fmt.Fprintln(c.app.IO.Out)
		}
		return "", no(missing, "Password is not provided via argument or stdin")
	}
	return line, ignoreEOF(err)
}

func ignoreEOF(err error) error {
	if err != nil && err.Error() == "EOF" {
		return nil
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
	return answer{text: done, hush: whenQuiet, data: object("status", atom("ok"), "node", atom(c.node), "message", binary(done))}, nil
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

// replaceUser changes something of a user and sends the rest back as it was. missing is the end when there is no such user.
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
		return fail.New(fail.Unavailable, "%s does not tell the hash of user %s's password, and without it a change would empty the password", c.client.BaseURL(), c.args[0]).
			Next("run %s on the broker's own machine", c.tool)
	}
	return c.client.PutUser(ctx, c.args[0], account)
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

// authenticate asks with the credentials under test. A user without a tag for the API is refused with words of its own, by which it is
// known that the password was right.
func authenticate(ctx context.Context, c *call) (answer, error) {
	password, err := c.secret(ctx, 1, fail.Internal)
	if err != nil {
		return answer{}, err
	}
	_, err = c.client.As(c.args[0], password).Whoami(ctx)
	reason := strings.ToLower(broker.ReasonOf(err))
	switch {
	case err == nil, strings.Contains(reason, "not management user"):
		return answer{text: "Success", data: object("message", binary("Success"))}, nil
	case broker.Status(err) == 401 && !strings.Contains(reason, "via localhost"):
		return answer{}, no(fail.Data, "Error: failed to authenticate user \"%s\"\nuser '%s' - invalid credentials", c.args[0], c.args[0])
	}
	return answer{}, err
}

func setUserLimits(ctx context.Context, c *call) (answer, error) {
	var limits map[string]any
	if f := c.parsed(c.args[1], &limits); f != nil {
		return answer{}, f
	}
	for name, value := range limits {
		_, number := value.(json.Number)
		switch {
		case name != "max-connections" && name != "max-channels":
			return answer{}, no(fail.Unavailable, "Unrecognised terms [{<<%s>>,%v}] in user-limits", quoted(name), value)
		case !number:
			return answer{}, no(fail.Unavailable, "%s should be a number, actually was <<%v>>", name, quoted(fmt.Sprint(value)))
		}
	}
	if err := c.needUser(ctx); err != nil {
		return answer{}, err
	}
	for name, value := range limits {
		if err := c.client.SetUserLimit(ctx, c.args[0], name, value); err != nil {
			return answer{}, err
		}
	}
	return answer{}, nil
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

func clearUserLimits(ctx context.Context, c *call) (answer, error) {
	if err := c.needUser(ctx); err != nil {
		return answer{}, err
	}
	names := []string{c.args[1]}
	switch c.args[1] {
	case "all":
		names = []string{"max-connections", "max-channels"}
	case "max-connections", "max-channels":
	default:
		return answer{}, nil // the official tool takes any word
	}
	for _, name := range names {
		if err := c.client.ClearUserLimit(ctx, c.args[0], name); err != nil && !broker.IsNotFound(err) {
			return answer{}, err
		}
	}
	return answer{}, nil
}

// needBoth is an error when the user or the virtual host is not there, in the words of the commands about permissions.
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

func setPermissions(ctx context.Context, c *call) (answer, error) {
	if err := c.needBoth(ctx); err != nil {
		return answer{}, err
	}
	return answer{}, c.client.SetPermissions(ctx, c.vhost(), c.args[0], broker.Permission{Configure: c.args[1], Write: c.args[2], Read: c.args[3]})
}

func setPermissionsGlobally(ctx context.Context, c *call) (answer, error) {
	if err := c.needUser(ctx); err != nil {
		if f := (*fault)(nil); errors.As(err, &f) {
			return answer{}, noUser(c.args[0], false)
		}
		return answer{}, err
	}
	var names []string
	for row, err := range c.client.VHosts(ctx, []record.Column{{Name: "name"}}) {
		if err != nil {
			return answer{}, err
		}
		names = append(names, row[0].Text())
	}
	for i, name := range names {
		err := c.client.SetPermissions(ctx, name, c.args[0], broker.Permission{Configure: c.args[1], Write: c.args[2], Read: c.args[3]})
		if err != nil {
			return answer{}, fmt.Errorf("after %d of %d virtual hosts: %w", i, len(names), err)
		}
	}
	return answer{}, nil
}

func setTopicPermissions(ctx context.Context, c *call) (answer, error) {
	if err := c.needBoth(ctx); err != nil {
		return answer{}, err
	}
	return answer{}, c.client.SetTopicPermissions(ctx, c.vhost(), c.args[0], broker.TopicPermission{Exchange: c.args[1], Write: c.args[2], Read: c.args[3]})
}

// cleared reads the answer to taking permissions away. That there were none is no error; that the user or the virtual host is not
// there was one before 3.13.
func (c *call) cleared(ctx context.Context, err error) error {
	if !broker.IsNotFound(err) {
		return err
	}
	if c.since(3, 13) {
		return nil
	}
	return c.needBoth(ctx)
}

// parsed reads a JSON document of the command line.
func (c *call) parsed(text string, into any) *fault {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil || d.More() {
		return no(fail.Unavailable, "Could not parse JSON document: %s", text)
	}
	return nil
}
