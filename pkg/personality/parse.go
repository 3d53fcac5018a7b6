package personality

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is the kind of value that an option takes.
type kind int

const (
	truth   kind = iota // nothing: --x, --no-x, --x=true
	text                // a text
	integer             // a whole number
)

// switches has the options that a command accepts, by their long names.
type switches map[string]kind

// line is a command line, split into its parts in the way of the official tools.
type line struct {
	// words are the arguments that are not options: the command and its arguments.
	words []string
	// options are the options that were given, by their long names; a switch has the value true or false. If one was
	// given twice, it has the last value.
	options map[string]string
	// invalid are the options that are not known, or whose value is of the wrong kind.
	invalid []invalidOption
}

// invalidOption is an option as it was typed, and its value, which may be empty.
type invalidOption struct{ name, value string }

// on reports whether a switch is on.
func (l line) on(name string) bool { return l.options[name] == "true" }

// given returns the value of an option, and whether the option was given.
func (l line) given(name string) (string, bool) {
	value, ok := l.options[name]
	return value, ok
}

// parse splits a command line into its parts. Options may stand anywhere before --. The value of an option comes after
// =, or is the next word, unless that word begins with a dash and is not a negative number. Long names are never
// abbreviated and contain dashes, not underscores. Letters can be combined, and a number may follow the last letter:
// -t30.
func parse(args []string, known switches, letters map[string]string) line {
	l := line{options: map[string]string{}}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch {
		case word == "--":
			l.words = append(l.words, args...)
			return l
		case word == "-" || !strings.HasPrefix(word, "-") || strings.HasPrefix(word, "- ") || negative(word):
			l.words = append(l.words, word)
		case strings.HasPrefix(word, "--"):
			args = l.long(word, args, known)
		default:
			args = l.short(word, args, known, letters)
		}
	}
	return l
}

// long reads an option of the form --name, --name=value or --no-name, and returns the words that are still to be read.
func (l *line) long(word string, rest []string, known switches) []string {
	name, value, valued := strings.Cut(strings.TrimPrefix(word, "--"), "=")
	typed := "--" + name
	if strings.Contains(name, "_") {
		return l.refuse(typed, value, rest)
	}
	if k, ok := known[name]; ok {
		return l.take(typed, name, k, value, valued, rest)
	}
	if positive, ok := strings.CutPrefix(name, "no-"); ok {
		if k, ok := known[positive]; ok && k == truth {
			if valued {
				return l.refuse(typed, value, rest)
			}
			l.options[positive] = "false"
			return rest
		}
	}
	return l.refuse(typed, value, rest)
}

// short reads an option of the form -x, -xyz, -x=value or -x5, and returns the words that are still to be read. It
// splits -xyz: the returned words begin with -x, -y and -z.
func (l *line) short(word string, rest []string, known switches, letters map[string]string) []string {
	name, value, valued := strings.Cut(strings.TrimPrefix(word, "-"), "=")
	if strings.ContainsAny(name, "-_") || name != "" && name[0] >= '0' && name[0] <= '9' {
		return l.refuse("-"+name, value, rest)
	}
	if utf8.RuneCountInString(name) > 1 {
		end := strings.IndexAny(name, "0123456789")
		digits := ""
		if end > 0 {
			name, digits = name[:end], name[end:]
		}
		if utf8.RuneCountInString(name) > 1 || digits != "" {
			var expanded []string
			for _, r := range name {
				expanded = append(expanded, "-"+string(r))
			}
			last := &expanded[len(expanded)-1]
			switch {
			case digits != "":
				*last += "=" + digits
			case valued:
				*last += "=" + value
			}
			return append(expanded, rest...)
		}
	}
	long, ok := letters[name]
	if !ok {
		return l.refuse("-"+name, value, rest)
	}
	return l.take("-"+name, long, known[long], value, valued, rest)
}

// take stores the value of a known option. If the value is the next word, take removes that word from rest. It returns
// the remaining words.
func (l *line) take(typed, name string, k kind, value string, valued bool, rest []string) []string {
	if k == truth {
		switch {
		case !valued:
			value = "true"
		case value != "true" && value != "false":
			return l.refuse(typed, value, rest)
		}
		l.options[name] = value
		return rest
	}
	if !valued {
		if len(rest) == 0 || strings.HasPrefix(rest[0], "-") && rest[0] != "-" && !strings.HasPrefix(rest[0], "- ") &&
			!negative(rest[0]) {
			return l.refuse(typed, "", rest)
		}
		value, rest = rest[0], rest[1:]
	}
	if k == integer {
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return l.refuse(typed, value, rest)
		}
	}
	l.options[name] = value
	return rest
}

func (l *line) refuse(typed, value string, rest []string) []string {
	l.invalid = append(l.invalid, invalidOption{typed, value})
	return rest
}

// negative reports whether a word is a negative number and not an option.
func negative(word string) bool {
	_, err := strconv.ParseFloat(word, 64)
	return err == nil && len(word) > 1 && word[0] == '-' && (word[1] >= '0' && word[1] <= '9')
}
