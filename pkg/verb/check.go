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
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// Check is a command that gives a verdict. It exits with the monitoring codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
// Anything that prevents a verdict is UNKNOWN, except a wrong command line, Ctrl-C, and output that cannot be written.
type Check struct {
	// Name, Short, Long and Example are as in List.
	Name, Short, Long, Example string
	// Args name the objects to check; most checks have none.
	Args []Arg
	// Scoped means that the checked objects belong to virtual hosts, so -p limits the check to one of them.
	Scoped bool
	// OneVHost means that a Scoped check is always about one virtual host: / unless -p or the context names another.
	OneVHost bool
	// Flags adds the command's own flags; nil means none.
	Flags func(*pflag.FlagSet)
	// Validate checks flags and arguments before anything is sent; nil means that there is nothing to check.
	Validate func(ask Ask) error
	// Keeps tells, after Validate, whether the check keeps state files without a flag --state of its own; nil means no.
	Keeps func() bool
	// Run asks the broker and judges its answers. An error means that Run could not judge, which is UNKNOWN.
	Run func(ctx context.Context, c *broker.Client, ask Ask) (Report, error)
	// Itself judges from what a node reports about itself over Erlang distribution. It is called if the management API
	// does not answer; reason says why. nil means that the check needs the API.
	Itself func(n survey.Itself, reason error) Report
	// Fix is the change that --fix makes to what the check finds, instead of giving a verdict; nil means that there is
	// none. FixHelp is the help of the flag.
	Fix     *Change
	FixHelp string
	// Explains means that the evidence is the main result, so it is printed in a pipe too.
	Explains bool
}

// Report is a verdict with what it is based on.
type Report struct {
	health.Result
	// Word is printed before the summary in place of the status, for example BLOCKED; "" means the status.
	Word string
	// Parts are the results of the single checks of a bundle, or of the check on each broker of --contexts. The formats
	// prometheus and json show each of them.
	Parts []health.Named
	// Evidence is shown below the verdict in the formats table, json and markdown.
	Evidence record.Document
	// Transports are the transports over which the answer came; nil means HTTP alone.
	Transports []string
}

// word returns the word before the summary.
func (r Report) word() string {
	if r.Word != "" {
		return r.Word
	}
	return r.Status.String()
}

// The formats that only checks have.
const (
	nagios     = "nagios"
	prometheus = "prometheus"
)

// CheckFormats returns the formats of checks, each with a line of help.
func CheckFormats() []render.Help {
	return []render.Help{
		{Format: render.Table, Text: "the verdict and its evidence, for people (default at a terminal; of doctor, cluster_status, explain_* always)"},
		{Format: nagios, Text: "one line with performance data, then details (default in a pipe)"},
		{Format: render.JSON, Text: "one object"},
		{Format: render.Markdown, Text: "the verdict and its evidence, for a ticket"},
		{Format: prometheus, Text: "the textfile collector's format"},
	}
}

// Title returns the name of the command and its description in one line.
func (c Check) Title() (name, short string) { return c.Name, c.Short }

// Cobra makes the command.
func (c Check) Cobra(a *app.App) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:         usage(c.Name, c.Args),
		Short:       c.Short,
		Long:        c.long(),
		Example:     c.Example,
		Annotations: map[string]string{ofChecks: "yes"},
		Args:        Exactly(c.Args...),
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := c.format(cmd, a)
			if err != nil {
				return err
			}
			if c.Validate != nil {
				// A file that cannot be read, or a file of limits with a fault, does not make the command line wrong. What it
				// says is unknown, so the check is UNKNOWN.
				err = c.Validate(Ask{Host: hostOf(a), Args: args})
				if k := fail.KindOf(err); err != nil && k != fail.Timeout && k != fail.Config {
					return err
				}
			}
			if err := c.keepsOwn(cmd); err != nil {
				return err
			}
			var sources []source
			if err == nil {
				sources, err = sourcesOf(cmd.Context(), a, args, c.Scoped, usualVHost(c.OneVHost))
			}
			var report Report
			if err == nil {
				report, err = c.report(cmd.Context(), a, sources)
			}
			return c.ended(a, out, file, report, err)
		},
	}
	c.flags(cmd, a, &file)
	contextsFlag(cmd, a)
	switch {
	case c.Fix != nil:
		c.fixable(cmd, a)
	case c.Itself != nil:
		config.BindDistributionFlags(cmd.Flags())
	}
	return cmd
}

