package definitions

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/query"
)

// passing returns the filter that --match and --exclude describe.
func passing(match, exclude []string) (func(name string) bool, error) {
	return query.Names(match, exclude)
}

// renames returns the new names of virtual hosts, by their old names.
func renames(texts []string) (map[string]string, error) {
	names := map[string]string{}
	for _, text := range texts {
		old, now, ok := strings.Cut(text, "=")
		if !ok || old == "" || now == "" {
			return nil, fail.Usagef("--rename-vhost: %q is not OLD=NEW", text)
		}
		if _, twice := names[old]; twice {
			return nil, fail.Usagef("--rename-vhost: %s is renamed twice", old)
		}
		names[old] = now
	}
	return names, nil
}
