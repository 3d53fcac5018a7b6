package definitions

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func imports() verb.Change {
	return verb.Of(change.ImportDefinitions, verb.About{
		Short: "Declare what a file of definitions says, and report the outcome",
		Long: `Declare what a file of definitions says, or a folder of export_definitions --split; - is standard input. Nothing is
deleted. Sent are only objects that the broker lacks, and objects other than queues and exchanges that differ. Then
the command reads the broker's definitions back, and each object of the file is one of these:

  created    the broker did not have the object
  changed    the object, which is no queue or exchange, had other properties: the command asks before it overwrites it
  unchanged  the broker had the object already, with the same properties
  left       the broker has the queue or exchange with other properties, which no import changes (exit 4)
  not_held   after the import the object is missing or has other properties, mostly because the release does not
             support a part of it (exit 4)

If the broker's release would refuse an object that has to be sent, the command sends nothing and refuses the whole
file, because the broker would stop in the middle of the import. --unchecked imports the rest of the file anyway, and
says why the broker refused the other objects: they are not_held. After an interruption, run the same command again,
without --backup: it does the rest.

With -p only the objects of that virtual host are imported, without its permissions. If the file is of one virtual
host (an export with -p), -p names the virtual host into which it is imported, which may have another name; without -p
that is the virtual host that the file names. The virtual host has to exist on the broker in all these cases. The name
and the id of the cluster stay as they are. The user needs the tag administrator.`,
		Example: `  rabbitctl import_definitions backup.json --dry-run
  rabbitctl import_definitions backup.json --backup before.json
  rabbitctl import_definitions shop.json -p shop2
  rabbitctl export_definitions - -c old | rabbitctl import_definitions - -c new --yes`,
	})
}
