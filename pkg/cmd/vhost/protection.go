package vhost

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func protect() verb.Change {
	return verb.Of(change.EnableVHostDeletionProtection, verb.About{
		Short: "Protect a virtual host from deletion",
		Long: `Protect a virtual host from deletion: whatever tool asks, the broker then refuses to delete it, until
disable_vhost_deletion_protection ends the protection. Queues in it can be deleted as before. Releases before 4.0.6
have no such protection.`,
		Example: `  rabbitctl enable_vhost_deletion_protection prod
  rabbitctl enable_vhost_deletion_protection prod --check`,
	})
}

func unprotect() verb.Change {
	return verb.Of(change.DisableVHostDeletionProtection, verb.About{
		Short: "Let a protected virtual host be deleted again",
		Long: `Let a protected virtual host be deleted again: see enable_vhost_deletion_protection. Releases before 4.0.6
have no such protection.`,
		Example: "  rabbitctl disable_vhost_deletion_protection old",
	})
}
