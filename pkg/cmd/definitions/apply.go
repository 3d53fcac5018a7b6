package definitions

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func apply() verb.Change {
	return verb.Of(change.Apply, verb.About{
		Short: "Make the broker have what a file of definitions says",
		Long: `Make the broker have what a file of definitions says: create what is missing, change what differs, and leave
the rest alone. It shows the objects first (at most 15; --dry-run shows all) and asks; without a terminal it needs
--yes. A second run changes nothing; if the first run was interrupted, the second finishes it (without --backup, or
with another file for it). At the end the command reads the broker's definitions back, and compares them with the
file.

Without --prune, objects that only the broker has are left alone. With --prune they are deleted, but only
objects of kinds for which the file has a list; an empty list, such as "queues": [], means that no queue is
wanted. --only, --match, --exclude and -p limit what apply may touch. A queue or a virtual host that holds
messages is never deleted. Brokers cannot change a queue or an exchange that exists. Where one differs,
--replace deletes and recreates it, except a queue that holds messages: for such a queue use migrate_queue. If
one change is impossible (for example, an exchange differs and --replace is not given, or a queue to be deleted
holds messages), or if the broker's release would refuse it, nothing is changed; with --keep-going the other
changes are made. The user that the command logs in as is changed last.

The file is an export in JSON or YAML, of any release, of a whole broker or of one virtual host (see
export_definitions), or a part of one. FILE may also be a folder that export_definitions --split has written, or -
for standard input. The user needs the tag administrator.`,
		Example: `  rabbitctl apply definitions.yaml --dry-run
  rabbitctl apply definitions.yaml --backup before.json --yes
  rabbitctl apply shop.json -p shop --only exchanges,queues,bindings --prune --match '^orders' --yes`,
	})
}

func plan() verb.Show {
	w := &change.Wishes{}
	return verb.Show{
		Name: "plan", Short: "Show what apply would do for a file of definitions",
		Long: `Show what apply would do for a file of definitions, and change nothing: a row for each object to make,
change, replace or delete, with what differs. Secrets are not shown. The column refused says why apply would not
make that change. If it is filled in at least one row, apply with the same flags makes no change at all, unless
--keep-going is given to it. Exit code 0 means that there is no row, so there is nothing to change. Exit code 4
means that there is at least one row, refused or not.`,
		Example: `  rabbitctl plan definitions.yaml
  rabbitctl plan definitions.yaml --prune --only users,permissions -o json`,
		Args:   []verb.Arg{{Name: "FILE", Free: true}},
		Scoped: true, Everywhere: true,
		Flags: func(fs *pflag.FlagSet) { verb.Options(fs, w.Params()) },
		Read: func(ctx context.Context, c *broker.Client, ask verb.Ask) (record.Document, error) {
			mine := *w // a copy, because with --contexts several plans run at once
			mine.File = ask.Args[0]
			at := change.Site{Broker: c, VHost: ask.VHost, DryRun: true, Clock: ask.Host, Files: ask.Host}
			return change.Planned(ctx, at, &mine)
		},
	}
}
