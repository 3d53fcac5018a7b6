package config

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Change says what SetContext changes in a context. The keys are those of the file, such as "password_file".
type Change struct {
	Set   map[string]string
	Unset []string // a key that the context does not have is not an error
}

// Edit is the result of SetContext and UseContext.
type Edit string

const (
	Created   Edit = "created"
	Changed   Edit = "changed"
	Unchanged Edit = "unchanged" // there was nothing to change; the file was not written
)

// SetContext changes a context of the file, and creates the context and the file when they are missing. Comments and
// the rest of the file stay as they are. A bad key or value is a failure of kind Usage; a file that cannot be read,
// edited or written is one of kind Config. If another rabbitctl is changing the file, SetContext waits for it until ctx
// ends; the error then has kind Timeout or Canceled.
func SetContext(ctx context.Context, path, name string, change Change, getenv func(string) string) (Edit, error) {
	if err := checkContextName(name); err != nil {
		return "", fail.Usagef("%v", err)
	}
	if err := change.check(); err != nil {
		return "", err
	}
	e, err := edit(ctx, path, true, getenv)
	if err != nil {
		return "", err
	}
	defer e.unlock()
	before, exists := e.file.Context(name)
	if err := e.set(name, change); err != nil {
		return "", err
	}
	after, err := e.reparse(name)
	if err != nil {
		return "", err
	}
	c, _ := after.Context(name)
	if err := c.checkSet(before, change, path, getenv); err != nil {
		return "", err
	}
	switch {
	case !exists:
		return Created, e.save(ctx)
	case sameTexts(before.values, c.values):
		return Unchanged, nil
	}
	return Changed, e.save(ctx)
}

// RemoveContext removes a context from the file, with the comment right above it. If it was the default context, the
// file has no default afterwards, and wasDefault is true. A missing context is a failure of kind NotFound.
func RemoveContext(ctx context.Context, path, name string, getenv func(string) string) (wasDefault bool, err error) {
	e, err := edit(ctx, path, false, getenv)
	if err != nil {
		return false, err
	}
	defer e.unlock()
	if _, ok := e.file.Context(name); !ok {
		return false, e.noContext(name)
	}
	if err := e.remove(name); err != nil {
		return false, err
	}
	wasDefault = e.file.DefaultContext == name
	if wasDefault {
		e.file.DefaultContext = ""
		e.text = e.withoutDefault()
	}
	if _, err := e.reparse(name); err != nil {
		return false, err
	}
	return wasDefault, e.save(ctx)
}

// UseContext makes a context the default; an empty name unsets the default. The context may also be a section of
// ~/.rabbitmqadmin.conf. A missing context is a failure of kind NotFound. If the context is the default already, the
// file is not written.
func UseContext(ctx context.Context, path, name string, getenv func(string) string) (Edit, error) {
	e, err := edit(ctx, path, name != "", getenv)
	if err != nil {
		return "", err
	}
	defer e.unlock()
	if _, ok := e.file.Context(name); !ok && name != "" {
		admin, err := loadAdmin(ctx, getenv)
		if err != nil {
			return "", err
		}
		if !slices.Contains(admin.sections, name) {
			return "", e.noContext(name, admin.sections...)
		}
	}
	if e.file.DefaultContext == name {
		return Unchanged, nil
	}
	e.file.DefaultContext = name
	if name == "" {
		e.text = e.withoutDefault()
	} else {
		e.text = e.withDefault(name)
	}
	if _, err := e.reparse(""); err != nil {
		return "", err
	}
	return Changed, e.save(ctx)
}

// check refuses keys and values that the file cannot hold, and keys that are both set and unset.
func (c Change) check() error {
	keys := contextKeys()
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		text := c.Set[key]
		o, ok := keys[key]
		if !ok {
			return fail.Usagef("unknown key %q%s", key, fail.DidYouMean(key, names(keys)))
		}
		if slices.Contains(c.Unset, key) {
			return fail.Usagef("%s is both set and unset", key)
		}
		if !utf8.ValidString(text) {
			return fail.Usagef("%s: is not UTF-8", key)
		}
		if text == "" && o.Name != namePathPrefix {
			return fail.Usagef("%s: needs a value", key).Next("take it out with unset")
		}
		if err := o.Kind.check(text); err != nil {
			return fail.Usagef("%s: %v", key, err)
		}
	}
	for _, key := range c.Unset {
		if _, ok := keys[key]; !ok {
			return fail.Usagef("unknown key %q%s", key, fail.DidYouMean(key, names(keys)))
		}
	}
	return nil
}

