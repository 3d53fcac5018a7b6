package check

import (
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// missingFlag adds the flag --missing, which sets the verdict of a check that finds nothing to judge.
func missingFlag(fs *pflag.FlagSet, into *string, when string) {
	fs.StringVar(into, "missing", "unknown", "`VERDICT` when "+when+": ok, warning, critical or unknown")
	verb.Words(fs, "missing", "ok", "warning", "critical", "unknown")
}

func parseMissing(text string) (health.Status, error) {
	s, err := health.ParseStatus(text)
	if err != nil {
		return s, fail.Usagef("--missing: %v", err)
	}
	return s, nil
}
