package definitions

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// export is the command that writes a document. It has none of the command types of package verb, because it prints no
// rows and changes nothing on the broker.
type export struct{}

// Title is the name of the command, and the line that describes it.
func (export) Title() (name, short string) {
	return "export_definitions", "Write the definitions into a file, sorted for Git"
}

// Cobra makes the command.
func (e export) Cobra(a *app.App) *cobra.Command {
	var f exportFlags
	title, short := e.Title()
	cmd := &cobra.Command{
		Use:   title + " [FILE]",
		Short: short,
		Long: `Write what is declared on the broker into FILE, or to standard output: virtual hosts, users, permissions,
parameters, policies, exchanges, queues and bindings, but no messages. -p writes the parameters, policies,
exchanges, queues and bindings of one virtual host, without users and permissions. A file that exists is replaced,
also one in the folder of --split; other files there stay. Exclusive queues and their bindings are left out. Objects
are sorted, and so are the fields of each object, so two exports of an unchanged broker are equal byte for byte. The
user needs the tag administrator.

Where the broker's own export leaves them out, the command adds internal exchanges (from 4.0 on), and the description,
tags and default queue type of virtual hosts (before 4.0).

The document holds the hashes of passwords, and the passwords of shovels and of federation in plain text. Only its
owner can read a file that has such secrets. --redact masks these secrets: a broker cannot import the file then, but
you can publish and compare it, and apply keeps the secrets that the broker has.

--match and --exclude choose by name. A binding stays if the names of its source and its destination are chosen; the
default exchange, amq.direct, amq.topic and so on always count as chosen sources. A permission stays if its user is
chosen. These two flags leave out no virtual hosts and no limits of virtual hosts; --only can.

Without -o, a FILE whose name ends with .yaml or .yml gets YAML; any other FILE, standard output and the files of
--split get JSON. -o yaml or -o json decides for all of these.`,
		Example: `  rabbitctl export_definitions backup.json
  rabbitctl export_definitions --redact --split definitions -o yaml && git -C definitions diff
  rabbitctl export_definitions -p shop --only queues,exchanges,bindings shop.json
  rabbitctl export_definitions --drop-policy-keys 'ha-*' --drop-empty-policies --set-queue-type quorum for-4.3.json`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, a, args) },
	}
	verb.Takes(cmd, a, verb.Arg{Name: "FILE", Optional: true, Free: true})
	verb.VHostFlag(cmd, a)
	fs := cmd.Flags()
	fs.StringSliceVar(&f.only, "only", nil, "only `KINDS`: "+strings.Join(definitions.KindNames(), ", "))
	verb.Words(fs, "only", definitions.KindNames()...)
	fs.StringArrayVar(&f.match, "match", nil,
		"only objects whose name matches `REGEX` (may be repeated: one match is enough)")
	fs.StringArrayVar(&f.exclude, "exclude", nil, "leave out objects whose name matches `REGEX` (may be repeated)")
	fs.BoolVar(&f.redact, "redact", false, "mask hashes, passwords and tokens; a broker cannot import the file then")
	fs.StringVar(&f.split, "split", "", "write several files into the folder `DIR`, which is created if it does not exist")
	fs.StringVar(&f.by, "split-by", "kind", "with --split: one file for each `kind|vhost`")
	verb.Words(fs, "split-by", "kind", "vhost")
	fs.StringArrayVar(&f.rename, "rename-vhost", nil, "`OLD=NEW`: write virtual host OLD as NEW (may be repeated)")
	fs.StringArrayVar(&f.drop, "drop-policy-keys", nil,
		"leave out the policy keys that match `PATTERN`, such as 'ha-*' (may be repeated)")
	fs.BoolVar(&f.dropEmpty, "drop-empty-policies", false,
		"leave out policies that have no key, also those of which --drop-policy-keys takes all; brokers refuse these")
	fs.StringVar(&f.queueType, "set-queue-type", "",
		"write queues as `classic|quorum` queues, except streams and queues that cannot be of that type")
	verb.Words(fs, "set-queue-type", "classic", "quorum")
	verb.CompleteWords(cmd)
	return cmd
}

func (f *exportFlags) run(cmd *cobra.Command, a *app.App, args []string) error {
	path := "-"
	if len(args) > 0 {
		path = args[0]
	}
	format, err := f.check(cmd, a, path, len(args) > 0)
	if err != nil {
		return err
	}
	vhost, err := verb.Scope(a, "")
	if err != nil {
		return err
	}
	client, err := a.Broker()
	if err != nil {
		return err
	}
	ctx, cancel, err := a.Budget(cmd.Context())
	if err != nil {
		return err
	}
	defer cancel()
	progress := a.IO.Progress("asking " + client.BaseURL())
	d, err := change.Declared(ctx, client, vhost)
	progress.Stop()
	if err != nil {
		return verb.Explain(ctx, client, err, vhost)
	}
	d, notes, err := f.shape(d)
	if err != nil {
		return err
	}
	for _, n := range notes {
		verb.Note(a, "%s", n)
	}
	if f.split != "" {
		return f.parts(a, d, format)
	}
	return write(a, path, d, format)
}

