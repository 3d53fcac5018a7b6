package cli

import (
	"regexp"
	"strings"

	"github.com/rabbitctl/rabbitctl/docs"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// page returns the text of the finding or runbook with this name; "" if neither exists. If both exist, the text of the
// runbook comes first.
func page(name string) string {
	name = strings.ReplaceAll(strings.TrimSuffix(name, ".md"), "_", "-")
	var texts []string
	for _, folder := range []string{docs.Runbooks, docs.Findings} {
		if text, found := docs.Page(folder, name); found {
			texts = append(texts, plainText(text))
		}
	}
	return strings.Join(texts, "\n")
}

// overview returns the text about all findings, or all runbooks, with the name of each and a line about it.
func overview(folder string) string {
	var b strings.Builder
	about, _, _ := strings.Cut(docs.Index(folder), "\n| ")
	b.WriteString(plainText(about) + "\n")
	for _, name := range docs.Names(folder) {
		text, _ := docs.Page(folder, name)
		b.WriteString("  " + name + strings.Repeat(" ", max(2, 28-len(name))) + sentence(folder, text) + "\n")
	}
	b.WriteString("\nrabbitctl help NAME shows one.\n")
	return b.String()
}

// sentence says what a page is about. It returns the title of a runbook, or the first sentence of a finding: the title
// of a finding is only its name.
func sentence(folder, text string) string {
	title, rest, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
	if folder == docs.Findings {
		first, _, _ := strings.Cut(strings.TrimSpace(rest), "\n\n")
		end := regexp.MustCompile(`\.(\s|$)`)
		first = strings.TrimSuffix(end.Split(first, 2)[0], ".")
		return prose.OneLine(plainText(first))
	}
	return title
}

// plainText turns a Markdown page into plain text. A link to another page becomes the command that shows that page.
func plainText(markdown string) string {
	link := regexp.MustCompile(`\[([^\]]*)\]\(([^)]*)\)`)
	marks := strings.NewReplacer("**", "", "`", "")
	var b strings.Builder
	fenced, indent := false, ""
	for _, line := range strings.Split(strings.TrimSpace(markdown), "\n") {
		bare := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(bare, "```"):
			fenced = !fenced
			indent = line[:len(line)-len(strings.TrimLeft(line, " "))] + "    "
		case fenced && bare != "":
			b.WriteString(indent + bare + "\n")
		case fenced:
			b.WriteString("\n")
		default:
			if strings.HasPrefix(line, "#") {
				line = strings.TrimLeft(line, "# ")
			}
			line = link.ReplaceAllStringFunc(line, func(s string) string { return linked(link.FindStringSubmatch(s)) })
			b.WriteString(marks.Replace(line) + "\n")
		}
	}
	return b.String()
}

// linked returns the text that replaces a link. parts[1] is the text of the link, parts[2] its target.
func linked(parts []string) string {
	file := parts[2][strings.LastIndexByte(parts[2], '/')+1:]
	name := strings.TrimSuffix(file, ".md")
	for _, folder := range []string{docs.Runbooks, docs.Findings} {
		if _, found := docs.Page(folder, name); found {
			return "rabbitctl help " + name
		}
	}
	return parts[1]
}
