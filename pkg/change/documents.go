package change

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// ReadDocument reads a document of definitions: a file, standard input ("-"), or a folder in which each file is a part
// of the document. vhost is the virtual host of objects that do not name theirs; "" if there is none.
func ReadDocument(ctx context.Context, files Files, path, vhost string) (*definitions.Document, error) {
	names, folder, err := files.Entries(path)
	if err != nil {
		return nil, err
	}
	if !folder {
		return readFile(ctx, files, path, vhost)
	}
	var parts []definitions.Part
	for _, name := range names {
		if !IsDocument(name) {
			continue
		}
		d, err := readFile(ctx, files, filepath.Join(path, name), vhost)
		if err != nil {
			return nil, err
		}
		parts = append(parts, definitions.Part{Name: name, Document: d})
	}
	if len(parts) == 0 {
		return nil, fail.New(fail.Data, "the folder %s has no file of definitions", path).
			Next("their names end with .json, .yaml or .yml")
	}
	return definitions.Joined(parts), nil
}

// ReadSound is ReadDocument for a document that must have no faults: a part that could not be read would otherwise just
// be missing. It also refuses the export of one virtual host if neither the document nor vhost names the virtual host.
// Warnings are accepted.
func ReadSound(ctx context.Context, files Files, path, vhost string) (*definitions.Document, error) {
	d, err := ReadDocument(ctx, files, path, vhost)
	if err != nil {
		return nil, err
	}
	for _, f := range d.Faults {
		if !f.Warning {
			return nil, fail.New(fail.Data, "%s: %s: %s", titleOf(path), f.At, f.Text).
				Next("%s shows all that is wrong", checkOf(path, ""))
		}
	}
	if d.Single && d.VHost == "" {
		return nil, fail.Usagef("%s is the export of one virtual host, and does not name this virtual host", titleOf(path)).
			Next("give the name with -p VIRTUAL_HOST")
	}
	return d, nil
}

// titleOf returns the name of a file for a sentence.
func titleOf(path string) string {
	if path == "-" {
		return "standard input"
	}
	return path
}

// Reading is a document that several brokers are compared with. It is read once: it may be standard input.
type Reading struct {
	once  sync.Mutex
	vhost string
	doc   *definitions.Document
	err   error
}

// Sound reads the document as ReadSound does, and keeps it, or keeps the error. It reads a file again for another
// virtual host, but never standard input.
func (r *Reading) Sound(ctx context.Context, files Files, path, vhost string) (*definitions.Document, error) {
	r.once.Lock()
	defer r.once.Unlock()
	if r.doc == nil && r.err == nil || r.vhost != vhost && path != "-" {
		r.vhost = vhost
		r.doc, r.err = ReadSound(ctx, files, path, vhost)
	}
	return r.doc, r.err
}

// IsDocument reports whether the name of a file ends like that of a document: .json, .yaml or .yml.
func IsDocument(name string) bool {
	return slices.ContainsFunc([]string{".json", ".yaml", ".yml"}, func(end string) bool {
		return strings.HasSuffix(name, end)
	})
}

func readFile(ctx context.Context, files Files, path, vhost string) (*definitions.Document, error) {
	f, err := files.OpenFile(ctx, path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d, err := definitions.Read(f, definitions.From{Name: titleOf(path), VHost: vhost})
	if err == nil {
		return d, nil
	}
	if ended := fail.Ended(ctx); ended != nil {
		return nil, ended
	}
	return nil, err
}

// isNew refuses a file that exists already. An empty path is accepted.
func isNew(files Files, path string) error {
	if path == "" || !files.Exists(path) {
		return nil
	}
	return fail.New(fail.Output, "refused: %s exists already, and is not overwritten", path).
		Next("name a new file, or remove that one")
}

// sameCommand names the command of this run in a next step. With the same backup, a second run would be refused, because
// the first one has made the file.
func sameCommand(backup string) string {
	if backup == "" {
		return "the same command"
	}
	return "the same command without --backup"
}

// keepDocument writes a document into a new file: as YAML if the path ends with .yaml or .yml, else as JSON. If the
// path is "", it writes nothing.
func keepDocument(files Files, path string, d *definitions.Document) error {
	if path == "" {
		return nil
	}
	file, err := files.CreateFile(path)
	if err != nil {
		return err
	}
	format := definitions.JSON
	if strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, ".yml") {
		format = definitions.YAML
	}
	if err = d.Write(file, format); err == nil {
		err = file.Sync()
	}
	if err != nil {
		_ = file.Discard()
		return fail.New(fail.Output, "%s cannot be written: %w", path, err)
	}
	return file.Close()
}

// Import declares what a document says: in one virtual host, or in the whole broker if vhost is "". A broker closes a
// connection on which nothing was sent for 60 s (4.3), and then stops importing. What it has imported by then stays. So
// Import sends the document again, as long as each try adds something to the broker.
func Import(ctx context.Context, c *broker.Client, vhost string, document json.RawMessage) error {
	for has := -1; ; {
		err := importOnce(ctx, c, vhost, document)
		if fail.KindOf(err) != fail.Lost || ctx.Err() != nil {
			return err
		}
		all, unread := c.Definitions(ctx)
		if unread != nil || len(all) <= has {
			return err
		}
		has = len(all)
	}
}

func importOnce(ctx context.Context, c *broker.Client, vhost string, document json.RawMessage) error {
	if vhost == "" {
		return c.ImportDefinitions(ctx, document)
	}
	return c.ImportVHostDefinitions(ctx, vhost, document)
}