// parts writes one file for each part of the document, into the folder of --split.
func (f *exportFlags) parts(a *app.App, d *definitions.Document, format definitions.Format) error {
	names, err := a.Folder(f.split)
	if err != nil {
		return err
	}
	parts := d.ByKind()
	if f.by == "vhost" {
		parts = d.ByVHost()
	}
	var written []string
	for _, p := range parts {
		name := p.Name + "." + string(format)
		written = append(written, name)
		if err := write(a, filepath.Join(f.split, name), p.Document, format); err != nil {
			return err
		}
	}
	var other []string
	for _, name := range names {
		if change.IsDocument(name) && !slices.Contains(written, name) {
			other = append(other, name)
		}
	}
	if len(other) > 0 {
		verb.Note(a, "%s in %s %s not part of this export: %s", prose.Plural(len(other), "file", "files"), f.split,
			map[bool]string{true: "is", false: "are"}[len(other) == 1], strings.Join(other, ", "))
	}
	return nil
}

// write writes the document to the file, completely or not at all, or to standard output if path is -. If the document
// has secrets, only the owner can read the file.
func write(a *app.App, path string, d *definitions.Document, format definitions.Format) error {
	save := a.Replace
	if d.Secret() {
		save = a.SaveSecret
	}
	if path != "-" {
		return save(path, func(w io.Writer) error { return d.Write(w, format) })
	}
	var text bytes.Buffer
	if err := d.Write(&text, format); err != nil {
		return err
	}
	if a.IO.OutTTY {
		_, err := io.WriteString(a.IO.Out, render.EscapeLines(text.String()))
		return err
	}
	_, err := a.IO.Out.Write(text.Bytes())
	return err
}

// exportFlags has the values of the flags, and what the function check makes of them.
type exportFlags struct {
	only, match, exclude, rename, drop []string
	redact, dropEmpty                  bool
	split, by, queueType               string
	kinds                              []definitions.Kind
	passes                             func(name string) bool
	names                              map[string]string
}

// check refuses a wrong command line, and returns the format of the output.
func (f *exportFlags) check(cmd *cobra.Command, a *app.App, path string, named bool) (_ definitions.Format, err error) {
	if f.kinds, err = definitions.KindsNamed(f.only); err != nil {
		return "", err
	}
	if f.passes, err = passing(f.match, f.exclude); err != nil {
		return "", err
	}
	if f.names, err = renames(f.rename); err != nil {
		return "", err
	}
	switch {
	case path == "":
		return "", fail.Usagef("the name of the file is empty").Next("- is standard output")
	case f.split != "" && named:
		return "", fail.Usagef("FILE and --split exclude each other").Next("--split writes several files into its folder")
	case f.by != "kind" && f.by != "vhost":
		return "", fail.Usagef("--split-by is kind or vhost, not %q", f.by)
	case f.queueType != "" && f.queueType != "classic" && f.queueType != "quorum":
		return "", fail.Usagef("--set-queue-type is classic or quorum, not %q", f.queueType)
	}
	return formatOf(cmd, a, path)
}

// formatOf returns the format that -o asks for, or else the format that the file's name stands for. A format that the
// environment or a context sets does not count, because it is meant for rows.
func formatOf(cmd *cobra.Command, a *app.App, path string) (definitions.Format, error) {
	s, err := a.Settings()
	if err != nil {
		return "", err
	}
	formats := []string{string(definitions.JSON), string(definitions.YAML)}
	switch asked := s.Formatter; {
	case slices.Contains(formats, asked) && cmd.Flags().Changed("formatter"):
		return definitions.Format(asked), nil
	case cmd.Flags().Changed("formatter"):
		return "", fail.Usagef("definitions have no output format %q%s", asked, fail.DidYouMean(asked, formats)).
			Next("formats: %s", strings.Join(formats, " "))
	case strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, ".yml"):
		return definitions.YAML, nil
	}
	return definitions.JSON, nil
}

// shape applies the flags to the document. notes are messages for the user.
func (f *exportFlags) shape(d *definitions.Document) (_ *definitions.Document, notes []string, err error) {
	if len(f.match)+len(f.exclude) > 0 {
		d = d.Named(f.passes)
	}
	if d, err = d.Renamed(f.names); err != nil {
		return nil, nil, err
	}
	if len(f.drop) > 0 || f.dropEmpty {
		d = d.WithoutPolicyKeys(f.drop, f.dropEmpty)
	}
	if f.queueType != "" {
		d, notes = d.WithQueueType(f.queueType)
	}
	if f.kinds != nil {
		d = d.Only(f.kinds)
	}
	if f.redact {
		d = d.Redacted()
	}
	return d, notes, nil
}
