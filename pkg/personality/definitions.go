package personality

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// definitionCommands returns the commands that export definitions to a file, and import them from a file. The tools set
// no time limit for them. Here the limit is an hour, which is enough for any document.
func definitionCommands() []command {
	return []command{
		{
			name:  "export_definitions",
			usage: `export_definitions <file_path | "-"> [--format <json | erlang>] [--timeout <timeout>]`, min: 1, max: 1,
			seconds: 3600, switches: switches{"format": text}, run: exportDefinitions,
			valid: func(c *call) *fault {
				if f := c.formatKnown(); f != nil || c.args[0] == "-" {
					return f
				}
				if folder := filepath.Dir(c.args[0]); !c.app.Exists(folder) {
					return c.bad("Directory %s does not exist", folder)
				}
				return nil
			},
			banner: func(c *call) string {
				if c.args[0] == "-" {
					return "" // stdout may contain only the definitions
				}
				return "Exporting definitions in " + c.formatName() + " to a file at \"" + c.args[0] + "\" ..."
			},
		},
		{
			name:  "import_definitions",
			usage: `import_definitions <file_path> [--format <json | erlang>] [--skip-if-unchanged] [--timeout <timeout>]`,
			max:   1, seconds: 3600, run: importDefinitions,
			// The official tool accepts skip-if-unchanged, but always imports.
			switches: switches{"format": text, "skip-if-unchanged": truth},
			valid: func(c *call) *fault {
				f := c.formatKnown()
				if f == nil && len(c.args) > 0 && !c.app.Exists(c.args[0]) {
					return c.bad("File %s does not exist", c.args[0])
				}
				return f
			},
			banner: func(c *call) string {
				from := "standard input ..."
				if len(c.args) > 0 {
					from = "a file at \"" + c.args[0] + "\" ..."
				}
				return "Importing definitions in " + c.formatName() + " from " + from
			},
		},
	}
}

// inErlang reports whether the option --format asks for definitions as Erlang terms.
func (c *call) inErlang() bool { return strings.ToLower(c.option("format", "json")) == "erlang" }

func (c *call) formatName() string {
	if c.inErlang() {
		return "Erlang term format"
	}
	return "JSON"
}

func (c *call) formatKnown() *fault {
	if f := strings.ToLower(c.option("format", "json")); f != "json" && f != "erlang" {
		return c.bad("Format should be either json or erlang")
	}
	return nil
}

// exportDefinitions writes the document that the API sends. It has some more members than the document of the official
// tool.
func exportDefinitions(ctx context.Context, c *call) (answer, error) {
	if c.inErlang() {
		return answer{}, no(fail.Unavailable,
			"this program exports definitions as json only\n  next: leave out --format erlang; every release imports json")
	}
	document, err := c.client.Definitions(ctx)
	switch {
	case err != nil:
		return answer{}, err
	case c.args[0] == "-":
		return answer{printed: true}, c.print(string(document))
	}
	if !c.since(4, 0) {
		fmt.Fprintln(c.app.IO.Err, "note: the HTTP API of RabbitMQ "+c.overview.At("rabbitmq_version").
			Text()+" exports virtual hosts without descriptions and tags")
	}
	err = c.app.Save(c.args[0], func(w io.Writer) error {
		_, err := w.Write(document)
		return err
	})
	return answer{printed: true}, c.fileFault(err, "write to")
}

// importDefinitions sends the document unchanged. The broker answers when it has declared all objects of the document.
func importDefinitions(ctx context.Context, c *call) (answer, error) {
	if c.inErlang() {
		return answer{}, no(fail.Unavailable, "this program imports definitions from json only")
	}
	document, err := c.definitions(ctx)
	if err != nil {
		return answer{}, err
	}
	var checked json.RawMessage
	if err := json.Unmarshal(document, &checked); err != nil {
		return answer{}, no(fail.Data, "Failed to deserialise input (format: JSON) (error: %s)", err)
	}
	if checked[0] != '{' {
		return answer{}, no(fail.Unavailable, "definitions must be a JSON object, but this document begins with %.20q",
			checked)
	}
	if err := change.Import(ctx, c.client, "", document); err != nil {
		if strings.Contains(broker.ReasonOf(err), "body size limit") {
			return answer{}, no(fail.Unavailable,
				"%s\n  next: raise management.http.max_body_size on the broker, or import the document in parts",
				broker.ReasonOf(err))
		}
		var missing []string // 3.10 reports a missing virtual host as a list of two texts
		if json.Unmarshal([]byte(broker.ReasonOf(err)), &missing) == nil && len(missing) == 2 &&
			missing[0] == "no_such_vhost" {
			return answer{}, missingVHost(missing[1])
		}
		return answer{}, err
	}
	if c.machine() {
		// The official tool prints no newline after this line; all its other lines have one.
		return answer{printed: true}, c.print(erlang.JSON(object("result", erlang.Atom("ok"), "node", erlang.Atom(c.node))))
	}
	done := "Successfully started definition import. This process is asynchronous and can take some time."
	if c.since(4, 0) {
		done += " Watch target node logs for completion."
	}
	return answer{text: done, hush: whenQuiet}, nil
}

// definitions reads the document from the file of the first argument, or from stdin if there is no argument.
func (c *call) definitions(ctx context.Context) ([]byte, error) {
	if len(c.args) == 0 {
		document, err := c.app.ReadDefinitions(ctx, "")
		if err == nil && len(document) == 0 {
			return nil, no(fail.Unavailable, "the standard input is empty: there is nothing to import")
		}
		return document, err
	}
	document, err := c.app.ReadDefinitions(ctx, c.args[0])
	if err == nil && len(document) == 0 {
		return nil, no(fail.Data, "File %s is zero-sized", c.args[0])
	}
	return document, c.fileFault(err, "read from")
}

// fileFault returns the fault that says why the file of the first argument cannot be used, with exit code 65. It
// returns timeouts and interruptions unchanged.
func (c *call) fileFault(err error, doing string) error {
	path := c.args[0]
	switch k := fail.KindOf(err); {
	case err == nil:
		return nil
	case k == fail.Timeout || k == fail.Canceled:
		return err
	case errors.Is(err, fs.ErrNotExist):
		return no(fail.Data, "Parent directory or file %s does not exist", path)
	case errors.Is(err, syscall.ENOTDIR):
		return no(fail.Data, "Parent directory of file %s is not a directory", path)
	case errors.Is(err, syscall.ENOSPC):
		return no(fail.Data, "No space left on device hosting %s", path)
	case errors.Is(err, fs.ErrPermission):
		return no(fail.Data, "No permissions to %s file %s or its parent directory", doing, path)
	case errors.Is(err, syscall.EISDIR):
		return no(fail.Data, "Path %s is a directory", path)
	}
	return no(fail.Data, "Could not %s file %s: %s", doing, path, err)
}
