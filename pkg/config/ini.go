package config

import (
	"bytes"
	"strings"
)

// iniEntry is one key of a section. It follows the rules of Python's ConfigParser, with which rabbitmqadmin of RabbitMQ
// up to 4.2 reads its file: "=" or ":" ends a key, keys are lower-cased, a line that starts with # or ; is a comment,
// an indented line continues the value above it, and [DEFAULT] gives every section the keys that the section lacks.
//
// A general INI library is not used: it gives no line numbers, and its errors quote lines, which may hold passwords.
type iniEntry struct {
	section, key, text string
	line               int
}

// parseINI returns the sections' names, and the entries of all sections in order. The error never quotes the text.
func parseINI(data []byte) (sections []string, entries []iniEntry, bad *syntaxError) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	section, inSection, inValue, depth := "", false, false, 0
	for i, raw := range strings.Split(string(data), "\n") {
		raw = strings.TrimSuffix(raw, "\r")
		text := strings.TrimSpace(raw)
		indent := len(raw) - len(strings.TrimLeft(raw, " \t"))
		switch {
		case text == "" || text[0] == '#' || text[0] == ';':
			continue
		case strings.ContainsRune(text, 0):
			return nil, nil, &syntaxError{i + 1, "holds a NUL character"}
		case inValue && indent > depth:
			entries[len(entries)-1].text += "\n" + text
			continue
		case text[0] == '[':
			name, after, found := strings.Cut(text[1:], "]")
			if after = strings.TrimSpace(after); !found || name == "" || after != "" && after[0] != '#' && after[0] != ';' {
				return nil, nil, &syntaxError{i + 1, "is not a section header such as [prod]"}
			}
			section, inSection, inValue = name, true, false
			sections = append(sections, name)
			continue
		}
		end := strings.IndexAny(text, "=:")
		switch {
		case end <= 0:
			return nil, nil, &syntaxError{i + 1, "is not a line such as port = 15672"}
		case !inSection:
			return nil, nil, &syntaxError{i + 1, "is before the first section"}
		}
		inValue, depth = true, indent
		entries = append(entries, iniEntry{
			section: section,
			key:     strings.ToLower(strings.TrimSpace(text[:end])),
			text:    strings.TrimSpace(text[end+1:]),
			line:    i + 1,
		})
	}
	return sections, entries, nil
}

// value returns the entry's value as rabbitmqadmin intends it. rabbitmqadmin's example file has comments after values,
// so value cuts comments off. It leaves a password whole: there, # more likely belongs to the password, and
// ConfigParser keeps it.
func (e iniEntry) value() string {
	text := strings.ReplaceAll(e.text, "%%", "%") // ConfigParser's escape
	if e.key == "password" {
		return text
	}
	for i := 1; i < len(text); i++ {
		if (text[i] == '#' || text[i] == ';') && (text[i-1] == ' ' || text[i-1] == '\t') {
			return strings.TrimSpace(text[:i])
		}
	}
	return text
}
