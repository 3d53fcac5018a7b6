package config

import (
	"context"
	"slices"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

const flagContexts = "contexts"

// BindContextsFlag adds --contexts, for a command that can ask several brokers.
func BindContextsFlag(fs *pflag.FlagSet) {
	fs.StringSlice(flagContexts, nil,
		"ask the broker of each context in `NAME,...`, at the same time; each row, or line of a check, names its context")
}

// contextsOf returns the names that --contexts gives, or none without the flag. An empty list, and a name that is empty
// or given twice, are usage errors.
func contextsOf(fs *pflag.FlagSet) ([]string, error) {
	if fs == nil || !fs.Changed(flagContexts) {
		return nil, nil
	}
	names, err := fs.GetStringSlice(flagContexts)
	if err != nil {
		return nil, nil // another flag of that name
	}
	if len(names) == 0 {
		return nil, fail.Usagef("--contexts names no context").Next("rabbitctl config list shows the contexts")
	}
	for i, name := range names {
		switch {
		case name == "":
			return nil, fail.Usagef("--contexts: a name is empty").Next("write it as --contexts blue,green")
		case slices.Contains(names[:i], name):
			return nil, fail.Usagef("--contexts names %q twice", name)
		}
	}
	return names, nil
}

// files are the configuration files. They are read once for all contexts, since a pipe can be read only once.
type files struct {
	own   *File
	admin *adminConf
}

// ResolveAll calls Resolve once or, unless in.Named is set, once for each context that --contexts names. With
// --contexts, the name of a context that is in no file is a usage error, and so is a flag that gives all contexts the
// same broker or user.
func ResolveAll(in Input) ([]*Settings, error) {
	names, err := contextsOf(in.Flags)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Named != "":
		names = []string{in.Named}
	case len(names) == 0:
		names = []string{""}
	}
	in.files = &files{}
	var all []*Settings
	for _, in.among = range names {
		s, err := Resolve(in)
		if err != nil {
			return nil, err
		}
		s.Among = in.among
		all = append(all, s)
	}
	return all, nil
}

// nameContext adds the context that ResolveAll is resolving to the layer of the flags, so that this context is as
// strong as one that a flag names. Flags about one broker are dropped if an argument named the context, and are a usage
// error with --contexts.
func (in Input) nameContext(flags layer) error {
	if in.among == "" {
		return nil
	}
	for _, o := range allOptions {
		v, ok := flags.values[o.Name]
		switch {
		case !ok || !ofOneBroker(o.Name):
		case in.Named != "":
			delete(flags.values, o.Name)
		default:
			return fail.Usagef("--contexts and %s exclude each other", v.where).
				Next("leave one of them out: each context has its own address and user, set by rabbitctl config set NAME %s=...",
					keyOr(o, nameURL))
		}
	}
	where, origin := "--"+flagContexts, "flag --"+flagContexts
	if in.Named != "" {
		where, origin = "argument", "argument"
	}
	flags.values[nameContext] = value{text: in.among, where: where, origin: origin}
	return nil
}

// unknown is the error for a context that is in no file. It says where the name was given, unless an argument gave it.
func (in Input) unknown(where, text string) error {
	kind := fail.Config
	switch {
	case in.Named != "":
		return fail.New(fail.Usage, "%s", text).Next("rabbitctl config list shows the contexts")
	case in.among != "":
		kind = fail.Usage
	}
	return fail.New(kind, "%s: %s", where, text).Next("rabbitctl config list shows the contexts")
}

// ofOneBroker reports whether the option says where one broker is, or how to log in to it.
func ofOneBroker(name string) bool {
	return slices.Contains([]string{nameContext, nameURL, nameHost, namePort, nameTLS, namePathPrefix, nameUsername,
		namePasswordFile, namePasswordCommand, namePasswordStdin, nameCACert, nameCert, nameKey, nameInsecure,
		nameAMQPURL}, name)
}

// keyOr returns the option's key in a context, or the parameter otherwise if the option has no such key.
func keyOr(o Option, otherwise string) string {
	if o.Key == "" {
		return otherwise
	}
	return o.Key
}

// ownFileOnce reads rabbitctl's own file, unless that was read for another context.
func (s *Settings) ownFileOnce(ctx context.Context, in Input, layers []layer) (*File, error) {
	if in.files != nil && in.files.own != nil {
		return in.files.own, s.locate(in, layers)
	}
	own, err := s.ownFile(ctx, in, layers)
	if err == nil && in.files != nil {
		in.files.own = own
	}
	return own, err
}

// admin reads rabbitmqadmin's file, unless that was read for another context.
func (in Input) admin(ctx context.Context) (*adminConf, error) {
	if in.files != nil && in.files.admin != nil {
		return in.files.admin, nil
	}
	admin, err := loadAdmin(ctx, in.getenv)
	if err == nil && in.files != nil {
		in.files.admin = admin
	}
	return admin, err
}
