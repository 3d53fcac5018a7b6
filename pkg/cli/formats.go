package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func formatsTopic() *cobra.Command {
	var b strings.Builder
	lines := func(title string, helps []render.Help) {
		b.WriteString(title + "\n\n")
		for _, h := range helps {
			fmt.Fprintf(&b, "  %-11s %s\n", h.Format, h.Text)
		}
		b.WriteString("\n")
	}
	lines("Formats of listings (-o, --formatter, RABBITCTL_FORMATTER):", render.Formats())
	lines("Formats of checks:", verb.CheckFormats())
	b.WriteString(`Whoever declares a queue chooses its name, which can contain anything. Characters that control a
terminal or mislead its reader (control characters, C1 and DEL, marks of direction, characters without width) are
escaped at a terminal in every format, and everywhere in messages, the lines and labels of checks, candidates of
completion and the journal. Names that hold such characters are not offered by completion.

In a pipe or a file tsv, csv, json, jsonl and template have names as the broker sent them. In csv also a cell that
begins with = + - or @ stays as it is, since a quote put before it would be another name. A spreadsheet takes such a cell
for a formula: import the columns as text, or use json.`)
	return &cobra.Command{Use: "formats", Short: "The output formats, and what they do with hostile names",
		Long: b.String()}
}
