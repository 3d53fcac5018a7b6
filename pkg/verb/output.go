package verb

import (
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// format is the format that was asked for, else table at a terminal and tsv in a pipe.
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

// options are the renderer's options for the streams.
func options(a *app.App) render.Options {
	return render.Options{Terminal: a.IO.OutTTY, Width: a.IO.Width, Colour: a.IO.Colour}
}

// document writes a document in the format that was asked for.
func document(a *app.App, d record.Document) error {
	f, err := format(a)
	if err != nil {
		return err
	}
	return render.Document(f, a.IO.Out, d, options(a))
}

// note writes a line for people on stderr, unless they asked for quiet.
func note(a *app.App, format string, args ...any) {
	fmt.Fprint(a.IO.Err, noteLine(a, format, args...))
}

// noteLine is a line for people, in which nothing drives a terminal; "" where they asked for quiet.
func noteLine(a *app.App, format string, args ...any) string {
	if s, err := a.Settings(); err == nil && s.Quiet {
		return ""
	}
	return "note: " + render.Escape(strings.TrimSpace(fmt.Sprintf(format, args...))) + "\n"
}
