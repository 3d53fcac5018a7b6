package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func remove() verb.Change {
	return verb.Of(change.DeleteUser, verb.About{
		Short: "Delete a user with its permissions",
		Long: `Delete users with their permissions. It shows what will be deleted and asks; without a terminal it needs
--yes. The broker closes the open connections of a deleted user. The command warns if the user is the last
administrator, or the one that this command logs in as.`,
		Example: `  rabbitctl delete_user old-app
  rabbitctl delete_user old-app older-app --if-exists --yes
  rabbitctl delete_user old-app --dry-run`,
	})
}
