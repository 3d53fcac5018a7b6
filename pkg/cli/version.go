package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// release is the version of the next release, which unreleased builds show. The linker gives a released build its own
// version.
const release = "0.1.0-dev"

// These variables describe a released build. Only the linker sets them (cmd/dist). A + after the commit means that
// files were changed after that commit.
var linkedVersion, linkedCommit, linkedDate string

// build is what a program knows about its own build. commit and date are empty if it was built outside a repository.
type build struct {
	version, commit, date string
	modified              bool
}

// Version returns the version that the linker or Go's module system recorded. If neither recorded one, it returns the
// constant release.
func Version() string { return thisBuild().version }

func thisBuild() build {
	if linkedVersion != "" {
		commit, _, modified := strings.Cut(linkedCommit, "+")
		return build{linkedVersion, commit, linkedDate, modified}
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build{version: release}
	}
	return buildOf(info)
}

// buildOf reads what Go's tools recorded about the build in the program.
func buildOf(info *debug.BuildInfo) build {
	b := build{version: strings.TrimPrefix(info.Main.Version, "v")}
	// Before the first tag, Go names a commit v0.0.0-TIME-COMMIT. That says less than the version of the next release.
	if b.version == "" || b.version == "(devel)" || strings.HasPrefix(b.version, "0.0.0-") {
		b.version = release
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.time":
			b.date = s.Value
		case "vcs.modified":
			b.modified = s.Value == "true"
		}
	}
	return b
}

func version(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of rabbitctl",
		Long: `Print the version of rabbitctl, and the commit that it was built from, if that is known. The version of the
broker is in ` + "`rabbitctl status`.",
		Example: "  rabbitctl version\n  rabbitctl version -o json | jq -r .commit",
		Args:    verb.Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			// Do not read the configuration file: a bug report needs the version even if that file is broken.
			format := cmd.Flag("formatter").Value.String()
			if format == "" {
				format = a.Getenv("RABBITCTL_FORMATTER")
			}
			b := thisBuild()
			b.version = a.Version
			return b.print(a, a.IO.Out, format)
		},
	}
}

func (b build) print(a *app.App, to io.Writer, format string) error {
	platform := runtime.GOOS + "/" + runtime.GOARCH
	if format == "" {
		_, err := fmt.Fprintf(to, "rabbitctl %s (%s%s, %s)\n", b.version, b.origin(), runtime.Version(), platform)
		return err
	}
	f, err := render.ParseFormat(format)
	if err != nil {
		return err
	}
	known := func(text string) record.Value {
		if text == "" {
			return nil
		}
		return record.Of(text)
	}
	var modified record.Value
	if b.commit != "" {
		modified = record.Of(b.modified)
	}
	field := func(name string, value record.Value) record.Field {
		return record.Field{Column: record.Column{Name: name}, Value: value}
	}
	return render.Document(f, to, record.Document{record.Fields("",
		field("version", known(b.version)), field("commit", known(b.commit)), field("date", known(b.date)),
		field("modified", modified), field("go", known(runtime.Version())), field("platform", known(platform)),
	)}, render.Options{Terminal: a.IO.OutTTY, Width: a.IO.Width, Colour: a.IO.Colour})
}

// origin returns the short commit and its day, ready to be followed by other words; "" if the commit is not known.
func (b build) origin() string {
	if b.commit == "" {
		return ""
	}
	text := "commit " + b.commit[:min(12, len(b.commit))]
	if day, _, ok := strings.Cut(b.date, "T"); ok {
		text += " of " + day
	}
	if b.modified {
		text += " with changes"
	}
	return text + ", "
}
