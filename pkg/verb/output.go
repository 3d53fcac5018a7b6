package verb

import (
	"fmt"
	"io"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// format returns the format that was asked for. Otherwise it is table at a terminal and tsv in a pipe.
func format(a *app.App) (render.Format, error) {
	settings, err := a.Settings()
	if err != nil {
		return "", err
	}
	if settings.Formatter != "" {
		return render.ParseFormat(settings.Formatter)
	}
	if a.IO.OutTTY {
		return render.Table, nil
	}
	return render.TSV, nil
}

// options returns the options of the renderer that fit the program's output stream.
func options(a *app.App) render.Options {
	return render.Options{Terminal: a.IO.OutTTY, Width: a.IO.Width, Colour: a.IO.Colour}
}

// document writes a document in the format that was asked for.
func document(a *app.App, d record.Document) error {
	f, err := format(a)
	if err != nil {
		return err
	}
	return writeDocument(a, f, a.IO.Out, d, options(a))
}

// writeDocument writes a document, and a note with the columns for which the screen has no room.
func writeDocument(a *app.App, f render.Format, to io.Writer, d record.Document, o render.Options) error {
	var missing []string
	o.Unshown = func(columns []string) { missing = append(missing, columns...) }
	if err := render.Document(f, to, d, o); err != nil {
		return err
	}
	if len(missing) > 0 {
		note(a, "%s", NoRoom(missing, render.JSON))
	}
	return nil
}

// NoRoom returns the note that the screen has no room for some columns, with the ways to see them.
func NoRoom(columns []string, elsewhere render.Format) string {
	return fmt.Sprintf("no room for %s; a wider terminal or -o %s shows them", strings.Join(columns, ", "), elsewhere)
}

// Note writes a line for people on stderr, unless they asked for quiet. It is for a command that is neither a List, a
// Check nor a Change.
func Note(a *app.App, format string, args ...any) { note(a, format, args...) }

// note writes a line for people on stderr, unless they asked for quiet.
func note(a *app.App, format string, args ...any) {
	fmt.Fprint(a.IO.Err, noteLine(a, errWidth(a), format, args...))
}

// errWidth returns the width for lines on stderr, or 0 if stderr is not a terminal.
func errWidth(a *app.App) int {
	if a.IO.ErrTTY {
		return a.IO.Width
	}
	return 0
}

// noteLine returns a line for people, with control characters escaped, broken to fit the width. It returns "" if people
// asked for quiet.
func noteLine(a *app.App, width int, format string, args ...any) string {
	if s, err := a.Settings(); err == nil && s.Quiet {
		return ""
	}
	return noteText(width, fmt.Sprintf(format, args...))
}

// noteText returns a note as a line, with control characters escaped, broken to fit the width.
func noteText(width int, text string) string {
	return render.Message("note: "+render.Escape(strings.TrimSpace(text)), width) + "\n"
}

// CheckFormat refuses a format that is not one of render.Formats. others are formats that only this command has: the
// error names them, too. The command must not call CheckFormat for one of them.
func CheckFormat(a *app.App, others ...string) error {
	settings, err := a.Settings()
	if err != nil || settings.Formatter == "" {
		return err
	}
	_, err = render.ParseFormat(settings.Formatter, others...)
	return err
}

// PrintDocument writes a document in the format that was asked for.
func PrintDocument(a *app.App, d record.Document) error { return document(a, d) }
