package change

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// account is a user with all its properties. A change of one must send the others, too, since a PUT replaces all.
type account struct {
	broker.Account
	tags []string
}

// accountOf reads a user. If the API does not report the hash of the password, Hash stays nil.
func accountOf(ctx context.Context, c *broker.Client, name string) (account, error) {
	user, err := c.User(ctx, name)
	switch {
	case broker.IsNotFound(err):
		return account{}, &Missing{What: "user", Name: name, Err: err}
	case err != nil:
		return account{}, err
	}
	a := account{tags: TagsOf(user.At("tags"))}
	a.Algorithm, a.Tags = user.At("hashing_algorithm").Text(), strings.Join(a.tags, ",")
	if hash := user.At("password_hash"); hash.Known() {
		text := hash.Text()
		a.Hash = &text
	}
	return a, nil
}

// TagsOf returns the tags of a user. The API reports them as a list, before 3.9 as one text.
func TagsOf(tags record.Value) []string {
	var list []string
	if json.Unmarshal(tags, &list) == nil {
		return list
	}
	return strings.FieldsFunc(tags.Text(), func(r rune) bool { return r == ',' || r == ' ' })
}

// put sends the account. It refuses an account with neither a hash nor a new password, because the broker would empty
// the password.
func (a account) put(ctx context.Context, c *broker.Client, name string) error {
	if a.Hash == nil && a.Password == nil {
		return fail.New(fail.Unavailable,
			"%s does not report the hash of user %s's password, and without it a change would empty the password",
			c.BaseURL(), name).
			Next("with the broker's own Erlang cookie, this sets only the tags: %s", fail.Command("eval", a.tagging(name)))
	}
	return c.PutUser(ctx, name, a.Account)
}

// tagging is the Erlang call that gives the user the tags of the account, and changes nothing else.
func (a account) tagging(name string) string {
	var tags erlang.List
	for tag := range strings.SplitSeq(a.Tags, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, erlang.Atom(tag))
		}
	}
	return fmt.Sprintf(`rabbit_auth_backend_internal:set_tags(%s, %s, <<"rabbitctl">>).`, erlang.Text(erlang.Binary(name)),
		erlang.Text(tags))
}

// withPassword returns the account with a new password in place of its present one. With an empty password the account
// gets an empty hash, which means that no password opens it: the broker accepts no empty password.
func (a account) withPassword(password string) account {
	a.Algorithm, a.Hash, a.Password = "", nil, &password
	if password == "" {
		a.Hash, a.Password = &password, nil
	}
	return a
}

// sameTags tells whether two lists have the same tags. Order and repetitions do not count.
func sameTags(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

func administers(tags []string) bool { return slices.Contains(tags, "administrator") }

// lockOuts returns the dangers if a user is deleted or loses the tag administrator: this command logs in as the user,
// or no other administrator remains once the change is made for all names in at.Together. The argument how is the end
// of the sentence about the last administrators.
func lockOuts(ctx context.Context, at Site, name, how string) ([]string, error) {
	var dangers []string
	if at.Broker.Username() == name {
		dangers = append(dangers, "user "+name+" is the one that this command logs in as")
	}
	type user struct {
		name string
		tags []string
	}
	reader := record.NewReader(func(b *record.Binder, u *user) {
		b.Text("name", &u.name)
		b.Value("tags", func(v record.Value) { u.tags = TagsOf(v) })
	})
	var going []string
	for u, err := range reader.All(at.Broker.Users(ctx, reader.Columns())) {
		switch {
		case err != nil:
			return nil, err
		case !administers(u.tags):
		case u.name != name && !slices.Contains(at.Together, u.name):
			return dangers, nil
		default:
			going = append(going, u.name)
		}
	}
	slices.Sort(going)
	switch {
	case !slices.Contains(going, name): // its tags come from another auth backend
	case len(going) == 1:
		dangers = append(dangers, "user "+name+" is the last administrator in the broker's own database, and "+how)
	case name == going[0]: // said once for all of them
		dangers = append(dangers, "users "+strings.Join(going, ", ")+
			" are the last administrators in the broker's own database, and "+how)
	}
	return dangers, nil
}

// Opens tells whether a password opens a user's account. If the password is right, but the user has no tag for the API,
// the broker refuses with another text than for a wrong password. Any other refusal is an error, for example that the
// user may log in only via localhost.
func Opens(ctx context.Context, c *broker.Client, name, password string) (bool, error) {
	_, err := c.As(name, password).Whoami(ctx)
	reason := strings.ToLower(broker.ReasonOf(err))
	switch {
	case err == nil, strings.Contains(reason, "not management user"):
		return true, nil
	case broker.Status(err) == 401 && !strings.Contains(reason, "via localhost"):
		return false, nil
	}
	return false, err
}
