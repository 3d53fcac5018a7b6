package verb

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// Check is a command that gives a verdict. It exits with the monitoring codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN;
// whatever keeps it from judging is UNKNOWN, and only a wrong command line is a usage error.
type Check struct {
	// Name, Short, Long and Example are as in List.
	Name, Short, Long, Example string
	// Flags adds flags of the command's own; nil: none.
	Flags func(*pflag.FlagSet)
	// Validate checks the flags before anything is sent; nil: nothing to check.
	Validate func() error
	// Run asks the broker and judges.
	Run func(ctx context.Context, c *broker.Client) (Report, error)
	// Explains means that the evidence is the answer: a pipe gets it too, in place of one line.
	Explains bool
}

// Report is a verdict with what it stands on.
type Report struct {
	health.Result
	// Word stands in front of the summary where the status word would say too little, as BLOCKED does; "": the status.
	Word string
	// Evidence is shown below the verdict in the formats table and json.
	Evidence record.Document
}

// The formats that only checks have.
const (
	nagios     = "nagios"
	prometheus = "prometheus"
)

func checkFormats() []render.Help {
	return []render.Help{
		{Format: render.Table, Text: "the verdict and its evidence, for people (default at a terminal)"},
		{Format: nagios, Text: "one line with performance data, then details (default in a pipe)"},
		{Format: render.JSON, Text: "one object"},
		{Format: prometheus, Text: "the textfile collector's format"},
	}
}

// Cobra makes the command.
func (c Check) Cobra(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:         c.Name,
		Short:       c.Short,
		Long:        strings.TrimSpace(c.Long) + "\n\nExit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (nothing is OK that could not be seen), 64 usage.",
		Example:     c.Example,
		Annotations: map[string]string{ofChecks: "yes"},
		Args:        exactly(nil),
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := c.format(cmd, a)
			if err != nil {
				return err
			}
			if c.Validate != nil {
				if err := c.Validate(); err != nil {
					return err
				}
			}
			report, err := c.report(cmd.Context(), a)
			if err != nil {
				if fail.KindOf(err) == fail.Canceled {
					return err
				}
				report = unjudged(err)
			}
			// The verdict holds also when nobody reads its text to the end.
			if err := writeReport(a, out, c.Name, report); err != nil && !iostreams.IsClosedPipe(err) {
				return err
			}
			return verdict(report.Status)
		},
	}
	withFlags(cmd, c.Flags)
	return cmd
}

func (c Check) report(ctx context.Context, a *app.App) (Report, error) {
	client, err := a.Broker()
	if err != nil {
		return Report{}, err
	}
	ctx, cancel, err := a.Budget(ctx)
	if err != nil {
		return Report{}, err
	}
	defer cancel()
	progress := a.IO.Progress("asking " + client.BaseURL())
	defer progress.Stop()
	return c.Run(ctx, client)
}

// unjudged is the report when the broker could not be asked.
func unjudged(err error) Report {
	r := Report{Result: health.Result{Status: health.Unknown, Summary: err.Error()}}
	if hint := fail.HintOf(err); hint != "" {
		r.Details = append(r.Details, "next: "+hint)
	}
	return r
}

// format is the one that was asked for by flag, or by variable or context where checks have it too, else table at a
// terminal and nagios in a pipe.
func (c Check) format(cmd *cobra.Command, a *app.App) (render.Format, error) {
	settings, err := a.Settings()
	otherwise := render.Format(nagios)
	if a.IO.OutTTY || c.Explains {
		otherwise = render.Table
	}
	// Settings that cannot be read are reported as UNKNOWN, in the format that can still be known.
	wanted := cmd.Flag("formatter").Value.String()
	if err == nil {
		wanted = settings.Formatter
	} else if fail.KindOf(err) == fail.Usage {
		return "", err
	}
	var names []string
	for _, h := range checkFormats() {
		names = append(names, string(h.Format))
	}
	switch {
	case slices.Contains(names, wanted):
		return render.Format(wanted), nil
	case wanted == "" || !cmd.Flags().Changed("formatter"):
		return otherwise, nil
	}
	return "", fail.Usagef("checks have no output format %q%s", wanted, fail.DidYouMean(wanted, names)).
		Next("formats: %s", strings.Join(names, " "))
}

func writeReport(a *app.App, out render.Format, name string, r Report) error {
	var err error
	switch out {
	case nagios:
		_, err = io.WriteString(a.IO.Out, r.Nagios())
	case prometheus:
		_, err = io.WriteString(a.IO.Out, r.Prometheus(name))
	case render.JSON:
		err = render.Document(render.JSON, a.IO.Out, append(record.Document{record.Fields("",
			record.Field{Column: record.Column{Name: "check"}, Value: record.Of(name)},
			record.Field{Column: record.Column{Name: "status"}, Value: record.Of(r.Status)},
			record.Field{Column: record.Column{Name: "summary"}, Value: record.Of(r.Summary)},
			record.Field{Column: record.Column{Name: "details", Kind: record.List}, Value: list(r.Details)},
			record.Field{Column: record.Column{Name: "figures", Kind: record.List}, Value: list(r.Figures)},
		)}, r.Evidence...), options(a))
	default:
		word := r.Word
		if word == "" {
			word = r.Status.String()
		}
		fmt.Fprintf(a.IO.Out, "%s  %s\n", colour(a, r.Status, word), render.Escape(r.Summary))
		for _, d := range r.Details {
			fmt.Fprintln(a.IO.Out, render.Escape(d))
		}
		if len(r.Evidence) > 0 {
			fmt.Fprintln(a.IO.Out)
			o := options(a)
			// The table of a check is for people, in a file or a mail as well: programs take json.
			o.Terminal = true
			err = render.Document(render.Table, a.IO.Out, r.Evidence, o)
		}
	}
	return err
}

// list is a JSON array of the elements, [] for none.
func list[T any](elements []T) record.Value {
	if elements == nil {
		elements = []T{}
	}
	return record.Of(elements)
}

// colour puts the status word into its colour where that is wanted.
func colour(a *app.App, s health.Status, word string) string {
	if !a.IO.Colour {
		return word
	}
	code := map[health.Status]string{health.OK: "32", health.Warning: "33", health.Critical: "31", health.Unknown: "35"}[s]
	return "\x1b[1;" + code + "m" + word + "\x1b[0m"
}

// verdict is what makes the exit code of a status; nil for OK.
func verdict(s health.Status) error {
	switch s {
	case health.OK:
		return nil
	case health.Warning:
		return fail.Verdict(fail.Warning)
	case health.Critical:
		return fail.Verdict(fail.Critical)
	}
	return fail.Verdict(fail.Unknown)
}
