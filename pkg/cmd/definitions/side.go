package definitions

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/release"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// A side of a comparison is a file, or a broker that is written as "broker:" or "context:NAME". The virtual host is not
// part of this text and is given with a flag, because its name may hold any character.
const (
	ownBroker     = "broker:"
	contextPrefix = "context:"
)

// side is one side of a comparison.
type side struct {
	// typed is the argument as it was typed.
	typed string
	// vhost is the virtual host that the side is limited to; "" for all.
	vhost string
	// home is the virtual host of the objects in a file, if the file does not name it. It is the virtual host that the
	// command line gives for the other side.
	home string
	// app is the app for the broker of the side; nil if the side is a file, a folder or standard input.
	app *app.App
	doc *definitions.Document
}

// sideOf makes a side of an argument. It asks no broker, and opens no file except the configuration file.
func sideOf(ctx context.Context, a *app.App, typed, vhost string) (*side, error) {
	s := &side{typed: typed, vhost: vhost}
	name, is := strings.CutPrefix(typed, contextPrefix)
	switch {
	case typed == "":
		return nil, fail.Usagef("the name of a side is empty").Next("%s", sideForms)
	case typed == ownBroker:
		s.app = a
	case strings.HasPrefix(typed, ownBroker):
		return nil, fail.Usagef("nothing may follow %s, which stands for the broker that this command talks to", ownBroker).
			Next("--vhost-a and --vhost-b name the virtual host of a side; ./%s is a file", fail.Word(typed))
	case is && name == "":
		return nil, fail.Usagef("%s needs the name of a context", contextPrefix).
			Next("rabbitctl config list shows the contexts")
	case is:
		var err error
		if s.app, err = a.In(ctx, name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

const sideForms = "a side is a file, - for standard input, broker: or context:NAME"

// read reads the document of the side.
func (s *side) read(ctx context.Context, files change.Files) (err error) {
	if s.app == nil {
		s.doc, err = change.ReadSound(ctx, files, s.typed, cmp.Or(s.vhost, s.home))
		if err == nil && len(s.doc.Objects) == 0 && len(s.doc.Members) == 0 {
			err = fail.New(fail.Data, "%s declares nothing: it has no member of a document of definitions", s.typed)
		}
		if err == nil && s.vhost != "" && !s.doc.Single {
			s.doc, err = s.within()
		}
		return err
	}
	client, err := s.app.Broker()
	if err != nil {
		return err
	}
	s.doc, err = change.Declared(ctx, client, s.vhost)
	return err
}

// within returns the part of a document from a file that belongs to the virtual host of the side. It returns an error
// if the document has nothing of this virtual host.
func (s *side) within() (*definitions.Document, error) {
	for _, name := range s.doc.VHosts() {
		if name == s.vhost {
			return s.doc.OfVHost(s.vhost), nil
		}
	}
	return nil, fail.New(fail.NotFound, "%s has nothing of virtual host %s%s", s.typed, s.vhost,
		fail.DidYouMean(s.vhost, s.doc.VHosts()))
}

// release returns the release series of the side's broker, such as 4.3; "" if the side is not a broker, or if its
// release is unknown.
func (s *side) release() string {
	if s.app == nil {
		return ""
	}
	major, minor, ok := release.Series(s.doc.Release())
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d.%d", major, minor)
}

// completeSides completes broker: and context:NAME, and leaves the names of files to the shell.
func completeSides(a *app.App) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 1 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var out []string
		for _, name := range append([]string{ownBroker}, verb.ContextNames(cmd, a, contextPrefix, prefix)...) {
			if strings.HasPrefix(name, prefix) {
				out = append(out, name)
			}
		}
		if len(out) == 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return out, cobra.ShellCompDirectiveDefault
	}
}
