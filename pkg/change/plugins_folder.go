package change

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// PluginPlaces says where a node on this machine keeps its plugins. File is the file of enabled plugins; Folders are
// the folders with the installed ones.
type PluginPlaces struct {
	File    string
	Folders []string
}

// longestArchive is the maximum size of a plugin that is one file, in bytes.
const longestArchive = 64 << 20

// installed describes the plugins in folders, as their .app files describe them.
type installed struct {
	plugins map[string]inside.Plugin
	// needs maps each plugin to the plugins that it needs. strict is true for plugins of RabbitMQ, which need the
	// application rabbit, and false for libraries.
	needs  map[string][]string
	strict map[string]bool
	// release is the release of RabbitMQ in these folders; "" if RabbitMQ is not in them.
	release string
}

// installedIn reads the plugins in folders. It leaves out RabbitMQ itself and the applications that it needs: they are
// not plugins.
func installedIn(ctx context.Context, at Site, folders []string) (*installed, error) {
	i := &installed{plugins: map[string]inside.Plugin{}, needs: map[string][]string{}, strict: map[string]bool{}}
	for _, folder := range folders {
		names, is, err := at.Files.Entries(folder)
		if err != nil {
			return nil, err
		}
		if !is {
			continue
		}
		for _, name := range names {
			if err := i.add(ctx, at, folder, name); err != nil {
				return nil, err
			}
		}
	}
	if len(i.plugins) == 0 {
		return nil, fail.New(fail.Config, "no plugin is installed in %s", strings.Join(folders, ", ")).
			Next("the variable RABBITMQ_PLUGINS_DIR names the folder")
	}
	i.release = i.plugins["rabbit"].Version
	for _, own := range i.closed([]string{"rabbit"}, i.needs) {
		delete(i.plugins, own)
	}
	for name, needs := range i.needs {
		i.strict[name] = slices.Contains(needs, "rabbit")
		i.needs[name] = slices.DeleteFunc(needs, func(n string) bool { _, is := i.plugins[n]; return !is })
	}
	return i, nil
}

// add reads the plugin in one entry of a folder: a folder NAME-VERSION, or an archive NAME-VERSION.ez.
func (i *installed) add(ctx context.Context, at Site, folder, entry string) error {
	title := strings.TrimSuffix(entry, ".ez")
	name, _, _ := strings.Cut(title, "-")
	file := "ebin/" + name + ".app"
	var text []byte
	var err error
	switch whole := path.Join(folder, entry, file); {
	case strings.HasSuffix(entry, ".ez"):
		text, err = archived(ctx, at, path.Join(folder, entry), path.Join(title, file))
	case at.Files.Exists(whole):
		text, err = at.Files.ReadFile(whole)
	}
	if err != nil || text == nil {
		return err
	}
	t, err := erlang.Parse(uncommented(text))
	application, _ := t.(erlang.Tuple)
	if err != nil || len(application) != 3 {
		return fail.New(fail.Data, "%s in %s is not a description of a plugin", file, path.Join(folder, entry))
	}
	facts := application[2]
	needs := atoms(inside.ValueOf(facts, "applications"))
	i.needs[name] = needs
	i.plugins[name] = inside.Plugin{Name: name, Version: characters(facts, "vsn"),
		Description: characters(facts, "description"), Needs: inside.Words(needs)}
	return nil
}

func characters(facts erlang.Term, key string) string { return text(inside.ValueOf(facts, key)) }

// archived returns the content of a file in an archive; nil if the archive does not have that file.
func archived(ctx context.Context, at Site, archive, name string) ([]byte, error) {
	in, err := at.Files.OpenFile(ctx, archive)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, longestArchive))
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fail.New(fail.Data, "%s is not the archive of a plugin: %w", archive, err)
	}
	f, err := z.Open(name)
	if err != nil {
		return nil, nil //nolint:nilerr // an archive without that file is not a plugin
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, longestKey))
}

// uncommented removes the comments from Erlang text. A comment begins with %, outside of strings and quoted atoms.
func uncommented(text []byte) string {
	var out strings.Builder
	var within byte
	for at := 0; at < len(text); at++ {
		switch c := text[at]; {
		case within != 0 && c == '\\' && at+1 < len(text):
			out.WriteByte(c)
			at++
		case within != 0 && c == within:
			within = 0
		case within == 0 && (c == '"' || c == '\''):
			within = c
		case within == 0 && c == '%':
			for at < len(text) && text[at] != '\n' {
				at++
			}
			out.WriteByte('\n')
			continue
		}
		out.WriteByte(text[at])
	}
	return out.String()
}

// closed returns the plugins in names, and those to which the map follows leads from them, directly or indirectly,
// sorted. It leaves out plugins that are not installed.
func (i *installed) closed(names []string, follows map[string][]string) []string {
	seen := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		if _, is := i.plugins[name]; seen[name] || !is {
			return
		}
		seen[name] = true
		for _, next := range follows[name] {
			add(next)
		}
	}
	for _, n := range names {
		add(n)
	}
	return slices.Sorted(maps.Keys(seen))
}

// needed returns the plugins and those that they need. needing returns the plugins and those that need them.
func (i *installed) needed(names []string) []string { return i.closed(names, i.needs) }

func (i *installed) needing(names []string) []string {
	follows := map[string][]string{}
	for name, needs := range i.needs {
		for _, n := range needs {
			follows[n] = append(follows[n], name)
		}
	}
	return i.closed(names, follows)
}

// listed removes the names of libraries, which are only parts of plugins.
func (i *installed) listed(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !i.strict[n] })
}

// InstalledIn returns the plugins in the folders of places, in the form in which a node reports its own plugins, and
// the release of RabbitMQ there. Whether a plugin runs is not known.
func InstalledIn(ctx context.Context, at Site, places PluginPlaces) (of *inside.Plugins, release string, err error) {
	i, err := installedIn(ctx, at, places.Folders)
	if err != nil {
		return nil, "", err
	}
	of = &inside.Plugins{File: places.File}
	if of.Enabled, err = enabledIn(at, places.File); err != nil {
		return nil, "", err
	}
	of.Implied = i.needed(of.Enabled)
	for _, name := range slices.Sorted(maps.Keys(i.plugins)) {
		p := i.plugins[name]
		p.Library = !i.strict[name]
		of.All = append(of.All, p)
	}
	return of, i.release, nil
}
