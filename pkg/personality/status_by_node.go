package personality

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// toldByNode asks the node for the facts that status prints and the API does not report, if the Erlang cookie was
// given. It returns nil if there is no cookie or the node does not answer; status then leaves these facts out.
func (c *call) toldByNode(ctx context.Context) erlang.Term {
	if !c.app.TellsCookie() || c.alsoNode(ctx) != nil {
		return nil
	}
	told, err := inside.Status(ctx, c.erlang)
	if err != nil {
		return nil
	}
	return told
}

// systemOf returns the name of the operating system from a term such as {os,{unix,linux}}, as the tools write the name.
func systemOf(told erlang.Term) string {
	pair, _ := inside.ValueOf(told, "os").(erlang.Tuple)
	if len(pair) != 2 {
		return ""
	}
	switch name := inside.Word(pair[1]); name {
	case "linux":
		return "Linux"
	case "darwin":
		return "macOS"
	case "nt":
		return "Windows"
	case "freebsd":
		return "FreeBSD"
	default:
		return name
	}
}

// pluginsOf returns the names of the running plugins, including those that run only because other plugins need them.
func pluginsOf(told erlang.Term) (names []string) {
	all, _ := inside.ValueOf(told, "active_plugins").(erlang.List)
	for _, p := range all {
		names = append(names, inside.Word(p))
	}
	return names
}

// watermarkOf returns the memory limit as it was configured, with a comma after it: a fraction, or a size in the given
// unit. It returns "" if the node does not report the limit.
func watermarkOf(told erlang.Term, unit string) string {
	switch set := inside.ValueOf(told, "vm_memory_high_watermark").(type) {
	case erlang.Tuple:
		if n, ok := set[len(set)-1].(erlang.Number); ok {
			if size, err := strconv.ParseInt(string(n), 10, 64); err == nil {
				return inUnit(size, unit) + " " + unit + ", "
			}
		}
	case erlang.Number:
		return string(set) + " of available memory, "
	}
	return ""
}

// socketsOf returns the line about open sockets. It returns nil for releases that no longer count sockets.
func socketsOf(told erlang.Term) []string {
	counts := inside.ValueOf(told, "file_descriptors")
	limit := inside.ValueOf(counts, "sockets_limit")
	if limit == nil || limit == erlang.Number("0") {
		return nil
	}
	return []string{"Sockets: " + erlang.Cell(inside.ValueOf(counts, "sockets_used")) + ", limit: " + erlang.Cell(limit)}
}

// cryptoOf returns the name of the library that the node's Erlang uses for encryption.
func cryptoOf(told erlang.Term) string {
	if info, ok := inside.ValueOf(told, "crypto_lib_info").(erlang.Tuple); ok && len(info) == 3 {
		return inside.Word(info[2])
	}
	return ""
}

// after inserts lines after the line with index i.
func after(lines []string, i int, more ...string) []string { return slices.Insert(lines, i+1, more...) }

// completed adds what the node has reported to the sections of status. It replaces the list of plugins: that of the API
// lacks plugins that run only because other plugins need them.
func completed(all []section, told erlang.Term) []section {
	if told == nil {
		return all
	}
	for i := range all {
		s := &all[i]
		switch s.title {
		case "Runtime":
			s.lines = after(s.lines, 0, "OS: "+systemOf(told))
			crypto := cryptoOf(told)
			if crypto != "" && !slices.ContainsFunc(s.lines, func(l string) bool { return strings.HasPrefix(l, "Crypto library") }) {
				at := slices.IndexFunc(s.lines, func(l string) bool { return strings.HasPrefix(l, "Erlang configuration") })
				s.lines = after(s.lines, at, "Crypto library: "+crypto)
			}
		case "Plugins":
			s.lines = append([]string{"Enabled plugin file: " + inside.Word(inside.ValueOf(told, "enabled_plugin_file")),
				"Enabled plugins:", ""}, stars(pluginsOf(told))...)
		case "Data directory":
			s.lines = append(s.lines, "Raft data directory: "+inside.Word(inside.ValueOf(told, "raft_data_directory")))
		case "File Descriptors":
			s.lines = append(s.lines, socketsOf(told)...)
		}
	}
	return all
}

// withNode adds what the node has reported to the JSON output of status, in place of what the API reports under the
// same names.
func withNode(data erlang.Map, told erlang.Term) erlang.Map {
	if told == nil {
		return data
	}
	set := func(name string, value erlang.Term) {
		key := erlang.Atom(name)
		data = slices.DeleteFunc(data, func(e erlang.Entry) bool { return e.Key == key })
		data = append(data, erlang.Entry{Key: key, Value: value})
	}
	set("os", erlang.Binary(systemOf(told)))
	set("crypto_lib_version", erlang.Binary(cryptoOf(told)))
	set("active_plugins", terms(pluginsOf(told)))
	for _, name := range []string{"enabled_plugin_file", "raft_data_directory"} {
		set(name, erlang.Binary(inside.Word(inside.ValueOf(told, name))))
	}
	for _, name := range []string{"product_name", "product_version"} {
		set(name, erlang.Binary(""))
		if v := inside.ValueOf(told, name); v != nil {
			set(name, erlang.Binary(inside.Word(v)))
		}
	}
	if counts := inside.ValueOf(told, "file_descriptors"); counts != nil {
		set("file_descriptors", counts)
	}
	switch limit := inside.ValueOf(told, "vm_memory_high_watermark").(type) {
	case erlang.Tuple:
		set("vm_memory_high_watermark_setting", object(inside.Word(limit[0]), limit[len(limit)-1]))
	case erlang.Number:
		set("vm_memory_high_watermark_setting", object("relative", limit))
	}
	return object(pairsOfMap(data)...)
}

func pairsOfMap(m erlang.Map) []any {
	var out []any
	for _, e := range m {
		out = append(out, erlang.Cell(e.Key), e.Value)
	}
	return out
}
