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

// ChangePassword gives a user another password. Its tags and permissions stay, and so do its connections.
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

// newPassword gives a user another password, unless somebody else has changed it since the account was read. Of two
// passwords that are set at the same time only one would work, and the person who set the other would not know.
func (a account) newPassword(ctx context.Context, at Site, name, password string) error {
	if !at.Official {
		now, err := accountOf(ctx, at.Broker, name)
		switch {
		case err != nil:
			return err
		case a.Hash != nil && now.Hash != nil && *a.Hash != *now.Hash:
			return fail.New(fail.Differs, "somebody else has just set another password of user %s: nothing was changed", name).
				Next("run the same command again to set yours anyway")
		}
		a = now
	}
	return a.withPassword(password).put(ctx, at.Broker, name)
}

// settled is the time from the first check of a new password to the second one: long enough for somebody who read the
// account before to write it.
const settled = 300 * time.Millisecond

// letsIn checks that the new password opens the account, and that it still does a moment later.
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

// ClearPassword leaves a user without a password, so that none opens the account. Logins by a certificate still work.
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

// Hashed is a password as RabbitMQ keeps it by default: four random bytes, and the SHA-256 of them and the password, in
// base 64.
func Hashed(password string) string {
	salt := make([]byte, 4)
	rand.Read(salt)
	sum := sha256.Sum256(append(slices.Clone(salt), password...))
	return base64.StdEncoding.EncodeToString(append(salt, sum[:]...))
}
