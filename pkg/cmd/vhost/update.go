package vhost

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func update() verb.Change {
	return verb.Of(change.UpdateVHostMetadata, verb.About{
		Short: "Change description, tags or default queue type of a virtual host",
		Long: `Change settings of a virtual host: its description, its tags, the type of queues that are declared without one, and
whether it is protected from deletion (4.0.6 and later). Settings that are not named stay. An empty value removes the
description or the tags.

The command then reads the settings back, and says differs (exit 4) if the broker keeps other values. For example,
releases before 3.11.17 set the default queue type only when a virtual host is added.`,
		Example: `  rabbitctl update_vhost_metadata prod --default-queue-type quorum
  rabbitctl update_vhost_metadata prod --description 'orders and stock' --dry-run
  rabbitctl update_vhost_metadata prod --tags production,eu --check`,
	})
}

func setTags() verb.Change {
	return verb.Of(change.SetVHostTags, verb.About{
		Short: "Replace the tags of a virtual host",
		Long: `Replace the tags of a virtual host: afterwards it has the named tags and no others. If no tag is named, all
tags are removed.
Tags of virtual hosts are for people and tools; the broker itself does nothing with them.`,
		Example: `  rabbitctl set_vhost_tags prod production eu
  rabbitctl set_vhost_tags prod --dry-run`,
	})
}
