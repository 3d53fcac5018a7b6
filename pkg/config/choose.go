package config

import (
	"context"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// chooseContext reads the configuration files, chooses the context, and returns it as a layer. It is the context that a
// flag or a variable names, else the file's default, else rabbitmqadmin's default section unless an endpoint is given.
// The layer is nil when there is no such context. A named context that is in no file is an error; no other context
// takes its place.
func (s *Settings) chooseContext(ctx context.Context, in Input, layers []layer, endpointGiven bool) (*layer, error) {
	file, err := s.ownFileOnce(ctx, in, layers)
	if err != nil {
		return nil, err
	}
	named := value{}
	for _, l := range layers {
		if v, ok := l.values[nameContext]; ok && named.text == "" {
			named = v
		}
	}
	if named.text == "" && file.DefaultContext != "" {
		named = value{text: file.DefaultContext, where: fmt.Sprintf("%s:%d: default_context", file.Path, file.defaultLine),
			origin: "default_context in " + file.Path}
	}
	if named.text == "" && endpointGiven {
		return nil, nil
	}
	if c, ok := file.Context(named.text); ok && named.text != "" {
		return s.use(c, named.origin), nil
	}
	admin, err := in.admin(ctx)
	if err != nil {
		return nil, err
	}
	name, origin := named.text, named.origin
	if name == "" {
		name, origin = adminDefault, "section "+adminDefault+" of "+admin.path
	}
	c, warnings, ok, err := admin.context(name, in.getenv)
	switch {
	case err != nil:
		return nil, err
	case ok && admin.exposedErr != nil:
		return nil, asConfig(admin.exposedErr)
	case ok:
		s.Warnings = append(s.Warnings, warnings...)
		return s.use(c, origin), nil
	case named.text == "":
		if w := admin.unused(); w != "" {
			s.Warnings = append(s.Warnings, w)
		}
		return nil, nil
	}
	candidates := append([]string(nil), admin.sections...)
	for _, c := range file.Contexts {
		candidates = append(candidates, c.Name)
	}
	places := strings.Join(existing(file, admin), " or ")
	return nil, in.unknown(named.where, fmt.Sprintf("there is no context %q%s%s", name, places,
		fail.DidYouMean(name, candidates)))
}

// existing lists the files that were searched for contexts, as the end of a sentence.
func existing(file *File, admin *adminConf) []string {
	var places []string
	if file.Path != "" {
		places = append(places, " in "+file.Path)
	}
	if len(admin.sections) > 0 {
		places = append(places, "in "+admin.path)
	}
	return places
}

func (s *Settings) ownFile(ctx context.Context, in Input, layers []layer) (*File, error) {
	if err := s.locate(in, layers); err != nil {
		return nil, err
	}
	return Load(ctx, s.ConfigFile, s.Origin(nameConfig) != "default", in.getenv)
}

func (s *Settings) locate(in Input, layers []layer) error {
	for _, l := range layers {
		v, ok := l.values[nameConfig]
		if !ok {
			continue
		}
		path, err := expandHome(v.text, in.getenv)
		if err != nil {
			return l.bad(v, err)
		}
		s.ConfigFile = path
		s.note(nameConfig, path, v.origin)
		return nil
	}
	s.ConfigFile = DefaultFile(in.getenv)
	s.note(nameConfig, s.ConfigFile, "default")
	return nil
}

func (s *Settings) use(c Context, origin string) *layer {
	s.Context, s.ContextFile = c.Name, c.File
	s.note(nameContext, c.Name, origin)
	l := c.layer()
	return &l
}
