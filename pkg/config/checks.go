package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Entry is one [[check]] of a file of checks.
type Entry struct {
	// Name is the check's; VHost is "" where the file says none.
	Name, VHost string
	Arguments   []string
	// Settings are the other keys, sorted, each with its value as a flag takes it; a list has several.
	Settings []Setting
}

// Setting is a key of an Entry.
type Setting struct {
	Key    string
	Values []string
}

// Checks reads a file of checks: TOML, a [[check]] for each, with name, vhost, arguments, and the check's flags by name.
// Whatever is wrong with it is a usage error.
func Checks(path string) ([]Entry, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fail.Usagef("the file of checks cannot be read: %v", err)
	}
	return parseChecks(path, data)
}

func parseChecks(path string, data []byte) ([]Entry, error) {
	no := func(format string, args ...any) error {
		return fail.Usagef("%s: %s", path, fmt.Sprintf(format, args...)).
			Next(`write one [[check]] for each, with a name: rabbitctl check --help has an example`)
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
	var entries []Entry
	for i, one := range list {
		table, ok := one.(map[string]any)
		if !ok {
			return nil, no("check %d is no table", i+1)
		}
		e, err := entry(table)
		if err != nil {
			return nil, no("check %d: %v", i+1, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func entry(table map[string]any) (Entry, error) {
	var e Entry
	for _, key := range slices.Sorted(maps.Keys(table)) {
		values, err := words(table[key])
		if err != nil {
			return e, fmt.Errorf("%s: %w", key, err)
		}
		switch key {
		case "name", "vhost":
			text, ok := table[key].(string)
			if !ok || text == "" {
				return e, fmt.Errorf("%s is a text, and not empty", key)
			}
			if key == "name" {
				e.Name = text
			} else {
				e.VHost = text
			}
		case "arguments":
			e.Arguments = values
		default:
			e.Settings = append(e.Settings, Setting{key, values})
		}
	}
	if e.Name == "" {
		return e, errors.New("it has no name")
	}
	return e, nil
}

// words are a value as a flag takes it on the command line.
func words(value any) ([]string, error) {
	switch v := value.(type) {
	case []any:
		var all []string
		for _, element := range v {
			if _, nested := element.([]any); nested {
				return nil, errors.New("a list in a list")
			}
			one, err := words(element)
			if err != nil {
				return nil, err
			}
			all = append(all, one...)
		}
		return all, nil
	case map[string]any:
		return nil, errors.New("a table is no value of a flag")
	}
	return []string{fmt.Sprint(value)}, nil
}
