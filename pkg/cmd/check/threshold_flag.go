package check

import (
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// thresholdFlag is the flag --warning or --critical of a check. The field text is its value, and the field otherwise is
// its default.
type thresholdFlag struct{ text, otherwise string }

func (f *thresholdFlag) add(fs *pflag.FlagSet, name, otherwise, help string) {
	f.otherwise = otherwise
	fs.StringVar(&f.text, name, otherwise, help)
}

// inOrder returns an error if beyond is true, which means that --warning is reached only after --critical. It returns
// none if one of the two flags has its default, since a single given limit may contradict the default of the other one.
func inOrder(warning, critical thresholdFlag, beyond bool) error {
	if !beyond || warning.text == warning.otherwise || critical.text == critical.otherwise {
		return nil
	}
	return fail.Usagef("--warning %s is reached after --critical %s, so the check would never warn", warning.text,
		critical.text)
}

// parseRange reads a range. flag is the name of its flag, for the error.
func parseRange(flag, text string) (health.Range, error) {
	r, err := health.ParseRange(text)
	if err != nil {
		return r, fail.Usagef("%s: %v", flag, err)
	}
	return r, nil
}
