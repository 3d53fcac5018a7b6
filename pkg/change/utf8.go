package change

import (
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// OnlyRemoves tells by its name whether a change makes and sets nothing. Such a change takes names that are not UTF-8,
// since they can be there already, and somebody must get rid of them.
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
	return fail.Usagef("%s is not UTF-8: the broker would keep another text, or could not list it any more", what)
}

// unreadable tells whether the broker failed because the name is not UTF-8, which 4.3 cannot write into an answer. Such an
// object can be deleted, although what goes with it cannot be shown.
func unreadable(err error, name string) bool {
	return !utf8.ValidString(name) && broker.Status(err) >= 500
}

// unknownHits is the note in place of what goes with such an object.
const unknownHits = "what is deleted with it is not known: no answer can contain its name, which is not UTF-8"
