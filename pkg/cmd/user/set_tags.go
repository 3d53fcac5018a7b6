package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func setTags() verb.Change {
	return verb.Of(change.SetUserTags, verb.About{
		Short: "Replace the tags of a user",
		Long: `Replace the tags of a user: afterwards the user has the named tags and no others. If no tag is named, all tags
are removed. Password and permissions stay. RabbitMQ knows administrator, monitoring, policymaker, management and
impersonator; a user without one of the first four cannot use the HTTP API.`,
		Example: `  rabbitctl set_user_tags ops administrator
  rabbitctl set_user_tags app --dry-run
  rabbitctl set_user_tags ops monitoring policymaker --check`,
	})
}
