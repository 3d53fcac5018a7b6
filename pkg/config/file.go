package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
)

const largestFile = 1 << 20

// File is a configuration file as read.
type File struct {
	Path string
	// Exists is false when there is no such file.
	Exists bool
	// DefaultContext is the context to use when the user names none; empty when the file sets no default.
	DefaultContext string
	// Contexts holds the contexts in the order of the file.
	Contexts []Context

	defaultLine int
}

// Context is a named group of values for one broker.
type Context struct {
	Name string
	// File is the path of the file that holds the context.
	File string
	// Line is the context's first line, counted from 1.
	Line int

	values  map[string]value
	foreign bool
}

// Get returns the value of a file key such as "url", secrets included; ok is false when the context does not have the
// key.
func (c Context) Get(key string) (text string, ok bool) {
	v, ok := c.values[contextKeys()[key].Name]
	return v.text, ok
}

// Endpoint returns the address of the context's broker. The error has kind Config and names file and line.
func (c Context) Endpoint() (Endpoint, error) {
	t, err := c.layer().target()
	if err != nil {
		return Endpoint{}, err
	}
	return t.endpoint(), nil
}

// Username returns the context's user; empty when the context has none, or when its values contradict each other.
func (c Context) Username() string {
	id, err := c.identity()
	if err != nil {
		return ""
	}
	return id.username.text
}

// PasswordKey returns the file key that gives the context's password: password, password_file, password_command, or url
// when the URL holds it. It is empty when the context gives no password, or when its values contradict each other.
func (c Context) PasswordKey() string {
	id, err := c.identity()
	switch {
	case err != nil || id.source == nil:
		return ""
	case id.option == namePassword && c.values[namePassword].text == "":
		return optionNamed(nameURL).Key
	}
	return optionNamed(id.option).Key
}

// Protected reports whether every change in this context needs a confirmation.
func (c Context) Protected() bool {
	on, _ := parseBool(c.values[nameProtected].text)
	return on
}

func (c Context) identity() (identity, error) {
	t, err := c.layer().target()
	if err != nil {
		return identity{}, err
	}
	return c.layer().identity(t, Input{})
}

func (c Context) layer() layer {
	return layer{kind: fail.Config, values: c.values, context: c.Name, foreign: c.foreign}
}

// Context returns the context of that name; ok is false when there is none.
func (f *File) Context(name string) (c Context, ok bool) {
	for _, c := range f.Contexts {
		if c.Name == name {
			return c, true
		}
	}
	return Context{}, false
}

// Load reads a configuration file. A missing file is an error only when the user named it. A malformed file is an
// error, and so is one with a secret that other users can read or a command that they can change. Errors have kind
// Config, or Timeout or Canceled if ctx ended first. They name the file, and the line of a malformed one.
func Load(ctx context.Context, path string, named bool, getenv func(string) string) (*File, error) {
	data, info, err := read(ctx, path, named)
	if err != nil || info == nil {
		return &File{Path: path}, err
	}
	file, err := parseFile(data, path, getenv)
	if err != nil {
		return nil, err
	}
	for _, c := range file.Contexts {
		if err := c.guard(info); err != nil {
			return nil, asConfig(err)
		}
	}
	return file, nil
}

// read returns the content and the FileInfo of a file; both are nil when path is empty, or when the file is missing and
// was not named by the user.
func read(ctx context.Context, path string, named bool) ([]byte, fs.FileInfo, error) {
	if path == "" {
		return nil, nil, nil
	}
	data, info, err := file.Read(ctx, path, largestFile)
	switch {
	case err == nil:
		return data, info, nil
	case errors.Is(err, fs.ErrNotExist) && !named:
		return nil, nil, nil
	}
	e := fail.New(fail.KindOf(err), "configuration file: %w", err)
	if e.Hint = fail.HintOf(err); len(e.Hint) == 0 {
		e = e.Do(fail.GiveConfig, os.DevNull)
	}
	return nil, nil, e
}

// guard checks that no other user can read the password in the context's file, or change the command in it.
func (c Context) guard(info fs.FileInfo) error {
	t, err := c.layer().target()
	if _, ok := c.values[namePassword]; ok || err == nil && t.password.text != "" || err != nil &&
		strings.Contains(c.values[nameURL].text, "@") {
		if err := checkSecretFile(info, c.File, "a password"); err != nil {
			return err
		}
	}
	for _, command := range []string{namePasswordCommand, nameCookieCommand} {
		if _, ok := c.values[command]; ok {
			return checkCommandFile(info, c.File)
		}
	}
	return nil
}

func asConfig(err error) error {
	e := fail.New(fail.Config, "%w", err)
	e.Hint = fail.HintOf(err)
	return e
}

