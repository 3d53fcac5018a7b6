package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listPermissions() verb.List {
	return verb.List{
		Name:  "list_permissions",
		Short: "List what users may configure, write and read",
		Long: `List permissions, of all virtual hosts unless -p names one. The columns configure, write and read are regular
expressions on names; an empty one permits nothing. Only a user with the tag administrator may list them.`,
		Example: `  rabbitctl list_permissions
  rabbitctl list_permissions -p / --where 'configure == ".*"'`,
		Table:  permissions("vhost", "user"),
		Scoped: true,
		Rows:   verb.OfVHost((*broker.Client).Permissions),
	}
}

func listUserPermissions() verb.List {
	return verb.List{
		Name:    "list_user_permissions",
		Short:   "List what a user may configure, write and read",
		Long:    "List a user's permissions in every virtual host. Only a user with the tag administrator may do this.",
		Example: "  rabbitctl list_user_permissions app",
		Args:    []verb.Arg{name()},
		Table:   permissions("vhost"),
		Rows:    verb.OfArg((*broker.Client).UserPermissions),
	}
}

func listTopicPermissions() verb.List {
	return verb.List{
		Name:  "list_topic_permissions",
		Short: "List what users may write to and read from topic exchanges",
		Long: `List topic permissions, of all virtual hosts unless -p names one. The columns write and read are regular
expressions on routing keys. Only a user with the tag administrator may list them.`,
		Example: "  rabbitctl list_topic_permissions -p /",
		Table:   topicPermissions("vhost", "user"),
		Scoped:  true,
		Rows:    verb.OfVHost((*broker.Client).TopicPermissions),
	}
}

func listUserTopicPermissions() verb.List {
	return verb.List{
		Name:    "list_user_topic_permissions",
		Short:   "List what a user may write to and read from topic exchanges",
		Long:    "List a user's topic permissions in every virtual host. Only a user with the tag administrator may do this.",
		Example: "  rabbitctl list_user_topic_permissions app",
		Args:    []verb.Arg{name()},
		Group:   "vhost",
		Table:   topicPermissions("vhost"),
		Rows:    verb.OfArg((*broker.Client).UserTopicPermissions),
	}
}
