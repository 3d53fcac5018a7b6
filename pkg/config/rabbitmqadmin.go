package config

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// adminDefault is the section that rabbitmqadmin uses when the user names no section.
const adminDefault = "default"

// adminConf is ~/.rabbitmqadmin.conf: TOML in rabbitmqadmin's second version (rabbitmqadmin-ng), INI in its first (the
// Python script of RabbitMQ up to 4.2). Each section is a context.
type adminConf struct {
	path     string
	sections []string
	entries  []adminEntry
	// exposedErr is the error for a file with a secret that other users can read, else nil. It counts only when a section
	// is used.
	exposedErr error
}

// adminEntry is one key in a section of either format.
type adminEntry struct {
	section, key, text string
	line               int
	// kind is the TOML kind; Invalid in an INI file, which has no types.
	kind unstable.Kind
}

// adminKeys maps the keys of both versions to rabbitctl's options. The keys are those in the sources of rabbitmqadmin
// 3.10.8 (default_options and the option parser) and rabbitmqadmin-ng 2.35 (SharedSettings).
func adminKeys() map[string]string {
	return map[string]string{
		"base_uri": nameURL, "hostname": nameHost, "port": namePort, "path_prefix": namePathPrefix,
		"tls": nameTLS, "ssl": nameTLS, "scheme": nameTLS,
		"username": nameUsername, "password": namePassword,
		// The second version reads virtual_host, but its manual says vhost, which the first one reads.
		"virtual_host": nameVHost, "vhost": nameVHost, "declare_vhost": nameVHost,
		"ca_certificate_bundle_path": nameCACert, "ssl_ca_cert_file": nameCACert,
		"client_certificate_file_path": nameCert, "ssl_cert_file": nameCert,
		"client_private_key_file_path": nameKey, "ssl_key_file": nameKey,
		"ssl_insecure": nameInsecure, "request_timeout": nameTimeout, "quiet": nameQuiet,
	}
}

// adminIgnored lists keys about output and about rabbitmqadmin's own parser. They have no meaning here and need no
// warning.
func adminIgnored() []string {
	return []string{"non_interactive", "verbose", "table_style", "format", "sort", "sort_reverse", "depth", "node",
		"config",
		"bash_completion", "version"}
}

// loadAdmin reads ~/.rabbitmqadmin.conf; a missing file gives an empty adminConf. A file that is neither TOML nor INI
// is an error of kind Config.
func loadAdmin(ctx context.Context, getenv func(string) string) (*adminConf, error) {
	a := &adminConf{path: adminFile(getenv)}
	data, info, err := read(ctx, a.path, false)
	if err != nil || info == nil {
		return a, err
	}
	if a.sections, a.entries, err = parseAdmin(data, a.path); err != nil {
		return nil, err
	}
	a.exposedErr = a.guard(info)
	return a, nil
}

// parseAdmin reads a valid TOML file as one of the second version, and any other file as INI: an INI file with one
// unquoted word is not valid TOML. If neither format fits, the error is about the format that the file looks like.
func parseAdmin(data []byte, path string) (sections []string, entries []adminEntry, err error) {
	doc, tomlErr := parseDocument(data)
	if tomlErr == nil {
		sections, entries = doc.adminEntries()
		return sections, entries, nil
	}
	sections, iniEntries, iniErr := parseINI(data)
	looksTOML := slices.ContainsFunc(iniEntries, func(e iniEntry) bool {
		return e.key != "password" && (strings.HasPrefix(e.text, `"`) || strings.HasPrefix(e.text, `'`))
	})
	switch {
	case iniErr != nil && strings.Contains(string(data), `"`), looksTOML:
		return nil, nil, fail.New(fail.Config, "%s:%d: %s", path, tomlErr.line, tomlErr.message)
	case iniErr != nil:
		return nil, nil, fail.New(fail.Config, "%s:%d: %s", path, iniErr.line, iniErr.message)
	}
	for _, e := range iniEntries {
		entries = append(entries, adminEntry{section: e.section, key: e.key, text: e.value(), line: e.line})
	}
	return withDefaults(sections, entries)
}

// withDefaults copies the keys of [DEFAULT] into every section that lacks them, as ConfigParser does.
func withDefaults(sections []string, entries []adminEntry) ([]string, []adminEntry, error) {
	const all = "DEFAULT"
	for _, d := range entries {
		if d.section != all {
			continue
		}
		for _, section := range sections {
			has := func(e adminEntry) bool { return e.section == section && e.key == d.key }
			if section != all && !slices.ContainsFunc(entries, has) {
				own := d
				own.section = section
				entries = append(entries, own)
			}
		}
	}
	sections = slices.DeleteFunc(sections, func(s string) bool { return s == all })
	entries = slices.DeleteFunc(entries, func(e adminEntry) bool { return e.section == all })
	return sections, entries, nil
}

