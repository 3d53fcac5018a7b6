package config

import (
	"context"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
)

// ParseAssignment reads KEY=VALUE as typed on a command line. An empty value unsets the key, and a relative path starts
// at the current folder. ParseAssignment refuses a password, also inside a URL, because other users can read command
// lines. Errors have kind Usage and never quote a text that may be a password.
func (c *Change) ParseAssignment(text string) error {
	key, value, found := strings.Cut(text, "=")
	keys := contextKeys()
	o, known := keys[key]
	switch {
	case !known:
		return fail.Usagef("unknown key %q%s", withoutUserinfo(key), fail.DidYouMean(key, names(keys))).
			Next("keys: %s", strings.Join(names(keys), " "))
	case !found:
		return fail.Usagef("%s: needs a value", key).Next("%s=VALUE sets it, %s= removes it", key, key)
	case c.has(key):
		return fail.Usagef("%s is given twice", key)
	case value == "":
		c.Unset = append(c.Unset, key)
		return nil
	}
	u, err := parseURL(value)
	if o.Secret || o.Name == nameURL && (err == nil && u.password != "" || err != nil && strings.Contains(value, "@")) {
		e := fail.Usagef("%s: a password on the command line can be read by every user of this machine", key)
		if o.Name == nameURL {
			return e.Next("leave user and password out of the URL; give username=USER, and --password-prompt or --password-stdin")
		}
		return e.Next("use --password-prompt, --password-stdin, password_file=FILE or password_command=COMMAND")
	}
	if o.Kind == Path && !strings.HasPrefix(value, "~/") {
		// In the file, a relative path starts at the folder of the file. On a command line, people mean the current folder.
		absolute, err := filepath.Abs(value)
		if err != nil {
			return fail.Usagef("%s: %w", key, err)
		}
		value = absolute
	}
	if c.Set == nil {
		c.Set = map[string]string{}
	}
	c.Set[key] = value
	return nil
}

func (c *Change) has(key string) bool {
	_, set := c.Set[key]
	return set || slices.Contains(c.Unset, key)
}

// SetPassword adds the first line of r to the change, as the password. It waits for this line until ctx ends.
func (c *Change) SetPassword(ctx context.Context, r io.Reader) error {
	text, err := file.Await(ctx, func() (string, error) { return firstLine(r) })
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return timedOut("no line with the password came on standard input", err)
	case err != nil:
		return fail.New(fail.Data, "cannot read the password: %w", err)
	}
	if c.has(optionNamed(namePassword).Key) {
		return fail.Usagef("the password is both set and unset")
	}
	if c.Set == nil {
		c.Set = map[string]string{}
	}
	c.Set[optionNamed(namePassword).Key] = text
	return nil
}

// Replace unsets keys that another key of the change makes useless: a source of the password replaces the other
// sources, and a URL replaces the parts of an endpoint. The result maps each key that Replace unsets to the key that
// replaces it.
func (c *Change) Replace() map[string]string {
	replaced := map[string]string{}
	password := []string{"password", "password_file", "password_command"}
	for key, rivals := range map[string][]string{
		"url": {"host", "port", "tls", "path_prefix"}, password[0]: password, password[1]: password, password[2]: password,
	} {
		if _, set := c.Set[key]; !set {
			continue
		}
		for _, rival := range rivals {
			if !c.has(rival) {
				replaced[rival] = key
			}
		}
	}
	c.Unset = append(c.Unset, slices.Sorted(maps.Keys(replaced))...)
	return replaced
}
