package change

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// userTags returns the tags that have a meaning in RabbitMQ: impersonator for the property user-id of messages, and the
// others for the management plugin. A user can have other tags.
func userTags() []string {
	return []string{"administrator", "monitoring", "policymaker", "management", "impersonator"}
}

// AddUser creates a user, and never changes an existing one.
func AddUser() Op {
	var name, password, tags string
	var hashed bool
	return Op{
		Name: "add_user", Noun: "user", Compares: true,
		Params: []Param{Arg("username", &name, nil), SecretArg(&password),
			Flag("tags", "its tags, separated by commas", &tags).Own(),
			Switch("pre-hashed-password", "what is given as the new password is its hash in base64, as in an export; not with "+
				"--generate", &hashed)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if hashed && at.Generated {
				return nil, fail.Usagef("--generate and --pre-hashed-password exclude each other")
			}
			wanted := strings.FieldsFunc(tags, func(r rune) bool { return r == ',' || r == ' ' })
			a := account{tags: wanted}
			if a.Tags = strings.Join(wanted, ","); hashed {
				a.Hash = &password
			} else {
				a = a.withPassword(password)
			}
			has, err := accountOf(ctx, at.Broker, name)
			switch {
			case MissingOf(err) != nil:
				plan := Once("add user "+name, "created", func(ctx context.Context) error {
					return a.put(ctx, at.Broker, name)
				}).Seen(func(ctx context.Context, o Outcome) (Outcome, error) { return keptTags(ctx, at, name, wanted, o) })
				plan.Now, plan.Notes = "missing", unknownTags(wanted)
				return plan, nil
			case err != nil:
				return nil, err
			case at.Official:
				return nil, &Exists{What: "user", Name: name}
			}
			return existingUser(ctx, at, name, has, a, hashed)
		},
	}
}

// existingUser compares the existing user with the wanted one. Only the broker knows whether the password is the same.
// A dry run and --check need no password; without one, a note says that the password was not compared.
func existingUser(ctx context.Context, at Site, name string, has, wants account, hashed bool) (*Plan, error) {
	var differ []record.Row
	if !sameTags(has.tags, wants.tags) {
		differ = append(differ, record.Row{record.Of("tags"), record.Of(strings.Join(wants.tags, ",")), record.Of(has.Tags)})
	}
	opens, err := true, error(nil)
	unknown := at.DryRun && (wants.Hash == nil || *wants.Hash == "") && (wants.Password == nil || *wants.Password == "")
	switch {
	case unknown:
	case at.Generated:
		opens = false // known without a login, which the broker would log as failed
	case hashed:
		opens = has.Hash != nil && *has.Hash == *wants.Hash
	default:
		opens, err = Opens(ctx, at.Broker, name, *wants.Password)
	}
	if err != nil {
		return nil, err
	}
	if !opens {
		differ = append(differ, record.Row{record.Of("password"), record.Of("another"), nil})
	}
	var notes []string
	if unknown {
		notes = []string{"only the tags are compared, not the password: --check --new-password-file FILE compares the " +
			"password, too"}
	}
	if len(differ) == 0 {
		return &Plan{Done: &Outcome{Word: "unchanged", Notes: notes}}, nil
	}
	o := Outcome{Word: "differs", Failed: fail.Verdict(fail.Differs),
		Facts: record.Document{{Name: "differences",
			Columns: []record.Column{{Name: "property"}, {Name: "wanted"}, {Name: "has"}}, Rows: differ}},
		Notes: append(notes, "user "+name+" exists and was not changed: set_user_tags and change_password change it")}
	return &Plan{Done: &o}, nil
}

// DeleteUser deletes a user and its permissions.
func DeleteUser() Op {
	var name string
	return Op{
		Name: "delete_user", Noun: "user", Loses: true, Removes: true, Each: true,
		Params: []Param{Arg("username", &name, UserNames)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once("delete user "+name+" with its permissions", "deleted", func(ctx context.Context) error {
				err := at.Broker.DeleteUser(ctx, name)
				if broker.IsNotFound(err) {
					return &Missing{What: "user", Name: name, Err: err}
				}
				return err
			})
			if at.Official {
				return plan, nil
			}
			a, err := accountOf(ctx, at.Broker, name)
			switch {
			case unreadable(err, name) && at.Broker.Username() != name: // the user that logs in remains as an administrator
				plan.Notes = []string{unknownHits}
				return plan, nil
			case err != nil:
				return nil, err
			}
			if plan.Hits, err = userHits(ctx, at.Broker, name, a); err != nil {
				return nil, err
			}
			if administers(a.tags) || at.Broker.Username() == name {
				plan.Dangers, err = lockOuts(ctx, at, name, "after this change nobody can manage users, permissions and "+
					"virtual hosts over the HTTP API, unless another auth backend has an administrator")
			}
			return plan, err
		},
	}
}

