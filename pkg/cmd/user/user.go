// Package user has the commands about users and what they may do.
package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{list(), show(), listPermissions(), listUserPermissions(), listTopicPermissions(),
		listUserTopicPermissions(), add(), remove(), removeMany(), setTags(), changePassword(), rotatePassword(),
		clearPassword(), hashPassword{}, authenticate{}, setPermissions(), clearPermissions(),
		setTopicPermissions(), clearTopicPermissions(), copyPermissions(), explainAccess()}
}

func list() verb.List {
	return verb.List{
		Name:  "list_users",
		Short: "List users and their tags",
		Long:  "List users and their tags. It needs the tag administrator. The command fetches neither passwords nor their hashes.",
		Example: `  rabbitctl list_users
  rabbitctl list_users user --where '"administrator" in tags'`,
		Table: users(),
		Rows:  verb.OfBroker((*broker.Client).Users),
	}
}

// name is the argument that names a user.
func name() verb.Arg { return verb.Arg{Name: "USER", Complete: change.UserNames} }
