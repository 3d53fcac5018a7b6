package cli_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/docs"
	"github.com/rabbitctl/rabbitctl/pkg/cli"
)

// The help begins with the table of README.md, as plain text.
func TestHelp_beginsWithTheTableOfREADME(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "| question | command |\n| --- | --- |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	link := regexp.MustCompile(`; \[[^\]]*\]\([^)]*\)`)
	var want []string
	for _, row := range strings.Split(table, "\n") {
		cells := strings.SplitN(strings.Trim(row, "| "), " | ", 2)
		want = append(want, cells[0]+": "+strings.ReplaceAll(link.ReplaceAllString(cells[1], ""), "`", ""))
	}
	got := run(t, t.Context(), nil, "help")
	text, found := strings.CutPrefix(got.out, "What do you want to know?\n\n")
	text, _, _ = strings.Cut(text, "\n\n")
	var rows []string
	for _, line := range strings.Split(text, "\n") {
		command, isCommand := strings.CutPrefix(line, "      ")
		switch {
		case !isCommand:
			rows = append(rows, strings.TrimSpace(line)+": ")
		case strings.HasSuffix(rows[len(rows)-1], ": "):
			rows[len(rows)-1] += command
		default:
			rows[len(rows)-1] += ", " + command
		}
	}
	if diff := cmp.Diff(want, rows); diff != "" || !found || len(want) < 15 {
		t.Errorf("README and rabbitctl help (-README +help):\n%s", diff)
	}
}

// Every finding and every runbook can be read by its name with help, its list names it, and each `rabbitctl help NAME`
// in it works.
func TestHelp_pages(t *testing.T) {
	t.Parallel()
	mark := regexp.MustCompile("```|\\*\\*|\\]\\(")
	told := regexp.MustCompile(`rabbitctl help ([a-z-]+)`)
	for _, folder := range []string{docs.Findings, docs.Runbooks} {
		names := docs.Names(folder)
		index := run(t, t.Context(), nil, "help", folder)
		if len(names) < 10 || index.code != 0 {
			t.Errorf("%s: %q, exit %d", folder, names, index.code)
		}
		for _, name := range append(names, folder) {
			got := run(t, t.Context(), nil, "help", name)
			if got.code != 0 || got.err != "" || len(got.out) < 100 || mark.MatchString(got.out) {
				t.Errorf("help %s: exit %d, %s%s", name, got.code, got.err, got.out)
			}
			if name != folder && !strings.Contains(index.out, "\n  "+name+" ") {
				t.Errorf("help %s does not list %s", folder, name)
			}
			for _, other := range told.FindAllStringSubmatch(got.out, -1) {
				if again := run(t, t.Context(), nil, "help", other[1]); again.code != 0 {
					t.Errorf("help %s tells of %s: exit %d", name, other[0], again.code)
				}
			}
		}
	}
}

// Every example in the help of the filter language is a valid filter.
func TestHelp_whereExamplesWork(t *testing.T) {
	t.Parallel()
	out := run(t, t.Context(), nil, "help", "where").out
	count := 0
	for _, line := range strings.Split(out, "\n") {
		_, call, found := strings.Cut(line, "rabbitctl ")
		if !found {
			continue
		}
		words, err := shellWords(call)
		if err != nil {
			t.Errorf("%q: %v", line, err)
			continue
		}
		count++
		if got := run(t, ended(t), []string{"RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}, words...); got.code != 130 {
			t.Errorf("%q: exit %d, %s", call, got.code, got.err)
		}
	}
	if count < 15 {
		t.Errorf("only %d examples", count)
	}
	for _, function := range []string{"len(name)", "lower(name)", "upper(name)", "trim(name)", `split(name, ".")`,
		"abs(messages)", "ceil(messages)", "floor(messages)",
		"max(messages, 1)", "min(messages, 1)", "all(members, # != '')", "none(members, # == '')",
		"count(members, # == '')"} {
		if got := run(t, ended(t), []string{"RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}, "list_queues", "--where",
			function+" != nil"); got.code != 130 {
			t.Errorf("%s: exit %d, %s", function, got.code, got.err)
		}
	}
}

// At a terminal the help is wrapped to its width. A pipe gets the text unchanged.
func TestHelp_atATerminal(t *testing.T) {
	t.Parallel()
	a, out, _ := newApp(t)
	a.IO.OutTTY, a.IO.ErrTTY, a.IO.Width, a.IO.Height = true, true, 80, 24
	code := cli.Run(t.Context(), a, []string{"help", "list_queues"})
	piped := run(t, t.Context(), nil, "help", "list_queues")
	widest := func(text string) (most int) {
		for _, line := range strings.Split(text, "\n") {
			most = max(most, utf8.RuneCountInString(line))
		}
		return most
	}
	if code != 0 || widest(out.String()) > 80 || widest(piped.out) <= 80 {
		t.Errorf("exit %d, %d columns at a terminal, %d in a pipe", code, widest(out.String()), widest(piped.out))
	}
}
