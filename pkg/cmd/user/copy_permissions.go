package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func copyPermissions() verb.Change {
	return verb.Of(change.CopyUserPermissions, verb.About{
		Short: "Give a user the permissions of another one",
		Long: `Give the user TO the permissions and topic permissions that FROM has, in all virtual hosts. TO keeps its
permissions in virtual hosts where FROM has none, and its topic permissions for exchanges for which FROM has none.
If a permission of TO would be replaced by another one, the command asks first; without a terminal it needs --yes.
Tags, limits and the password are not copied.

It says "created" for each permission that TO did not have, and "changed" for each that was different. If TO has all
these permissions already, or FROM has none, it says "unchanged". If a run was interrupted, the same command finishes
it.`,
		Example: `  rabbitctl copy_user_permissions app app-next
  rabbitctl copy_user_permissions app app-next --dry-run`,
	})
}