// long returns the help, with the exit codes that all checks have.
func (c Check) long() string {
	return strings.TrimSpace(c.Long) +
		"\n\nExit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (no problem was found, but not everything could be " +
		"checked,\nor there was nothing to check; also if the broker does not answer, unless the text above says " +
		"otherwise),\n64 usage, 74 output not written, 130 interrupted."
}

// ended prints the report, and returns the error that gives the exit code of the verdict. If the check could not judge,
// the verdict is UNKNOWN. A wrong command line and Ctrl-C give no verdict: their error is returned.
func (c Check) ended(a *app.App, out render.Format, file string, report Report, err error) error {
	if err != nil {
		if k := fail.KindOf(err); k == fail.Canceled || k == fail.Usage {
			return err
		}
		report = Unjudged(err)
	}
	if err := c.print(a, out, file, report); err != nil {
		return err
	}
	return verdict(report.Status)
}

// flags adds the flags that every check has, and those of this check.
func (c Check) flags(cmd *cobra.Command, a *app.App, file *string) {
	cmd.Flags().StringVar(file, "output", "",
		"write to `FILE` instead of stdout, all at once, so that a collector never reads half of it")
	if c.Scoped {
		vhostFlag(cmd, a, usualVHost(c.OneVHost))
	}
	withFlags(cmd, c.Flags)
	completeArgs(cmd, a, c.Args, usualVHost(c.OneVHost))
}

// keepsOwn refuses a single --state file for several brokers: the state of one broker would overwrite the state of
// another.
func (c Check) keepsOwn(cmd *cobra.Command) error {
	if !cmd.Flags().Changed("contexts") {
		return nil
	}
	if c.Keeps != nil && c.Keeps() {
		return fail.Usagef("--contexts cannot be used with checks that keep a state file: a state file is for one broker").
			Next("run the command once for each context, with a file of checks that names another state file: " +
				"-c NAME --file FILE")
	}
	if cmd.Flags().Changed("state") {
		return fail.Usagef("--contexts and --state exclude each other: a state file is for one broker").
			Next("run the command once for each context, with a state file for each: -c NAME --state FILE")
	}
	return nil
}

// print writes the report to the file, or to stdout if file is "".
func (c Check) print(a *app.App, out render.Format, file string, report Report) error {
	if file != "" {
		return a.Replace(file, func(w io.Writer) error { return writeReport(a, w, out, c.Name, report) })
	}
	// The exit code gives the verdict even if the reader closes the pipe early.
	if err := writeReport(a, a.IO.Out, out, c.Name, report); err != nil && !iostreams.IsClosedPipe(err) {
		return err
	}
	return nil
}

// judge runs the check. If the management API does not answer, it judges by what the node reports about itself, if the
// check can do that. If the check fails because its virtual host does not exist, the error says so.
func (c Check) judge(ctx context.Context, client *broker.Client, ask Ask) (Report, error) {
	report, err := c.Run(ctx, client, ask)
	if c.Itself != nil && unanswered(err) {
		return c.aboutItself(ctx, ask, err)
	}
	return report, Explain(ctx, client, err, ask.VHost)
}

// Unjudged returns the report of a check that could not see the objects to judge.
func Unjudged(err error) Report {
	err = fail.InWords(err)
	r := Report{Result: health.Result{Status: health.Unknown, Summary: err.Error()}}
	if hint := steps.Of(err); hint != "" {
		r.Details = append(r.Details, "next: "+hint)
	}
	return r
}

