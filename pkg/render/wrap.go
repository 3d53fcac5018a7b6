package render

import (
	"strings"
)

// Message wraps a single line for people: an error, a note, a line of a check.
func Message(text string, screen int) string { return strings.Join(Wrap(text, screen, "  "), "\n") }

// Wrap breaks a text of one line between words, so that no line is wider than the screen. All lines but the first begin
// with the argument hang. Text in shell quotes counts as one word. So does a command of one of the tools if it fits on
// a line, because half of a copied command is another command. A word that is wider than the screen stays whole. If
// screen is 0, the text is not broken.
func Wrap(text string, screen int, hang string) []string {
	if screen <= 0 || width(text) <= screen {
		return []string{text}
	}
	return fill(text, together(unbroken(text), screen-len(hang)), screen, hang, "")
}

// WrapCommand breaks a command as Wrap breaks a text. Each line but the last ends with a backslash, so that the command
// can be copied as it stands.
func WrapCommand(text string, screen int, hang string) []string {
	if screen <= 0 || width(text) <= screen {
		return []string{text}
	}
	return fill(text, unbroken(text), screen, hang, ` \`)
}

// fill joins the words of a text to lines. Each line but the first begins with the argument hang, and each line but the
// last ends with the argument more.
func fill(text string, words []string, screen int, hang, more string) []string {
	lines := []string{text[:len(text)-len(strings.TrimLeft(text, " "))]}
	for i, word := range words {
		last := len(lines) - 1
		switch {
		case i == 0:
			lines[last] += word
		case width(lines[last])+1+width(word)+len(more) <= screen:
			lines[last] += " " + word
		default:
			lines[last] += more
			lines = append(lines, hang+word)
		}
	}
	return lines
}

// isCommand tells whether a line runs a RabbitMQ program, rabbitctl or systemctl, with arguments.
func isCommand(line string) bool {
	first, _, some := strings.Cut(strings.TrimLeft(line, " "), " ")
	return some && (tool(first) || first == "systemctl")
}

// tool reports whether a word is a RabbitMQ program or rabbitctl.
func tool(word string) bool {
	rest, companion := strings.CutPrefix(word, "rabbitmq-")
	return word == "rabbitctl" || word == "rabbitmqctl" || companion &&
		strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz") == ""
}

// unbroken splits a text into words. A text in shell quotes is one word, with its blanks.
func unbroken(text string) []string {
	var words []string
	quote := byte(0)
	start := -1
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == ' ':
			if start >= 0 {
				words = append(words, text[start:i])
			}
			start = -1
			continue
		case (c == '\'' || c == '"') && (start < 0 || text[i-1] == '=') && strings.IndexByte(text[i+1:], c) >= 0:
			quote = c
		}
		if start < 0 {
			start = i
		}
	}
	if start >= 0 {
		words = append(words, text[start:])
	}
	return words
}

// together joins the words of each command. Where a command ends inside a sentence cannot be seen, so together joins up
// to the next word that ends with a comma, semicolon, colon or bracket. If the result is too long for a line, it joins
// only the tool, the command, and the words that can only be arguments.
func together(words []string, room int) []string {
	var all []string
	for i := 0; i < len(words); {
		end := i + 1
		if tool(words[i]) {
			for end < len(words) && !strings.ContainsAny(last(words[end-1]), ",;:)") {
				end++
			}
			if width(strings.Join(words[i:end], " ")) > room {
				end = min(i+2, end)
				for end < len(words) && !strings.ContainsAny(last(words[end-1]), ",;:)") && argument(words[end]) {
					end++
				}
			}
		}
		all = append(all, strings.Join(words[i:end], " "))
		i = end
	}
	return all
}

// last returns the last byte of a word.
func last(word string) string { return word[max(0, len(word)-1):] }

// argument tells whether a word after a command can only be one of its arguments: a flag, a word in quotes, a name in
// capitals, or a word that contains a character such as @, = or /.
func argument(word string) bool {
	return strings.ContainsAny(word, "-'\"@=_./:") || word == strings.ToUpper(word)
}