// parseFile reads the text of rabbitctl's own file. An unknown key or section is an error.
func parseFile(data []byte, path string, getenv func(string) string) (*File, error) {
	at := func(line int, format string, args ...any) *fail.Error {
		return fail.New(fail.Config, "%s:%d: %s", path, line, fmt.Sprintf(format, args...))
	}
	doc, bad := parseDocument(data)
	if bad != nil {
		return nil, at(bad.line, "%s", bad.message)
	}
	file := &File{Path: path, Exists: true}
	for _, st := range doc.statements {
		switch {
		case st.path[0] == "default_context" && len(st.path) == 1 && !st.header && len(st.values) == 1:
			if st.values[0].text == "" {
				return nil, at(st.line, "default_context must be %s", "a text in quotes")
			}
			file.DefaultContext, file.defaultLine = st.values[0].text, st.line
			continue
		case st.path[0] != "contexts":
			return nil, unknownAtRoot(at, st)
		case st.array:
			return nil, at(st.line, "[[…]] is a list; write a context as [contexts.NAME]")
		case len(st.path) == 1 && !st.header && !st.inline:
			return nil, at(st.line, "contexts must be sections [contexts.NAME]")
		case len(st.path) > 1:
			if err := file.addContext(st, at); err != nil {
				return nil, err
			}
		}
		for _, v := range st.values {
			if err := file.addValue(v, at, getenv); err != nil {
				return nil, err
			}
		}
		if st.header && len(st.path) > 2 {
			return nil, at(st.line, "a context cannot have sections; if its name has a dot, quote it: [contexts.%q]",
				strings.Join(st.path[1:], "."))
		}
	}
	return file, nil
}

func unknownAtRoot(at func(int, string, ...any) *fail.Error, st statement) error {
	if st.header {
		return at(st.line, "unknown section [%s]", printable(strings.Join(st.path, "."))).
			Next("a context is a section that begins with the line [contexts.NAME]")
	}
	key := st.path[0]
	if _, ok := contextKeys()[key]; ok {
		return at(st.line, "%s is outside a context", key).Next("put it below a line [contexts.NAME]")
	}
	return at(st.line, "unknown key %q%s", key, fail.DidYouMean(key, []string{"default_context", "contexts"}))
}

// addContext adds the context that the statement belongs to, unless f has this context already.
func (f *File) addContext(st statement, at func(int, string, ...any) *fail.Error) error {
	name := st.path[1]
	if _, ok := f.Context(name); ok {
		return nil
	}
	if err := checkContextName(name); err != nil {
		return at(st.line, "%v", err)
	}
	f.Contexts = append(f.Contexts, Context{Name: name, File: f.Path, Line: st.line, values: map[string]value{}})
	return nil
}

func checkContextName(name string) error {
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsPrint(r)
	}) {
		return fmt.Errorf("%q cannot be a context's name", name)
	}
	return nil
}

func (f *File) addValue(v scalar, at func(int, string, ...any) *fail.Error, getenv func(string) string) error {
	if len(v.path) == 2 {
		return at(v.line, "contexts.%s must be a section [contexts.%s]", printable(v.path[1]), printable(v.path[1]))
	}
	if err := f.addContext(statement{path: v.path, line: v.line}, at); err != nil {
		return err
	}
	name, key := v.path[1], v.path[2]
	keys := contextKeys()
	o, ok := keys[key]
	if !ok || len(v.path) > 3 {
		return at(v.line, "unknown key %q in [contexts.%s]%s", strings.Join(v.path[2:], "."), printable(name),
			fail.DidYouMean(key, names(keys)))
	}
	if err := v.fits(o); err != nil {
		return at(v.line, "%s: %v", key, err)
	}
	where := fmt.Sprintf("%s:%d: %s", f.Path, v.line, key)
	if v.text == "" && o.Name != namePathPrefix {
		return at(v.line, "%s: needs a value", key)
	}
	text, err := absolutePath(o, v.text, f.Path, getenv)
	if err != nil {
		return at(v.line, "%s: %v", key, err)
	}
	c, _ := f.Context(name)
	c.values[o.Name] = value{text: text, where: where, origin: fmt.Sprintf("context %s in %s", name, f.Path)}
	return nil
}

// absolutePath makes the value of an option of kind Path absolute: ~/ stands for the home folder, and a relative path
// starts at the folder of the configuration file.
func absolutePath(o Option, text, path string, getenv func(string) string) (string, error) {
	if o.Kind != Path {
		return text, nil
	}
	text, err := expandHome(text, getenv)
	if err != nil || filepath.IsAbs(text) {
		return text, err
	}
	return filepath.Join(filepath.Dir(path), text), nil
}

func names(keys map[string]Option) []string {
	var list []string
	for _, o := range allOptions { // in a fixed order, so that the nearest name is always the same
		if _, ok := keys[o.Key]; ok {
			list = append(list, o.Key)
		}
	}
	return list
}

// printable replaces control characters, so that the file's text cannot drive the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
