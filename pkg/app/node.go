package app

import (
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // a node's own digest
	"encoding/base64"
	"fmt"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// Node returns the client for a node over Erlang distribution: the node of that name, or the node of the settings if
// the name is empty. It opens no connection yet.
func (a *App) Node(name string) (*erldist.Client, error) { return a.node(name, true) }

// SilentNode is Node for a broker whose management API does not answer, so the API cannot be asked for the node's name.
func (a *App) SilentNode(name string) (*erldist.Client, error) { return a.node(name, false) }

// TellsCookie reports whether an option, a variable or the context says what the Erlang cookie is.
func (a *App) TellsCookie() bool {
	s, err := a.Settings()
	return err == nil && s.Distribution.TellsCookie()
}

// DistributionByFlag reports whether the command has the flags of Erlang distribution. The variables and the context
// reach a node without them.
func (a *App) DistributionByFlag() bool { return config.HasDistributionFlags(a.flags) }

func (a *App) node(name string, answers bool) (*erldist.Client, error) {
	s, err := a.Settings()
	if err != nil {
		return nil, err
	}
	o := erldist.Options{MayChange: a.guard, Target: func(ctx context.Context) (erldist.Target, error) {
		return a.target(ctx, s, name, answers)
	}}
	if s.Trace {
		o.Trace = func(line string) { fmt.Fprintln(a.IO.Err, "erlang: "+render.Escape(line)) }
	}
	return erldist.NewClient(o), nil
}

// target returns the node and how to reach it.
func (a *App) target(ctx context.Context, s *config.Settings, name string, answers bool) (erldist.Target, error) {
	d := s.Distribution
	node, err := a.nodeName(ctx, s, cmp.Or(name, d.Node), answers)
	if err != nil {
		return erldist.Target{}, err
	}
	t := erldist.Target{Node: node, Port: d.Port, EpmdPort: d.EpmdPort, Plain: d.Plain,
		Note: func(text string) { a.note(s, text) }}
	if t.EpmdPort == 0 {
		// The variable by which Erlang itself finds epmd.
		t.EpmdPort, _ = strconv.Atoi(a.Getenv("ERL_EPMD_PORT"))
	}
	if d.TLS {
		if t.TLS, err = distributionTLS(ctx, s, node); err != nil {
			return erldist.Target{}, err
		}
	}
	t.Cookie = func(ctx context.Context) (string, string, error) {
		cookie, from, err := d.Cookie(ctx, a.input())
		return cookie.Reveal(), from, err
	}
	return t, nil
}

func (a *App) note(s *config.Settings, text string) {
	if !s.Quiet {
		a.IO.Say("note: " + render.Escape(text))
	}
}

// CookieHash returns the hash of the Erlang cookie of the settings, in the form in which a node shows the hash of its
// own cookie, and where the cookie comes from.
func (a *App) CookieHash(ctx context.Context) (hash, from string, err error) {
	s, err := a.Settings()
	if err != nil {
		return "", "", err
	}
	cookie, from, err := s.Distribution.Cookie(ctx, a.input())
	if err != nil {
		return "", from, err
	}
	sum := md5.Sum([]byte(cookie.Reveal())) //nolint:gosec // a node's own digest
	return base64.StdEncoding.EncodeToString(sum[:]), from, nil
}

const nameless = "no node is named, and the management API does not report the node's name"

// nodeName returns the node to connect to: the node that was named, otherwise the node that answers HTTP. If no setting
// names a broker and no broker answers or says its name, that is the node rabbit on this machine. What answers at the
// default address can be the broker of another machine, by a tunnel: then a note says which node is taken.
func (a *App) nodeName(ctx context.Context, s *config.Settings, named string, answers bool) (string, error) {
	anywhere := s.Origin("host") == "default" && s.Origin("port") == "default"
	switch {
	case named != "":
		return named, nil
	case !answers && anywhere:
		return "rabbit", nil
	case !answers:
		return "", fail.New(fail.Config, "%s", nameless).Do(fail.GiveNode)
	}
	client, err := a.Broker()
	if err != nil {
		return "", err
	}
	overview, err := client.Brief(ctx)
	if node := overview.At("node").Text(); err == nil && node != "" {
		return node, nil
	}
	if err == nil {
		err = fail.New(fail.Unavailable, "%s does not say which node answers", client.BaseURL())
	}
	if anywhere && ctx.Err() == nil {
		if fail.KindOf(err) != fail.Unreachable && a.mayAsk {
			a.note(s, err.Error()+"; so node rabbit on this machine is asked")
		}
		return "rabbit", nil
	}
	return "", fail.New(fail.KindOf(err), nameless+": %w", err).Do(fail.GiveNode)
}
