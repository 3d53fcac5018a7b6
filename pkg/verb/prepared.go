package verb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Prepared is a check with flags and arguments that were set without a command line and found valid.
type Prepared struct {
	Check Check
	ask   Ask
}

// Prepare makes the check ready without a command line. The function set sets the flags by their names; args are the
// arguments. Nothing else may use this check, because the flags set its variables. ask comes from the command that runs
// the check. Every error names the check; its kind is that of because.
func (c Check) Prepare(ask Ask, args []string, set func(*pflag.FlagSet) error) (Prepared, error) {
	flags := pflag.NewFlagSet(c.Name, pflag.ContinueOnError)
	if c.Flags != nil {
		c.Flags(flags)
	}
	p := Prepared{Check: c, ask: ask}
	p.ask.Args, p.ask.VHost = args, ""
	if err := set(flags); err != nil {
		return p, c.because(err)
	}
	if err := given(c.Args, args, usage(c.Name, c.Args)); err != nil {
		return p, c.because(err)
	}
	if c.Validate != nil {
		if err := c.Validate(p.ask); err != nil {
			return p, c.because(err)
		}
	}
	return p, nil
}

// because makes an error that names the check. It is a usage error. But if a file that a flag of the check names is at
// fault, the kind is Config; if this file is not read in time, Timeout; if somebody interrupts the reading, Canceled.
func (c Check) because(err error) error {
	e := fail.Usagef("%s: %v", c.Name, err)
	e.Hint = fail.HintOf(err)
	switch k := fail.KindOf(err); k {
	case fail.Config, fail.Timeout, fail.Canceled:
		e.Kind = k
	}
	return e
}

// SetFlag sets a flag by its name; if there are several values, it sets them one after the other. An unknown name is an
// error that suggests the nearest name.
func SetFlag(flags *pflag.FlagSet, name string, values []string) error {
	if flags.Lookup(name) == nil {
		var names []string
		flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		e := fail.Usagef("no flag %q%s", name, fail.DidYouMean(name, names))
		if len(names) > 0 {
			return e.Next("flags: %s", strings.Join(names, " "))
		}
		return e.Next("leave it out: this check has no flags of its own")
	}
	for _, v := range values {
		if err := flags.Set(name, v); err != nil {
			if bad := (*pflag.InvalidValueError)(nil); errors.As(err, &bad) {
				return fail.Usagef("the value of %s: %s", name, BadValue(bad))
			}
			return fail.Usagef("%v", err)
		}
	}
	return nil
}

// BadValue says what is wrong with a flag's value. It replaces the error text of Go's number parsing.
func BadValue(bad *pflag.InvalidValueError) string {
	cause := bad.Unwrap().Error()
	switch kind := bad.GetFlag().Value.Type(); {
	case strings.Contains(cause, "strconv.") && kind == "bool":
		return fmt.Sprintf("%q is neither true nor false", bad.GetValue())
	case strings.Contains(cause, "strconv."):
		return fmt.Sprintf("%q is not a whole number", bad.GetValue())
	}
	return cause
}

// Report runs the check on the broker c, without a progress line. The third argument gives the clock and the files. If
// the check is Scoped, it is limited to the virtual host. A panic in the check becomes an error, and does not end the
// program.
func (p Prepared) Report(ctx context.Context, c *broker.Client, from Ask, vhost string) (r Report, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = defect(broken)
		}
	}()
	ask := p.ask
	ask.Host = from.during(nil)
	if p.Check.Scoped {
		ask.VHost = vhost
	}
	return p.Check.judge(ctx, c, ask)
}
