package definitions

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// choice says which objects are compared. It has the flags --only, --match and --exclude.
type choice struct {
	only, match, exclude []string
	kinds                []definitions.Kind
	passes               func(name string) bool
}

func (c *choice) flags(fs *pflag.FlagSet) {
	fs.StringSliceVar(&c.only, "only", nil, "only `KINDS`: "+strings.Join(definitions.KindNames(), ", "))
	verb.Words(fs, "only", definitions.KindNames()...)
	fs.StringArrayVar(&c.match, "match", nil,
		"only objects whose name matches `REGEX`, with no effect on virtual hosts and their limits (may be repeated)")
	fs.StringArrayVar(&c.exclude, "exclude", nil,
		"leave out objects whose name matches `REGEX`, but not virtual hosts and their limits (may be repeated)")
}

// check refuses unknown kinds and wrong patterns.
func (c *choice) check() (err error) {
	if c.kinds, err = definitions.KindsNamed(c.only); err != nil {
		return err
	}
	c.passes, err = passing(c.match, c.exclude)
	return err
}

// of returns the part of the document that the choice selects.
func (c *choice) of(d *definitions.Document) *definitions.Document {
	if len(c.match)+len(c.exclude) > 0 {
		d = d.Named(c.passes)
	}
	if c.kinds != nil {
		d = d.Only(c.kinds)
	}
	return d
}
