package change

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// inFile plans a change of the file of enabled plugins of a stopped node. The file does not say which plugins need
// others, so inFile ignores these dependencies.
func (p *plugging) inFile(at Site) (*Plan, error) {
	now, err := enabledIn(at, p.file)
	if err != nil {
		return nil, err
	}
	var wanted []string
	switch p.how {
	case "enable":
		wanted = ordered(append(slices.Clone(now), p.names...))
	case "disable":
		if !p.all {
			wanted = without(now, p.names)
		}
	default:
		wanted = ordered(slices.Clone(p.names))
	}
	plan := Once(p.action(), "changed", func(ctx context.Context) error {
		return at.Files.Replace(p.file, func(w io.Writer) error {
			_, err := io.WriteString(w, erlang.Text(inside.Words(wanted))+".\n")
			return err
		})
	})
	if slices.Equal(wanted, now) {
		return plan.Already("unchanged"), nil
	}
	section := record.Section{Name: "plugins", Columns: record.Named("name", "then")}
	for _, n := range without(wanted, now) {
		section.Rows = append(section.Rows, record.Row{record.Of(n), record.Of("enabled")})
	}
	for _, n := range without(now, wanted) {
		section.Rows = append(section.Rows, record.Row{record.Of(n), record.Of("disabled")})
	}
	plan.Hits = record.Document{section}
	plan.Notes = []string{"a node reads the file only when it starts; rabbitctl does not check whether the node " +
		"has these plugins"}
	return plan.Seen(func(_ context.Context, o Outcome) (Outcome, error) {
		is, err := enabledIn(at, p.file)
		if err == nil && !slices.Equal(is, wanted) {
			err = fail.New(fail.Incomplete, "%s was written, but now lists other plugins", p.file).
				Next("did somebody else change it in the meantime?")
		}
		o.Facts, o.Notes = plan.Hits, plan.Notes
		return o, err
	}), nil
}

// enabledIn returns the plugins that a file of enabled plugins names. If the file does not exist, it returns none.
func enabledIn(at Site, path string) ([]string, error) {
	if !at.Files.Exists(path) {
		return nil, nil
	}
	content, err := at.Files.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text := strings.TrimSuffix(strings.TrimSpace(uncommented(content)), ".")
	if text == "" {
		return nil, nil
	}
	t, err := erlang.Parse(text)
	list, ok := t.(erlang.List)
	if err == nil && (!ok || len(atoms(t)) != len(list)) {
		err = errors.New("it is not a list of names")
	}
	if err != nil {
		return nil, fail.New(fail.Data, "%s is not a file of enabled plugins: %w", path, err).
			Next("such a file has one line: [rabbitmq_management,rabbitmq_stream].")
	}
	return ordered(atoms(t)), nil
}