// checkSet checks that the edit changed exactly the values that it should, and that the edited context can be used.
func (c Context) checkSet(before Context, change Change, path string, getenv func(string) string) error {
	want := maps.Clone(before.values)
	if want == nil {
		want = map[string]value{}
	}
	keys := contextKeys()
	for _, key := range change.Unset {
		delete(want, keys[key].Name)
	}
	for key, text := range change.Set {
		text, err := absolutePath(keys[key], normalText(keys[key], text), path, getenv)
		if err != nil {
			return fail.Usagef("%s: %v", key, err)
		}
		want[keys[key].Name] = value{text: text}
	}
	if !sameTexts(c.values, want) {
		return fail.New(fail.Internal, "editing context %s gave another result than was asked for", c.Name)
	}
	l := c.layer()
	for name, v := range l.values {
		v.where = optionNamed(name).Key
		l.values[name] = v
	}
	l.kind = fail.Usage
	t, err := l.target()
	if err == nil {
		_, err = l.identity(t, Input{})
	}
	if err == nil && l.has(nameKey) && !l.has(nameCert) {
		err = fail.Usagef("key: is a key without a certificate").Next("set cert too")
	}
	return err
}

func sameTexts(a, b map[string]value) bool {
	return maps.EqualFunc(a, b, func(a, b value) bool { return a.text == b.text })
}

// normalText returns the value in the form in which the file holds it.
func normalText(o Option, text string) string {
	switch o.Kind {
	case Bool:
		on, _ := parseBool(text)
		return fmt.Sprint(on)
	case Int:
		n, _ := parseInt(text)
		return fmt.Sprint(n)
	}
	return text
}

// editor is a file's text while it is being changed.
type editor struct {
	path   string
	getenv func(string) string
	file   *File // as read before the change, but with the new default context
	text   []byte
	eol    string
	// unlock releases the lock that edit took.
	unlock func()
}

// edit locks the file and reads it; unlock releases the lock. A missing folder is created only if create is true.
func edit(ctx context.Context, path string, create bool, getenv func(string) string) (*editor, error) {
	if path == "" {
		return nil, fail.New(fail.Config, "there is no home folder for the configuration file").
			Next("set HOME, or name a file with --config")
	}
	unlock, err := lock(ctx, path, create)
	if err != nil {
		return nil, err
	}
	data, _, err := read(ctx, path, false)
	if err != nil {
		unlock()
		return nil, err
	}
	e, err := newEditor(data, path, getenv)
	if err != nil {
		unlock()
		return nil, err
	}
	e.unlock = unlock
	return e, nil
}

func newEditor(text []byte, path string, getenv func(string) string) (*editor, error) {
	e := &editor{path: path, getenv: getenv, eol: "\n", text: bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))}
	if bytes.Contains(text, []byte("\r\n")) {
		e.eol = "\r\n"
	}
	if len(e.text) > 0 && e.text[len(e.text)-1] != '\n' {
		e.text = append(e.text, e.eol...) // so that every statement ends with a newline
	}
	var err error
	e.file, err = parseFile(e.text, path, getenv)
	return e, err
}

func (e *editor) noContext(name string, more ...string) error {
	candidates := more
	for _, c := range e.file.Contexts {
		candidates = append(candidates, c.Name)
	}
	return fail.New(fail.NotFound, "there is no context %q in %s%s", name, e.path, fail.DidYouMean(name, candidates)).
		Next("rabbitctl config list shows the contexts")
}

// document parses the text, which must be valid after every edit.
func (e *editor) document() (*document, error) {
	d, bad := parseDocument(e.text)
	if bad != nil {
		return nil, fail.New(fail.Internal, "editing %s broke its syntax at line %d: %s", e.path, bad.line, bad.message)
	}
	return d, nil
}

// reparse reads the changed text. It fails if anything differs from the original file except the named context and an
// intended change of the default.
func (e *editor) reparse(changed string) (*File, error) {
	after, err := parseFile(e.text, e.path, e.getenv)
	if err != nil {
		return nil, fail.New(fail.Config, "%s has a form that rabbitctl cannot edit: %w", e.path, err).
			Next("write every context as a section [contexts.NAME]")
	}
	others := func(f *File) []Context {
		return slices.DeleteFunc(slices.Clone(f.Contexts), func(c Context) bool { return c.Name == changed })
	}
	same := slices.EqualFunc(others(after), others(e.file), func(a, b Context) bool {
		return a.Name == b.Name && sameTexts(a.values, b.values)
	})
	if !same || after.DefaultContext != e.file.DefaultContext {
		return nil, fail.New(fail.Internal, "editing %s would have changed more than was asked for", e.path)
	}
	return after, nil
}
