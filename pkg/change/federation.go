package change

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func upstream() *parameter {
	return &parameter{component: "federation-upstream", plugin: "rabbitmq_federation", noun: "federation upstream"}
}

// DeclareFederationUpstream makes or replaces a federation upstream.
func DeclareFederationUpstream() Op {
	p, s := upstream(), keyed{}
	return Op{
		Name: "declare_federation_upstream", Noun: p.noun, Scoped: true, Compares: true,
		Params: []Param{Arg("name", &p.name, ofComponent(p.component)),
			s.uris("uri", "uri", "address, amqp://USER:PASSWORD@HOST/VHOST (may be repeated: a link picks one at random)"),
			s.text("exchange", "exchange", "the exchange on the upstream, if it has another name there"),
			s.text("queue", "queue", "the queue on the upstream, if it has another name there"),
			s.text("consumer-tag", "consumer-tag", "consumer tag of the link on the upstream"),
			s.whole("prefetch-count", "prefetch-count", "how many unacknowledged messages a link may hold", 1),
			s.span("reconnect-delay", "reconnect-delay",
				"how long to wait before connecting again: seconds, or with a unit, as 5s", time.Second),
			s.text("ack-mode", "ack-mode",
				"when a link acknowledges (default on-confirm); on-publish and no-ack can lose messages", "on-confirm",
				"on-publish", "no-ack"),
			s.truth("trust-user-id", "trust-user-id", "keep the user-id of messages"),
			s.whole("max-hops", "max-hops", "how many exchange links a message may pass", 1),
			s.span("expires", "expires",
				"time without a link until the queue on the upstream is deleted: milliseconds, or as 1h", time.Millisecond),
			s.span("message-ttl", "message-ttl",
				"time to live of messages in the queue on the upstream: milliseconds, or as 1h", time.Millisecond),
			s.text("queue-type", "queue-type", "type of the queue on the upstream (since 3.13.1)", "classic", "quorum"),
			s.truth("bind-nowait", "bind-nowait", "do not wait for the upstream to confirm bindings"),
			s.text("channel-use-mode", "channel-use-mode", "whether a link uses several channels or one", "multiple", "single"),
			s.text("resource-cleanup-mode", "resource-cleanup-mode",
				"whether the exchange and queue that a link made on the upstream are removed with the link", "default", "never"),
		},
		Check: func() error {
			if !s.has("uri") {
				return fail.Usagef("the upstream has no URI").
					Next("give --uri-file FILE, or --uri for a URI without a password")
			}
			return nil
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if err := needs(ctx, at, need{s.has("queue-type"), "the key queue-type of upstreams", 3, 13, 1}); err != nil {
				return nil, err
			}
			return p.declare(ctx, at, s)
		},
	}
}

// DeleteFederationUpstream removes a federation upstream, and with it its links.
func DeleteFederationUpstream() Op {
	p := upstream()
	clear := p.clear("delete", "deleted")
	return Op{
		Name: "delete_federation_upstream", Noun: p.noun, Scoped: true, Loses: true, Removes: true, Each: true,
		Params: []Param{Arg("name", &p.name, ofComponent(p.component))},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan, err := clear(ctx, at)
			if err != nil {
				return nil, err
			}
			links, err := linksOf(ctx, at, at.VHost, func(l link) bool { return l.upstream == p.name })
			if err != nil {
				plan.Notes = append(plan.Notes, "which federation links are deleted with the upstream is not known: "+err.Error())
				return plan, nil
			}
			s := record.Section{Name: "links", Columns: record.Named("type", "name", "status")}
			for _, l := range links {
				s.Rows = append(s.Rows, record.Row{record.Of(l.kind), record.Of(l.exchange + l.queue), record.Of(l.status)})
			}
			plan.Hits = append(plan.Hits, s)
			return plan, nil
		},
	}
}

// link is a federation link on a node.
type link struct {
	id, vhost, node, upstream, kind, exchange, queue, status string
}

// linksOf returns the wanted links of a virtual host, or of all virtual hosts if vhost is "".
func linksOf(ctx context.Context, at Site, vhost string, wanted func(link) bool) ([]link, error) {
	reader := record.NewReader(func(b *record.Binder, l *link) {
		b.Text("id", &l.id)
		b.Text("vhost", &l.vhost)
		b.Text("node", &l.node)
		if !at.Official {
			b.Text("upstream", &l.upstream)
			b.Text("type", &l.kind)
			b.Text("exchange", &l.exchange)
			b.Text("queue", &l.queue)
			b.Text("status", &l.status)
		}
	})
	var links []link
	for l, err := range reader.All(at.Broker.FederationLinks(ctx, vhost, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		if wanted(l) {
			links = append(links, l)
		}
	}
	return links, nil
}

func linkIDs(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	return record.Texts(c.FederationLinks(ctx, "", record.Named("id")))
}

// RestartFederationLink restarts a federation link on the node that runs it. An official tool looks for the link only
// on the node that it was given.
func RestartFederationLink() Op {
	var id string
	return Op{
		Name: "restart_federation_link", Noun: "federation link", NamesNodes: true,
		Params: []Param{Arg("link_id", &id, linkIDs)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			links, err := linksOf(ctx, at, "", func(l link) bool {
				return l.id == id && (at.Node == "" || l.node == at.Node)
			})
			switch {
			case err != nil:
				return nil, err
			case len(links) == 0:
				return nil, &Missing{What: "federation link", Name: id}
			}
			l := links[0]
			plan := Once("restart federation link "+id+" on node "+l.node, "restarted", func(ctx context.Context) error {
				return at.Broker.RestartFederationLink(ctx, l.vhost, id, l.node)
			})
			if !at.Official {
				plan.Hits = record.Document{record.Fields("",
					record.Field{Column: record.Column{Name: "upstream"}, Value: record.Of(l.upstream)},
					record.Field{Column: record.Column{Name: l.kind}, Value: record.Of(l.exchange + l.queue)},
					record.Field{Column: record.Column{Name: "vhost"}, Value: record.Of(l.vhost)},
					record.Field{Column: record.Column{Name: "status"}, Value: record.Of(l.status)})}
			}
			return plan, nil
		},
	}
}
