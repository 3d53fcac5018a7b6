package cli

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// broken wraps a help text to the width of a screen. It wraps paragraphs again, and breaks long examples after a
// backslash. The second column of a line stays a column. If the line is wider than the screen, or if its second column
// begins in the right half of the screen, this column begins at three eighths of the width at most. If screen is 0 or
// less, the text is unchanged.
func broken(text string, screen int) string {
	if screen <= 0 {
		return text
	}
	var out, paragraph []string
	end := func() {
		out = append(out, fill(paragraph, screen)...)
		paragraph = nil
	}
	examples := false
	for _, line := range strings.Split(text, "\n") {
		if line != "" && line[0] != ' ' {
			examples = line == "Examples:"
		}
		switch {
		case line != "" && line[0] != ' ':
			paragraph = append(paragraph, line)
		case line == "":
			end()
			out = append(out, "")
		case examples:
			end()
			out = append(out, render.WrapCommand(line, screen, "      ")...)
		default:
			end()
			out = append(out, columns(line, screen)...)
		}
	}
	end()
	return strings.Join(out, "\n")
}

// fill wraps a paragraph again if one of its lines is wider than the screen.
func fill(paragraph []string, screen int) []string {
	for _, line := range paragraph {
		if utf8.RuneCountInString(line) > screen {
			return render.Wrap(strings.Join(paragraph, " "), screen, "")
		}
	}
	return paragraph
}

// columns wraps a line that may have two columns: a name, at least two blanks, and a text about the name.
func columns(line string, screen int) []string {
	two := regexp.MustCompile(`^( *\S(?:.*?\S)??)( {2,})(\S.*)$`)
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	parts := two.FindStringSubmatch(line)
	if parts == nil {
		return render.Wrap(line, screen, indent+"    ")
	}
	name, text := parts[1], parts[3]
	at := utf8.RuneCountInString(name + parts[2])
	if at <= screen/2 && utf8.RuneCountInString(line) <= screen {
		return []string{line}
	}
	// If the first column were as wide as the longest name, the second one would have no room.
	at = min(at, screen*3/8)
	var lines []string
	if utf8.RuneCountInString(name)+2 > at {
		lines, name = append(lines, name), ""
	}
	for _, part := range render.Wrap(text, screen-at, "") {
		lines = append(lines, name+strings.Repeat(" ", at-utf8.RuneCountInString(name))+part)
		name = ""
	}
	return lines
}
