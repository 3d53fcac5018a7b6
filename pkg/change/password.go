package change

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// ChangePassword gives a user another password. The tags and permissions of the user stay, and open connections stay
// open.
func ChangePassword() Op {
	var name, password string
	return Op{
		Name: "change_password", Noun: "user",
		Params: []Param{Arg("username", &name, UserNames), SecretArg(&password)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			a, err := accountOf(ctx, at.Broker, name)
			if err != nil {
				return nil, err
			}
			plan := Once("change the password of user "+name, "changed", func(ctx context.Context) error {
				return a.newPassword(ctx, at, name, password)
			}).Seen(func(ctx context.Context, o Outcome) (Outcome, error) { return letsIn(ctx, at, name, password, o) })
			if at.Broker.Username() == name {
				plan.Dangers = []string{"user " + name + " is the one that this command logs in as"}
			}
			return plan, nil
		},
	}
}

// newPassword gives a user another password. Unlike the official tools, rabbitctl refuses to change it if somebody else
// has changed the password since the account was read: if two people set a password at the same time, only one of the
// passwords works, and the other person would not know.
func (a account) newPassword(ctx context.Context, at Site, name, password string) error {
	if !at.Official {
		now, err := accountOf(ctx, at.Broker, name)
		switch {
		case err != nil:
			return err
		case a.Hash != nil && now.Hash != nil && *a.Hash != *now.Hash:
			return fail.New(fail.Differs, "somebody else has just changed the password of user %s: this command changed nothing", name).
				Next("run the same command again to set yours anyway")
		}
		a = now
	}
	return a.withPassword(password).put(ctx, at.Broker, name)
}

// settled is the pause between two checks of a new password. Somebody else may have read the account before the change,
// and their write would undo it: the pause gives that write the time to arrive.
const settled = 300 * time.Millisecond

// letsIn checks that the user can log in with the new password, and that this still works a moment later.
func letsIn(ctx context.Context, at Site, name, password string, o Outcome) (Outcome, error) {
	o, err := opensNow(ctx, at, name, password, o)
	if err == nil {
		if err = at.Sleep(ctx, settled); err == nil {
			return opensNow(ctx, at, name, password, o)
		}
		err = fail.New(fail.KindOf(err), "the password of user %s was changed, but the second check of the login was interrupted: %w", name, err)
	}
	return o, err
}

func opensNow(ctx context.Context, at Site, name, password string, o Outcome) (Outcome, error) {
	switch opens, err := Opens(ctx, at.Broker, name, password); {
	case err != nil:
		return o, fail.New(fail.Incomplete, "the password of user %s was changed, but it is not known whether a login with "+
			"it works: %w", name, err)
	case !opens:
		return o, fail.New(fail.Incomplete, "the broker accepted the password of user %s, but refuses a login with it", name).
			Next("did somebody else set another one in the meantime, or does another auth backend decide?")
	}
	return o, nil
}

// ClearPassword removes the password of a user, so that no password works for the user. Logins by certificate still
// work.
func ClearPassword() Op {
	var name string
	return Op{
		Name: "clear_password", Noun: "user", Loses: true,
		Params: []Param{Arg("username", &name, UserNames)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			a, err := accountOf(ctx, at.Broker, name)
			if err != nil {
				return nil, err
			}
			cleared := a.Hash != nil && *a.Hash == ""
			plan := Once("clear the password of user "+name+", so that none opens the account", "cleared",
				func(ctx context.Context) error {
					return a.withPassword("").put(ctx, at.Broker, name)
				})
			if cleared {
				return plan.Already("unchanged"), nil
			}
			if at.Broker.Username() == name {
				plan.Dangers = []string{"user " + name + " is the one that this command logs in as"}
			}
			return plan, nil
		},
	}
}

// Hashed returns a password in the form in which RabbitMQ keeps it by default, in base64: a random salt of four bytes,
// and the SHA-256 hash of the salt and the password.
func Hashed(password string) string {
	salt := make([]byte, 4)
	rand.Read(salt)
	sum := sha256.Sum256(append(slices.Clone(salt), password...))
	return base64.StdEncoding.EncodeToString(append(salt, sum[:]...))
}