// format returns the output format that the flag gives. Without the flag, it returns the format of the variable or the
// context, if checks have that format. Otherwise it returns nagios in a pipe, and table at a terminal or if Explains is
// set.
func (c Check) format(cmd *cobra.Command, a *app.App) (render.Format, error) {
	settings, err := a.Settings()
	otherwise := render.Format(nagios)
	if a.IO.OutTTY || c.Explains {
		otherwise = render.Table
	}
	// If the settings cannot be read, the check is UNKNOWN. The flag is known all the same, and gives the format.
	wanted := cmd.Flag("formatter").Value.String()
	if err == nil {
		wanted = settings.Formatter
	} else if fail.KindOf(err) == fail.Usage {
		return "", err
	}
	var names []string
	for _, h := range CheckFormats() {
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

func writeReport(a *app.App, to io.Writer, out render.Format, name string, r Report) error {
	var err error
	switch out {
	case nagios:
		_, err = io.WriteString(to, render.EscapeLines(r.Nagios()))
	case prometheus:
		parts := append([]health.Named{{Check: name, Result: r.Result}}, r.Parts...)
		if len(r.Parts) > 0 {
			// The first part is the whole check. Its figures are those of the other parts, which show them under their own
			// names.
			parts[0].Figures = nil
		}
		_, err = io.WriteString(to, health.Prometheus(labelled(parts)))
	case render.JSON:
		if len(r.Parts) > 0 {
			r.Evidence = append(record.Document{partSection(r.Parts)}, r.Evidence...)
		}
		verdict := record.Document{record.Fields("",
			record.Field{Column: record.Column{Name: "check"}, Value: record.Of(name)},
			record.Field{Column: record.Column{Name: "status"}, Value: record.Of(r.Status)},
			record.Field{Column: record.Column{Name: "summary"}, Value: record.Of(r.Summary)},
			record.Field{Column: record.Column{Name: "details", Kind: record.List}, Value: list(r.Details)},
			record.Field{Column: record.Column{Name: "looked_at"}, Value: record.Of(r.LookedAt)},
			record.Field{Column: record.Column{Name: "figures", Kind: record.List}, Value: list(r.Figures)},
		)}
		if r.Transports != nil {
			verdict = append(verdict, record.Fields("", transports(r.Transports...)))
		}
		err = render.Document(render.JSON, to, append(verdict, r.Evidence...), options(a))
	case render.Markdown:
		verdict := append([]string{r.word() + ": " + r.Summary}, r.LinesAboveRows()...)
		s := record.Section{Columns: []record.Column{{Name: "verdict"}}}
		for _, line := range verdict {
			s.Rows = append(s.Rows, record.Row{record.Of(line)})
		}
		err = render.Document(render.Markdown, to, append(record.Document{s}, r.Evidence...), options(a))
	default:
		err = writeForPeople(a, to, r)
	}
	return err
}

// labelled returns the parts with labels that cannot control the terminal of people who read the metrics. Labels that
// become equal by this change get a number, since a collector refuses all metrics if one metric occurs twice.
func labelled(parts []health.Named) []health.Named {
	var out []health.Named
	for _, p := range parts {
		seen := map[string]bool{}
		figures := slices.Clone(p.Figures)
		for i := range figures {
			label := render.Escape(figures[i].Label)
			for n := 2; seen[label+" "+figures[i].Unit]; n++ {
				label = fmt.Sprintf("%s#%d", render.Escape(figures[i].Label), n)
			}
			seen[label+" "+figures[i].Unit] = true
			figures[i].Label = label
		}
		p.Figures = figures
		out = append(out, p)
	}
	return out
}

// writeForPeople writes the verdict and its evidence. It breaks lines to fit the screen, but not in a file.
func writeForPeople(a *app.App, to io.Writer, r Report) error {
	o := options(a)
	if to != a.IO.Out {
		o.Width, o.Colour = 0, false
	}
	word := r.word()
	begin := strings.Repeat(" ", len(word)+2)
	for i, line := range render.Wrap(render.Escape(r.Summary), max(o.Width-len(begin), 0), "") {
		if i == 0 {
			fmt.Fprintf(to, "%s  %s\n", colour(o.Colour, r.Status, word), line)
			continue
		}
		fmt.Fprintln(to, begin+line)
	}
	for _, d := range r.LinesAboveRows() {
		fmt.Fprintln(to, render.Message(render.Escape(d), o.Width))
	}
	if len(r.Evidence.ForPeople()) == 0 {
		return nil
	}
	fmt.Fprintln(to)
	return writeDocument(a, render.Table, to, r.Evidence, o)
}

// list returns the elements as a JSON array, and [] for nil.
func list[T any](elements []T) record.Value {
	if elements == nil {
		elements = []T{}
	}
	return record.Of(elements)
}

// colour adds a colour to the status word, if wanted.
func colour(wanted bool, s health.Status, word string) string {
	if !wanted {
		return word
	}
	code := map[health.Status]string{health.OK: "32", health.Warning: "33", health.Critical: "31", health.Unknown: "35"}[s]
	return "\x1b[1;" + code + "m" + word + "\x1b[0m"
}

// verdict returns the error that gives the exit code of a status, and nil for OK.
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
