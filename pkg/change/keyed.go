package change

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/timespan"
)

// keyed is the value of a runtime parameter, such as a federation upstream. Each of its keys has its own command-line
// option.
type keyed map[string]any

// text returns an option for a key whose value is a string, which must not be empty. If words are given, the value must
// be one of them.
func (s keyed) text(option, key, help string, words ...string) Param {
	return Param{Name: option, Help: help, Role: Option, Free: true, Words: words, Set: func(text string) error {
		switch {
		case len(words) > 0 && !slices.Contains(words, text):
			return fail.Usagef("%q is not one of %s%s", text, strings.Join(words, ", "), fail.DidYouMean(text, words))
		case text == "":
			return fail.Usagef("the value is empty")
		}
		s[key] = text
		return nil
	}}
}

// whole returns an option for a key whose value is a whole number; least is the smallest number that the option
// accepts. Brokers also accept a smaller number, and then do something that is not documented.
func (s keyed) whole(option, key, help string, least int64) Param {
	return Param{Name: option, Help: help, Role: Option, Kind: Whole, Free: true, Set: func(text string) error {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < least {
			return fail.Usagef("%q is not a whole number from %d on", text, least)
		}
		s[key] = n
		return nil
	}}
}

// truth returns an on/off option for a key.
func (s keyed) truth(option, key, help string) Param {
	return Param{Name: option, Help: help, Role: Option, Kind: Truth, Free: true, Set: func(text string) error {
		on, err := strconv.ParseBool(text)
		if err != nil {
			return fail.Usagef("%q is neither true nor false", text)
		}
		s[key] = on
		return nil
	}}
}

// span returns an option for a key whose value is a time, counted in the given unit. On the command line, a number
// without a unit counts in it, too. The option refuses a time below 0, and one that is not a whole number of units.
func (s keyed) span(option, key, help string, unit time.Duration) Param {
	return Param{Name: option, Help: help, Role: Option, Free: true, Set: func(text string) error {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			d, err := timespan.Parse(text)
			if err != nil {
				return err
			}
			if n = int64(d / unit); d%unit != 0 {
				return fail.Usagef("%q is not a whole number of %s", text, map[time.Duration]string{time.Second: "seconds",
					time.Millisecond: "milliseconds"}[unit])
			}
		}
		if n < 0 {
			return fail.Usagef("%q is below 0", text)
		}
		s[key] = n
		return nil
	}}
}

// uris returns an option for a key that holds one URI or several. If there are several, the broker picks one of them.
// The option can be given more than once. If the value comes from a file, the file can have one URI on each line. The
// error about a wrong URI does not repeat it, because it can be a password.
func (s keyed) uris(option, key, help string) Param {
	return Param{Name: option, Help: help, Role: Option, Set: func(text string) error {
		for _, uri := range strings.Fields(text) {
			if scheme := strings.ToLower(uri); !strings.HasPrefix(scheme, "amqp://") && !strings.HasPrefix(scheme, "amqps://") {
				return fail.Usagef("each URI must begin with amqp:// or amqps://").
					Next("write an AMQP URI as amqp://USER:PASSWORD@HOST/VHOST")
			}
			switch has := s[key].(type) {
			case nil:
				s[key] = uri
			case string:
				s[key] = []any{has, uri}
			case []any:
				s[key] = append(has, uri)
			}
		}
		if s[key] == nil {
			return fail.Usagef("no URI is given: the value, the file or standard input is empty")
		}
		return nil
	}}.FromFile()
}

func (s keyed) has(key string) bool { return s[key] != nil }
