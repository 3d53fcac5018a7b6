package change

import (
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// OnlyRemoves tells by the name of a change whether the change only removes something. Such a change accepts names that
// are not UTF-8, since objects with such names can exist, and it must be possible to remove them.
func OnlyRemoves(name string) bool {
	for _, removing := range []string{"delete_", "clear_", "purge_", "close_"} {
		if strings.HasPrefix(name, removing) {
			return name != "clear_password" && name != "delete_messages" // whose queue can be purged or deleted
		}
	}
	return name == "unbind"
}

// NotUTF8 refuses a name or value that is not UTF-8. Measured on 4.3: the broker accepts such names of users, virtual
// hosts and policies, and then answers every listing that has one with 500, for all users. In a body, other bytes
// become other text.
func NotUTF8(what, text string) error {
	if utf8.ValidString(text) {
		return nil
	}
	return fail.Usagef("%s is not UTF-8: the broker would store another text, or could not list the object any more", what)
}

// unreadable tells whether the broker failed because the name is not UTF-8, which 4.3 cannot write into an answer. Such an
// object can be deleted, although what is deleted with it cannot be shown.
func unreadable(err error, name string) bool {
	return !utf8.ValidString(name) && broker.Status(err) >= 500
}

// unknownHits is the note in place of what is deleted with such an object.
const unknownHits = "what else is deleted is not known: the name is not UTF-8, so no answer of the broker contains it"
