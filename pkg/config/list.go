package config

import "slices"

// Listing is every context there is.
type Listing struct {
	// File is rabbitctl's own configuration file; its Path is empty when there is no home folder.
	File *File
	// Contexts are those of File and then those of ~/.rabbitmqadmin.conf whose names File does not have.
	Contexts []Context
	// Default is the name of the context that is used when none is named and no endpoint is given; empty for none.
	Default  string
	Warnings []string
}

// List reads the configuration files for showing. It takes the same files as Resolve and fails as it does, but chooses
// no context.
func List(in Input) (*Listing, error) {
	s := &Settings{values: map[string]Value{}}
	flags, err := flagLayer(in.Flags)
	if err != nil {
		return nil, err
	}
	env, err := environmentLayer(in.getenv)
	if err != nil {
		return nil, err
	}
	file, err := s.ownFile(in, []layer{flags, env})
	if err != nil {
		return nil, err
	}
	admin, err := loadAdmin(in.getenv)
	if err != nil {
		return nil, err
	}
	l := &Listing{File: file, Contexts: slices.Clone(file.Contexts), Default: file.DefaultContext}
	if l.Default == "" && slices.Contains(admin.sections, adminDefault) {
		l.Default = adminDefault
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
	if admin.exposed != nil {
		l.Warnings = append(l.Warnings, admin.exposed.Error())
	}
	return l, nil
}

// FilePath is rabbitctl's own configuration file as the flags and the environment name it; named is false for the
// default one. It is empty without a home folder.
func FilePath(in Input) (path string, named bool, err error) {
	s := &Settings{values: map[string]Value{}}
	flags, err := flagLayer(in.Flags)
	if err != nil {
		return "", false, err
	}
	env, err := environmentLayer(in.getenv)
	if err != nil {
		return "", false, err
	}
	if err := s.locate(in, []layer{flags, env}); err != nil {
		return "", false, err
	}
	return s.ConfigFile, s.Origin(nameConfig) != "default" && s.ConfigFile != "", nil
}
