package check

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// bundleEntry is one table [[check]] in a file of checks.
type bundleEntry struct {
	// name is the name of the check. vhost is "" if the file gives none.
	name, vhost string
	arguments   []string
	// settings are the other keys, sorted. Each has its value in the form that a flag takes; a list has several values.
	settings []bundleSetting
}

// bundleSetting is one key of a table [[check]], with its values.
type bundleSetting struct {
	key    string
	values []string
}

// setting returns the last value of a setting; "" if the entry does not have it.
func (e bundleEntry) setting(key string) string {
	for _, s := range e.settings {
		if s.key == key && len(s.values) > 0 {
			return s.values[len(s.values)-1]
		}
	}
	return ""
}

// parseChecks parses a file of checks. The file is TOML, with a table [[check]] for each check: name, vhost, arguments,
// and the flags of the check by their names. Every fault of the file is a usage error; path is for the messages.
func parseChecks(path string, data []byte) ([]bundleEntry, error) {
	no := func(format string, args ...any) error {
		return fail.Usagef("%s: %s", path, fmt.Sprintf(format, args...)).
			Next(`rabbitctl check --help has an example: one [[check]] for each check, with its name and its flags as keys`)
	}
	var whole map[string]any
	if err := toml.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &whole); err != nil {
		var e *toml.DecodeError
		if errors.As(err, &e) {
			line, _ := e.Position()
			return nil, no("line %d: %s", line, strings.TrimPrefix(e.Error(), "toml: "))
		}
		return nil, no("it is not TOML")
	}
	for key := range whole {
		if key != "check" {
			return nil, no("unknown key %q%s", key, fail.DidYouMean(key, []string{"check"}))
		}
	}
	list, ok := whole["check"].([]any)
	if !ok || len(list) == 0 {
		return nil, no("it holds no [[check]]")
	}
	var entries []bundleEntry
	for i, one := range list {
		table, ok := one.(map[string]any)
		if !ok {
			return nil, no("check %d is not a table", i+1)
		}
		e, err := readEntry(table)
		if err != nil {
			return nil, no("check %d: %v", i+1, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func readEntry(table map[string]any) (bundleEntry, error) {
	var e bundleEntry
	for _, key := range slices.Sorted(maps.Keys(table)) {
		values, err := flagValues(table[key])
		if err != nil {
			return e, fmt.Errorf("key %s: %w", key, err)
		}
		switch key {
		case "name", "vhost":
			text, ok := table[key].(string)
			if !ok || text == "" {
				return e, fmt.Errorf("%s must be a text that is not empty", key)
			}
			if key == "name" {
				e.name = text
			} else {
				e.vhost = text
			}
		case "arguments":
			e.arguments = values
		default:
			e.settings = append(e.settings, bundleSetting{key, values})
		}
	}
	if e.name == "" {
		return e, errors.New("it has no name")
	}
	return e, nil
}

// flagValues turns a value in the file into the texts that the flag accepts on the command line.
func flagValues(value any) ([]string, error) {
	switch v := value.(type) {
	case []any:
		var all []string
		for _, element := range v {
			if _, nested := element.([]any); nested {
				return nil, errors.New("its value may be a list, but not a list of lists")
			}
			one, err := flagValues(element)
			if err != nil {
				return nil, err
			}
			all = append(all, one...)
		}
		return all, nil
	case map[string]any:
		return nil, errors.New("a table cannot be the value of a flag")
	}
	return []string{fmt.Sprint(value)}, nil
}
