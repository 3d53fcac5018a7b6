package change

import (
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// OnlyRemoves reports whether the change of that name only removes something. Such a change accepts names that are not
// UTF-8: objects with such names can exist, and it must be possible to remove them.
func OnlyRemoves(name string) bool {
	for _, removing := range []string{"delete_", "clear_", "purge_", "close_"} {
		if strings.HasPrefix(name, removing) {
			return name != "clear_password" && name != "delete_messages" // delete_messages: its queue can be purged instead
		}
	}
	return name == "unbind"
}

// NotUTF8 refuses a name or value that is not UTF-8. Measured on 4.3: the broker accepts such names of users, virtual
// hosts and policies, and then answers every listing that contains one with 500, for all users. In the body of a
// request, bytes that are not UTF-8 become another text.
func NotUTF8(what, text string) error {
	if utf8.ValidString(text) {
		return nil
	}
	return fail.Usagef("%s is not UTF-8, so nothing was sent: RabbitMQ expects UTF-8, and may change other bytes or "+
		"fail at them", what).Next("check the encoding of the terminal, script or file that it comes from")
}

// unreadable reports whether the broker failed because the name is not UTF-8: 4.3 cannot write such a name into an
// answer. The object can be deleted, but what is deleted with it cannot be shown.
func unreadable(err error, name string) bool {
	return !utf8.ValidString(name) && broker.Status(err) >= 500
}

// unknownHits is the note for the deletion of an object whose name is not UTF-8. It replaces the list of what else is
// deleted.
const unknownHits = "the name is not UTF-8, so the broker cannot show the object: " +
	"what else this change affects is not known"
