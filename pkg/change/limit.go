package change

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// limits maps the names of the limits of a virtual host or of a user to their values.
type limits map[string]any

func vhostLimitNames() []string { return []string{"max-connections", "max-queues"} }

func userLimitNames() []string { return []string{"max-connections", "max-channels"} }

// BadLimit is the error for an unknown limit, or for a value that is not a number.
type BadLimit struct {
	Name  string
	Value any
	// Known means that a limit of that name exists, so its value is wrong.
	Known bool
}

func (b *BadLimit) Error() string {
	if b.Known {
		text, _ := json.Marshal(b.Value)
		return fmt.Sprintf("%s: %s is not a number", b.Name, text)
	}
	return fmt.Sprintf("there is no limit %q", b.Name)
}

// limitsReader returns a reader that takes the limits from a row's column "value".
func limitsReader() *record.Reader[limits] {
	return record.NewReader(func(b *record.Binder, l *limits) {
		b.Value("value", func(v record.Value) { *l = v.Map() })
	})
}

// names returns the names of the limits, sorted.
func (l limits) names() []string { return slices.Sorted(maps.Keys(l)) }

// bad returns the first limit that is not one of the names, or whose value is not a number; nil if there is none.
func (l limits) bad(names []string) *BadLimit {
	for _, name := range l.names() {
		_, number := l[name].(json.Number)
		if known := slices.Contains(names, name); !known || !number {
			return &BadLimit{Name: name, Value: l[name], Known: known}
		}
	}
	return nil
}

// check refuses limits that the broker would not accept. A number below 0 means no limit.
func (l limits) check(names []string) error {
	if bad := l.bad(names); bad != nil {
		near, hint := fail.DidYouMean(bad.Name, names), "the limits are "+strings.Join(names, " and ")
		if bad.Known {
			near, hint = "", `for example {"`+bad.Name+`":100}; a negative number means no limit`
		}
		e := fail.Usagef("DEFINITION: %s%s", bad.Error(), near).Next("%s", hint)
		e.Err = bad
		return e
	}
	for _, name := range l.names() {
		if _, err := l[name].(json.Number).Int64(); err != nil {
			return fail.Usagef("DEFINITION: %s: %v is not a whole number", name, l[name])
		}
	}
	return nil
}

// equals reports whether one limit has the same value in both sets.
func (l limits) equals(name string, other limits) bool {
	a, has := l[name]
	b, hasToo := other[name]
	return has == hasToo && fmt.Sprint(a) == fmt.Sprint(b)
}

// same reports whether both sets have the same limits with the same values.
func (l limits) same(other limits) bool {
	for _, name := range slices.Concat(l.names(), other.names()) {
		if !l.equals(name, other) {
			return false
		}
	}
	return true
}

// text returns the limits as JSON: {} if there are none.
func (l limits) text() string {
	if len(l) == 0 {
		return "{}"
	}
	text, _ := json.Marshal(l)
	return string(text)
}

// fields returns the owner of the limits and a field for each limit.
func (l limits) fields(what, owner string) record.Document {
	all := []record.Field{{Column: record.Column{Name: what}, Value: record.Of(owner)}}
	for _, name := range l.names() {
		all = append(all, record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: record.Of(l[name])})
	}
	return record.Document{record.Fields("", all...)}
}
