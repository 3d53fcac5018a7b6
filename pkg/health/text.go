package health

import (
	"fmt"
	"strconv"
	"strings"
)

// Nagios returns the result in the form of the Monitoring Plugins guidelines: the status and the summary with the
// performance data on the first line, the details below.
func (r Result) Nagios() string {
	var b strings.Builder
	b.WriteString(r.Status.String() + " - " + noPipe(r.Summary))
	for i, f := range r.Figures {
		if i == 0 {
			b.WriteString(" |")
		}
		b.WriteString(" " + f.perfdata())
	}
	b.WriteByte('\n')
	for _, d := range r.Lines() {
		b.WriteString(noPipe(d) + "\n")
	}
	return b.String()
}

// Prometheus returns the result in the text format that the node exporter's textfile collector reads. check is the name
// of the check.
func (r Result) Prometheus(check string) string {
	return Prometheus([]Named{{Check: check, Result: r}})
}

// Prometheus returns the results of several checks in the text format of Prometheus, each check with its own status.
func Prometheus(checks []Named) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# HELP rabbitctl_check_status Verdict of the check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n")
	fmt.Fprintf(&b, "# TYPE rabbitctl_check_status gauge\n")
	figures := 0
	for _, c := range checks {
		fmt.Fprintf(&b, "rabbitctl_check_status{%s} %d\n", c.labels(), c.Status)
		figures += len(c.Figures)
	}
	if figures > 0 {
		fmt.Fprintf(&b, "# HELP rabbitctl_check_figure What the check measured; unit B is bytes.\n")
		fmt.Fprintf(&b, "# TYPE rabbitctl_check_figure gauge\n")
	}
	for _, c := range checks {
		for _, f := range c.Figures {
			fmt.Fprintf(&b, "rabbitctl_check_figure{%s,label=%s,unit=%s} %s\n", c.labels(), promQuote(f.Label),
				promQuote(f.Unit), number(f.Value))
		}
	}
	return b.String()
}

// labels returns the labels that name the check, and the broker if the check ran on several.
func (n Named) labels() string {
	text := "check=" + promQuote(n.Check)
	if n.Context != "" {
		text += ",context=" + promQuote(n.Context)
	}
	return text
}

func (f Figure) perfdata() string {
	label := strings.NewReplacer("'", "''", "=", "_").Replace(noPipe(f.Label))
	if strings.ContainsAny(label, " '") {
		label = "'" + label + "'"
	}
	parts := []string{label + "=" + number(f.Value) + f.Unit, f.Warning, f.Critical, "0"}
	switch {
	case f.Warning == "" && f.Critical == "":
		parts = parts[:1]
	case f.Value < 0:
		// A figure that can be negative, such as the growth of a queue, has no minimum of 0.
		parts = parts[:3]
	}
	return strings.Join(parts, ";")
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// noPipe returns the text on one line and without a pipe, because performance data begin after a pipe.
func noPipe(text string) string {
	return strings.NewReplacer("|", "/", "\n", " ", "\r", " ").Replace(text)
}

// promQuote quotes a label value with the three escapes of the exposition format.
func promQuote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}
