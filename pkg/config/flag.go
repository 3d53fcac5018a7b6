package config

import (
	"errors"
	"time"

	"github.com/spf13/pflag"
)

// BindFlags adds the flags that every command has. Resolve reads their values from the flag set.
func BindFlags(fs *pflag.FlagSet) {
	for _, o := range allOptions {
		if o.ByFlag() && !o.Local {
			bindFlag(fs, o)
		}
	}
}

// BindVHostFlag adds --vhost, for a command that takes a virtual host.
func BindVHostFlag(fs *pflag.FlagSet) { bindFlag(fs, optionNamed(nameVHost)) }

func bindFlag(fs *pflag.FlagSet, o Option) {
	v := &flagValue{kind: o.Kind, placeholder: o.Placeholder}
	if o.Kind == Bool {
		v.text = "false"
	}
	f := fs.VarPF(v, o.Flag, o.Short, o.Help)
	f.DefValue, f.Hidden = o.Default, o.Unlisted
	if o.Kind == Bool {
		f.DefValue, f.NoOptDefVal = "false", "true"
	}
}

// BindAMQPFlag adds --amqp-url, for a command that speaks AMQP.
func BindAMQPFlag(fs *pflag.FlagSet) { bindFlag(fs, optionNamed(nameAMQPURL)) }

// flagValue is a flag that refuses a value of the wrong kind while flags are parsed.
type flagValue struct {
	kind        Kind
	placeholder string
	text        string
}

func (v *flagValue) String() string { return v.text }

func (v *flagValue) Set(text string) error {
	// pflag would quote a refused address, and a password in it. So flagLayer checks it later.
	if v.kind != AMQPAddress {
		if err := v.kind.check(text); err != nil {
			return err
		}
	}
	v.text = text
	return nil
}

// Type is what pflag prints after the flag's name; pflag wants "bool" for a switch.
func (v *flagValue) Type() string {
	if v.kind == Bool {
		return "bool"
	}
	return v.placeholder
}

// ReadDuration reads a duration as --timeout is read: a plain number is seconds. 0 and infinity are errors.
func ReadDuration(text string) (time.Duration, error) {
	d, err := parseDuration(text)
	if err == nil && d == 0 {
		return 0, errors.New("this duration cannot be infinity")
	}
	return d, err
}

// DurationFlag adds a flag of one command that takes a duration, read by ReadDuration.
func DurationFlag(fs *pflag.FlagSet, into *time.Duration, name string, otherwise time.Duration, help string) {
	*into = otherwise
	fs.Var((*durationFlag)(into), name, help)
}

type durationFlag time.Duration

func (d *durationFlag) String() string {
	if *d == 0 {
		return ""
	}
	return durationText(time.Duration(*d))
}

func (d *durationFlag) Set(text string) error {
	read, err := ReadDuration(text)
	*d = durationFlag(read)
	return err
}

func (d *durationFlag) Type() string { return "DURATION" }