// userHits returns what the deletion of a user affects.
func userHits(ctx context.Context, c *broker.Client, name string, a account) (record.Document, error) {
	vhosts, err := record.Texts(c.UserPermissions(ctx, name, record.Named("vhost")))
	if err != nil {
		return nil, err
	}
	slices.Sort(vhosts)
	connections, err := record.Texts(c.UserConnections(ctx, name, record.Named("name")))
	if err != nil {
		return nil, err
	}
	list := record.Column{Kind: record.List}
	return record.Document{record.Fields("",
		record.Field{Column: record.Column{Name: "user"}, Value: record.Of(name)},
		record.Field{Column: record.Column{Name: "tags", Kind: list.Kind}, Value: record.Of(a.tags)},
		record.Field{Column: record.Column{Name: "permissions_in", Kind: list.Kind}, Value: record.Of(vhosts)},
		record.Field{Column: record.Column{Name: "connections", Kind: record.Count}, Value: record.Of(len(connections))},
	)}, nil
}

// SetUserTags replaces the tags of a user. The password of the user stays.
func SetUserTags() Op {
	var name string
	var tags []string
	return Op{
		Name: "set_user_tags", Noun: "user", Compares: true,
		Params: []Param{Arg("username", &name, UserNames), RestArg("tag", &tags, userTags()...)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			a, err := accountOf(ctx, at.Broker, name)
			if err != nil {
				return nil, err
			}
			had := a.tags
			a.Tags = strings.Join(tags, ",")
			action := fmt.Sprintf("set the tags of user %s to [%s], instead of [%s]", name, a.Tags, strings.Join(had, ","))
			plan := Once(action, "changed", func(ctx context.Context) error { return a.put(ctx, at.Broker, name) }).
				Seen(func(ctx context.Context, o Outcome) (Outcome, error) { return keptTags(ctx, at, name, tags, o) })
			plan.Notes = unknownTags(tags)
			if sameTags(had, tags) {
				return plan.Already("unchanged"), nil
			}
			if administers(had) && !administers(tags) && !at.Official {
				plan.Dangers, err = lockOuts(ctx, at, name, "after this change nobody can manage users, permissions and "+
					"virtual hosts over the HTTP API, unless another auth backend has an administrator")
			}
			return plan, err
		},
	}
}

// keptTags checks whether the broker kept the tags that it accepted.
func keptTags(ctx context.Context, at Site, name string, tags []string, o Outcome) (Outcome, error) {
	o.Notes = append(o.Notes, unknownTags(tags)...)
	a, err := accountOf(ctx, at.Broker, name)
	switch {
	case broker.ReasonOf(err) != "" && at.Broker.Username() == name:
		o.Notes = append(o.Notes, "user "+name+" cannot be read back, since this command logs in as this user")
		return o, nil
	case err != nil:
		return o, fail.New(fail.KindOf(err), "the broker accepted the change of user %s, but the user cannot be read "+
			"back: %w", name, err)
	case !sameTags(a.tags, tags):
		return o, fail.New(fail.Incomplete, "the broker accepted the tags [%s] for user %s, but the user has [%s]",
			strings.Join(tags, ","), name, strings.Join(a.tags, ",")).Next("did somebody else set them in the meantime?")
	}
	return o, nil
}

// unknownTags returns notes about tags that userTags does not have.
func unknownTags(tags []string) []string {
	var notes []string
	for _, tag := range tags {
		if !slices.Contains(userTags(), tag) {
			notes = append(notes, fmt.Sprintf("the management plugin does not know the tag %q%s; the broker accepts the "+
				"tag as it is", tag, fail.DidYouMean(tag, userTags())))
		}
	}
	return notes
}
