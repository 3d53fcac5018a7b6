package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func remove() verb.Change {
	return verb.Of(change.DeleteUser, verb.About{
		Short: "Delete a user with its permissions",
		Long: `Delete users with their permissions. It says what will be hit and asks; without a terminal it needs --yes. Open
connections of a deleted user are closed by the broker. It warns if the user is the last administrator, or the one that
this command logs in as.`,
		Example: `  rabbitctl delete_user old-app
  rabbitctl delete_user old-app older-app --if-exists --yes
  rabbitctl delete_user old-app --dry-run`,
	})
}
