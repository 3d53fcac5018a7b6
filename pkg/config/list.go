package config

import (
	"context"
	"slices"
	"time"
)

// Listing holds all contexts of all configuration files.
type Listing struct {
	// File is rabbitctl's own configuration file; its Path is empty when there is no home folder.
	File *File
	// Contexts holds the contexts of File, and those of ~/.rabbitmqadmin.conf whose names File does not have.
	Contexts []Context
	// Default is the name of the context that is used when the user names none; empty for none. The section default of
	// ~/.rabbitmqadmin.conf is used only if the user gives no endpoint either.
	Default string
	// Current is the name of the context that these flags and variables select; empty for none. It need not exist.
	Current  string
	Warnings []string
}

// List reads all contexts of the configuration files. It chooses no context. It reads all of ~/.rabbitmqadmin.conf, so
// it fails on a bad value even in a section that Resolve would not use. But if other users can read a secret in that
// file, List only warns.
func List(in Input) (*Listing, error) {
	s, layers, err := flagsAndVariables(in)
	if err != nil {
		return nil, err
	}
	ctx, cancel := in.within(layers)
	defer cancel()
	file, err := s.ownFile(ctx, in, layers)
	if err != nil {
		return nil, err
	}
	admin, err := loadAdmin(ctx, in.getenv)
	if err != nil {
		return nil, err
	}
	l := &Listing{File: file, Contexts: slices.Clone(file.Contexts), Default: file.DefaultContext}
	if l.Default == "" && slices.Contains(admin.sections, adminDefault) {
		l.Default = adminDefault
	}
	l.Current = l.Default
	for _, layer := range slices.Backward(layers) {
		if v, ok := layer.values[nameContext]; ok {
			l.Current = v.text
		} else if layer.namesEndpoint() && l.Current == l.Default && file.DefaultContext == "" {
			l.Current = "" // rabbitmqadmin's default section is used only when no endpoint is given
		}
	}
	for _, name := range admin.sections {
		if _, ok := file.Context(name); ok {
			continue
		}
		c, warnings, _, err := admin.context(name, in.getenv)
		if err != nil {
			return nil, err
		}
		l.Contexts = append(l.Contexts, c)
		l.Warnings = append(l.Warnings, warnings...)
	}
	if admin.exposedErr != nil {
		l.Warnings = append(l.Warnings, admin.exposedErr.Error())
	}
	return l, nil
}

// Base holds what flags and variables say, without any context. The commands that repair contexts need no more, so they
// work while a context is broken.
type Base struct {
	// File is the path of rabbitctl's own configuration file, whether it exists or not; empty without a home folder.
	File      string
	Formatter string // as given, not checked; empty when none is given
	Quiet     bool
	NoColor   bool
	// Timeout is how long the command waits for standard input, and then again for files; 0 means no limit.
	Timeout time.Duration
}

// ReadBase reads flags and variables, but no file and no standard input.
func ReadBase(in Input) (*Base, error) {
	s, layers, err := flagsAndVariables(in)
	if err != nil {
		return nil, err
	}
	if err := s.locate(in, layers); err != nil {
		return nil, err
	}
	r := resolution{settings: s, layers: layers}
	formatter, _ := r.programValue(nameFormatter)
	return &Base{File: s.ConfigFile, Formatter: formatter.text, Quiet: r.flag(nameQuiet, r.programValue),
		NoColor: r.flag(nameNoColor, r.programValue), Timeout: timeoutOf(layers)}, nil
}

// TimeoutOf returns --timeout from flags and variables, else its default; 0 means no limit. Contexts are not read.
func TimeoutOf(in Input) time.Duration {
	_, layers, _ := flagsAndVariables(in) // Resolve reports the error
	return timeoutOf(layers)
}

func timeoutOf(layers []layer) time.Duration {
	text := optionNamed(nameTimeout).Default
	for _, l := range slices.Backward(layers) { // backward, so that the first layer, the flags, wins
		if v, ok := l.values[nameTimeout]; ok {
			text = v.text
		}
	}
	d, _ := parseDuration(text) // valid: checked when its layer was read
	return d
}

// within returns a context for reading the configuration files. It ends after the timeout from flags and variables,
// else after the default one, since a timeout set in a file is not known yet.
func (in Input) within(layers []layer) (context.Context, context.CancelFunc) {
	ctx := in.Context
	if ctx == nil {
		ctx = context.Background()
	}
	if d := timeoutOf(layers); d > 0 {
		return context.WithTimeout(ctx, d)
	}
	return context.WithCancel(ctx)
}

func flagsAndVariables(in Input) (*Settings, []layer, error) {
	flags, err := flagLayer(in.Flags)
	if err != nil {
		return nil, nil, err
	}
	if err := in.nameContext(flags); err != nil {
		return nil, nil, err
	}
	env, err := environmentLayer(in.getenv)
	return &Settings{values: map[string]Value{}}, []layer{flags, env}, err
}
