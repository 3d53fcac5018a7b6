package route

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func explain() verb.Check {
	var headers []string
	return verb.Check{
		Name:  "explain_route",
		Short: "Explain which queues a message would reach, or why it would be dropped",
		Long: `Explain which queues a message would reach if it were published now, through which bindings, exchange-to-exchange
bindings and alternate exchanges, and what each queue would do with it; or that it would be dropped, and why. Nothing is
published. The virtual host is / unless -p names another.

EXCHANGE is '', "(default)" or amq.default for the default exchange, which routes to the queue that has the routing
key as its name. The command knows direct, fanout, topic and headers exchanges; the route through another type is
unknown, and if the plugin of that type is not enabled, the broker refuses each message that comes there. A virtual
host that does not run on a node accepts no client there. The command does not look at permissions (the broker refuses
a user without write permission whatever the command says), nor at properties of a message such as its expiration.

A queue that refuses, drops or dead-letters the message at once does not keep it. A full queue that drops its oldest
message instead keeps it.

REACHES (0): at least one queue gets the message, each queue that gets it keeps it, no part of the route is unknown,
and the virtual host runs on all nodes. WARNING (1): at least one queue keeps it, but another queue loses it or may
lose it, a part of the route is unknown, or the virtual host is stopped on a node. DROPPED (2): certainly no queue
keeps it. REFUSED (2): the broker does not take it, or the virtual host runs on no node. UNKNOWN (3): it is not known
whether a queue keeps it, for example because something could not be read.`,
		Example: `  rabbitctl explain_route orders eu.created
  rabbitctl explain_route '' invoices -p prod
  rabbitctl explain_route audit '' --header region=eu --header level:int=5
  rabbitctl explain_route orders eu.created -o json | jq -r '.queues[].queue'`,
		Args:     []verb.Arg{exchange(), {Name: "ROUTING_KEY", Free: true}},
		Scoped:   true,
		OneVHost: true,
		Explains: true,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringArrayVar(&headers, "header", nil,
				"a header of the message, `KEY[:TYPE]=VALUE`; TYPE is string (default), int, bool or json (may be repeated)")
		},
		Validate: func(ask verb.Ask) error {
			_, err := message(ask, headers)
			return err
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			m, err := message(ask, headers)
			if err != nil {
				return verb.Report{}, err
			}
			vhost := ask.VHost
			router := survey.NewRouter(c, vhost)
			way, err := router.Route(ctx, m)
			if err != nil {
				return verb.Report{}, err
			}
			facts := router.Facts()
			r := report(vhost, m, way, facts)
			host, unseen := survey.VHostState(ctx, c, vhost)
			if hint := nearest(ctx, c, vhost, m, way, facts); hint != "" {
				r.Details = append(r.Details, hint)
			}
			r.LookedAt = fmt.Sprintf("%s and %s in virtual host %s", count(len(facts.Exchanges), "exchange"),
				count(len(facts.Queues), "queue"), vhost)
			if unseen != nil {
				r.Details = append(r.Details, "whether the virtual host runs could not be seen: "+unseen.Error())
				if r.Status == health.OK {
					r.Status, r.Word = health.Unknown, ""
				}
			}
			return inVHost(r, m, host), nil
		},
	}
}

// message returns the message that the command line describes.
func message(ask verb.Ask, headers []string) (routing.Message, error) {
	m := routing.Message{Exchange: ask.Args[0], Key: ask.Args[1]}
	switch {
	case m.Exchange == "(default)", m.Exchange == "amq.default":
		m.Exchange = routing.Default
	case m.Exchange != "" && !broker.Addressable(m.Exchange):
		return m, fail.Usagef("EXCHANGE: the HTTP API cannot address the name %q", m.Exchange)
	}
	// In AMQP, the name of an exchange and a routing key have at most 255 bytes.
	for what, text := range map[string]string{"EXCHANGE": m.Exchange, "ROUTING_KEY": m.Key} {
		if len(text) > 255 {
			return m, fail.Usagef("%s has %d bytes, 255 is the most", what, len(text))
		}
	}
	for _, text := range headers {
		key, value, err := topology.ParseHeader(text)
		if errors.Is(err, topology.Form) {
			return m, fail.Usagef("--header %s", err.Error()).Next("for example --header region=eu --header priority:int=5")
		}
		if err != nil {
			return m, err
		}
		if _, twice := m.Headers[key]; twice {
			return m, fail.Usagef("header %s is given twice", key)
		}
		if m.Headers == nil {
			m.Headers = map[string]any{}
		}
		m.Headers[key] = value
	}
	return m, nil
}

// exchange is the argument that names an exchange.
func exchange() verb.Arg {
	return verb.Arg{Name: "EXCHANGE", Free: true,
		Complete: func(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
			names, err := record.Texts(c.Exchanges(ctx, vhost, record.Named("name")))
			for i, name := range names {
				if name == routing.Default {
					names[i] = "amq.default"
				}
			}
			return names, err
		}}
}

// nearest returns a hint if the message ends at the first step: the name or the routing key that was perhaps meant, or
// the command that shows the exchange. It returns "" if there is no hint. If the names cannot be read, there is no hint
// and no error.
func nearest(ctx context.Context, c *broker.Client, vhost string, m routing.Message, way routing.Route,
	facts routing.Facts) string {
	if len(way.Hops)+len(way.Gaps) > 0 {
		return ""
	}
	name := []record.Column{{Name: "name"}}
	meant := func(what, word string, rows iter.Seq2[record.Row, error]) string {
		names, err := record.Texts(rows)
		if err != nil {
			return ""
		}
		if near := fail.Nearest(word, names); near != "" && near != word {
			return fmt.Sprintf("next: did you mean %s %q?", what, near)
		}
		return ""
	}
	x, read := facts.Exchanges[m.Exchange]
	switch {
	case m.Exchange == routing.Default:
		return meant("queue", m.Key, queues.Read(ctx, c, vhost, name))
	case read && x == nil:
		return meant("exchange", m.Exchange, c.Exchanges(ctx, vhost, name))
	case way.Refused == "" && x.Type == "direct":
		keys := map[string]bool{}
		for _, b := range x.Bindings {
			keys[b.Key] = true
		}
		all := slices.Sorted(maps.Keys(keys))
		if near := fail.Nearest(m.Key, all); near != "" {
			return fmt.Sprintf("next: did you mean routing key %q?", near)
		}
	}
	if way.Refused == "" {
		return "next: " + fail.Command("show_exchange", "-p", vhost, m.Exchange)
	}
	return ""
}
