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

// A side of a comparison is a file, or a broker in one of these forms. The virtual host is given with a flag and not in
// these forms, because its name may hold any character.
const (
	ownBroker     = "broker:"
	contextPrefix = "context:"
)

// side is one side of a comparison.
type side struct {
	// typed is what was typed.
	typed string
	// vhost is the virtual host that it is narrowed to; "" for all.
	vhost string
	// home is the virtual host of the objects for which a file names none.
	home string
	// app is the app of the side's broker; nil for a file.
	app *app.App
	doc *definitions.Document
}

// sideOf reads what was typed. No broker is asked, and no file opened but the configuration.
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

// within is the part of a file that belongs to the virtual host.
func (s *side) within() (*definitions.Document, error) {
	for _, name := range s.doc.VHosts() {
		if name == s.vhost {
			return s.doc.OfVHost(s.vhost), nil
		}
	}
	return nil, fail.New(fail.NotFound, "%s has nothing of virtual host %s%s", s.typed, s.vhost,
		fail.DidYouMean(s.vhost, s.doc.VHosts()))
}

// release is the release of the side's broker, such as 4.3; "" for a file.
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

// completeSides offers the brokers, and leaves the names of files to the shell.
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