// adminEntries returns the sections and their keys. It leaves out keys outside a section, which rabbitmqadmin ignores.
// A value in a table of a section gets a key with a dot, such as table.key. rabbitmqadmin ignores this key, and the
// method context warns about it.
func (d *document) adminEntries() (sections []string, entries []adminEntry) {
	for _, st := range d.statements {
		if (st.header || st.inline || len(st.path) > 1) && !slices.Contains(sections, st.path[0]) {
			sections = append(sections, st.path[0])
		}
		for _, v := range st.values {
			if len(v.path) > 1 {
				entries = append(entries, adminEntry{v.path[0], strings.Join(v.path[1:], "."), v.text, v.line, v.kind})
			}
		}
	}
	return sections, entries
}

func (a *adminConf) guard(info fs.FileInfo) error {
	for _, e := range a.entries {
		if e.key == "password" && e.text != "" || e.key == "base_uri" && strings.Contains(e.text, "@") {
			return checkSecretFile(info, a.path, "a password")
		}
	}
	return nil
}

// context turns a section into a context, and returns warnings about the keys that it ignores. ok is false when the
// section does not exist.
func (a *adminConf) context(name string,
	getenv func(string) string) (c Context, warnings []string, ok bool, err error) {
	if !slices.Contains(a.sections, name) {
		return Context{}, nil, false, nil
	}
	c = Context{Name: name, File: a.path, values: map[string]value{}, foreign: true}
	keys := adminKeys()
	for _, e := range a.entries {
		if e.section != name || e.text == "" && e.kind == unstable.Invalid {
			continue
		}
		where := fmt.Sprintf("%s:%d: %s", a.path, e.line, printable(e.key))
		option, known := keys[e.key]
		switch {
		case slices.Contains(adminIgnored(), e.key):
			continue
		case e.key == "ssl_disable_hostname_verification":
			if on, err := parseBool(e.text); err != nil || on {
				warnings = append(warnings,
					where+" is ignored: rabbitctl always verifies host names; --insecure turns all verification off")
			}
			continue
		case e.key == "insecure":
			// Neither version of rabbitmqadmin reads this key, so they verify the certificate, and so does rabbitctl.
			if on, err := parseBool(e.text); err != nil || on {
				warnings = append(warnings,
					where+" is ignored, as rabbitmqadmin ignores it: the broker's certificate is verified; for an unknown authority use cacert, or --insecure")
			}
			continue
		case !known:
			warnings = append(warnings, where+" is unknown to rabbitctl and ignored"+fail.DidYouMean(e.key, sortedKeys(keys)))
			continue
		}
		v, err := e.value(option, where, a.path, getenv)
		if err != nil {
			return c, nil, true, err
		}
		v.origin = fmt.Sprintf("context %s in %s", name, a.path)
		if v.text != "" {
			c.keep(option, e.key, v)
		}
	}
	return c, warnings, true, nil
}

// unused returns the warning that no section is used, because none is named "default"; "" when there are no sections.
func (a *adminConf) unused() string {
	switch len(a.sections) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%s has no section %s, so its section %s is not used; --context %s uses it", a.path, adminDefault,
			a.sections[0], fail.Word(a.sections[0]))
	}
	return fmt.Sprintf("%s has no section %s, so none of it is used; --context NAME uses one of %s", a.path, adminDefault,
		strings.Join(a.sections, ", "))
}

// keep stores a value. Several keys can give the same option.
func (c Context) keep(option, key string, v value) {
	old, have := c.values[option]
	switch {
	case have && option == nameTLS:
		if on, _ := parseBool(old.text); on {
			return // one of tls, ssl and scheme is enough
		}
	case have && key == "declare_vhost":
		return // vhost is the virtual host for all commands, declare_vhost only for changes
	}
	c.values[option] = v
}

// value checks an entry and converts it to the form of rabbitctl's own file. The result has no text if the entry says
// nothing more than rabbitmqadmin's default. An error has kind Config.
func (e adminEntry) value(option, where, path string, getenv func(string) string) (value, error) {
	o := optionNamed(option)
	bad := func(err error) error { return fail.New(fail.Config, "%s: %w", where, err) }
	text := e.text
	if e.key == "scheme" {
		if text == "http" || text == "" {
			return value{}, nil // http is rabbitmqadmin's default, and tls = true overrides it
		}
		if text != "https" {
			return value{}, bad(fmt.Errorf("%q is neither http nor https", text))
		}
		return value{text: "true", where: where}, nil
	}
	if e.kind != unstable.Invalid {
		s := scalar{kind: e.kind, text: text}
		if text == "" && e.kind == unstable.String {
			return value{}, nil
		}
		if err := s.fits(o); err != nil {
			return value{}, bad(err)
		}
	} else if err := o.Kind.check(text); err != nil {
		return value{}, bad(err)
	}
	if e.key == "tls" && text == "false" {
		return value{}, nil // false is rabbitmqadmin's default, which scheme and port 15671 may change
	}
	text, err := absolutePath(o, text, path, getenv)
	if err != nil {
		return value{}, bad(err)
	}
	if o.Kind == Bool {
		on, _ := parseBool(text)
		text = strconv.FormatBool(on)
	}
	return value{text: text, where: where}, nil
}

func sortedKeys(keys map[string]string) []string {
	var list []string
	for key := range keys {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}
