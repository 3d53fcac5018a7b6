package change

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// shovelKeys are the settings of a shovel.
type shovelKeys struct{ keys keyed }

// DeclareShovel creates or replaces a dynamic shovel.
func DeclareShovel() Op {
	p := &parameter{component: "shovel", plugin: "rabbitmq_shovel", noun: "shovel"}
	s := shovelKeys{keyed{}}
	return Op{
		Name: "declare_shovel", Noun: p.noun, Scoped: true, Compares: true,
		Params: append([]Param{Arg("name", &p.name, shovelNames)}, s.params()...),
		Check:  s.check,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			for _, end := range []string{"src", "dest"} {
				if !s.keys.has(end + "-uri") {
					s.keys[end+"-uri"] = "amqp:///" + url.PathEscape(at.VHost)
				}
			}
			if err := s.known(ctx, at); err != nil {
				return nil, err
			}
			return p.declare(ctx, at, s.keys)
		},
	}
}

func (s shovelKeys) params() []Param {
	protocols := []string{"amqp091", "amqp10", "local"}
	return []Param{
		s.keys.uris("source-uri", "src-uri",
			"where to take messages from, as amqp://USER:PASSWORD@HOST/VHOST (may be repeated)"),
		s.keys.text("source-queue", "src-queue", "the queue to take messages from"),
		s.keys.text("source-exchange", "src-exchange",
			"the exchange to take messages from, instead of a queue; the shovel binds a queue of its own to it"),
		s.keys.text("source-exchange-key", "src-exchange-key",
			"the routing key with which the shovel binds its queue to --source-exchange"),
		s.keys.text("source-address", "src-address", "with the protocol amqp10, the address to take messages from"),
		s.keys.text("source-protocol", "src-protocol", "the protocol (default amqp091); local needs 4.2", protocols...),
		s.keys.truth("source-predeclared", "src-predeclared", "wait for the queue instead of declaring it (since 4.0)"),
		s.keys.whole("prefetch-count", "src-prefetch-count",
			"how many unacknowledged messages the shovel may hold (default 1000)", 1),
		{Name: "delete-after", Help: "when the shovel deletes itself: never (default), after this number of messages, or " +
			"queue-length: after as many as were ready when it started", Role: Option,
			Free: true, Set: s.deleteAfter},
		s.keys.uris("destination-uri", "dest-uri",
			"where to publish, as amqp://USER:PASSWORD@HOST/VHOST (may be repeated)"),
		s.keys.text("destination-queue", "dest-queue", "the queue to publish to"),
		s.keys.text("destination-exchange", "dest-exchange",
			"the exchange to publish to, instead of a queue; if neither is given, the exchange that the message came through"),
		s.keys.text("destination-exchange-key", "dest-exchange-key", "the routing key; without it, each message keeps its "+
			"own"),
		s.keys.text("destination-address", "dest-address", "with the protocol amqp10, the address to publish to"),
		s.keys.text("destination-protocol", "dest-protocol", "the protocol (default amqp091); local needs 4.2",
			protocols...),
		s.keys.truth("destination-predeclared", "dest-predeclared",
			"wait for the queue instead of declaring it (since 4.0)"),
		s.keys.truth("add-forward-headers", "dest-add-forward-headers", "add headers that say where a message was moved "+
			"from"),
		s.keys.truth("add-timestamp-header", "dest-add-timestamp-header", "add a header that says when a message was moved"),
		s.keys.text("ack-mode", "ack-mode",
			"when the shovel acknowledges messages (default on-confirm); on-publish and no-ack can lose messages", "on-confirm",
			"on-publish", "no-ack"),
		s.keys.span("reconnect-delay", "reconnect-delay",
			"how long to wait before connecting again: seconds, or with a unit such as 1m (default 5s)", time.Second),
	}
}

// deleteAfter sets when the shovel removes itself: never, queue-length, or after a number of messages.
func (s shovelKeys) deleteAfter(text string) error {
	if text == "never" || text == "queue-length" {
		s.keys["src-delete-after"] = text
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return fail.Usagef("%q is neither never, queue-length nor a number above 0", text)
	}
	s.keys["src-delete-after"] = n
	return nil
}

// check refuses settings that no release accepts, or that a release would misunderstand.
func (s shovelKeys) check() error {
	for _, end := range [][2]string{{"src", "source"}, {"dest", "destination"}} {
		if err := s.checkEnd(end[0], end[1]); err != nil {
			return err
		}
	}
	switch amqp10 := s.keys["src-protocol"] == "amqp10"; {
	case !amqp10 && !s.keys.has("src-queue") && !s.keys.has("src-exchange"):
		return fail.Usagef("the shovel has no source").Next("give --source-queue or --source-exchange")
	case amqp10 && s.keys["src-delete-after"] == "queue-length":
		return fail.Usagef("--delete-after queue-length needs a source of AMQP 0-9-1, where the length of a queue is known")
	}
	return nil
}

// checkEnd checks the settings of the source, or those of the destination.
func (s shovelKeys) checkEnd(key, option string) error {
	has := func(what string) bool { return s.keys.has(key + what) }
	switch amqp10 := s.keys[key+"-protocol"] == "amqp10"; {
	case has("-queue") && has("-exchange"):
		return fail.Usagef("--%s-queue and --%s-exchange exclude each other", option, option)
	case has("-exchange-key") && !has("-exchange"):
		return fail.Usagef("--%s-exchange-key needs --%s-exchange", option, option)
	case amqp10 && !has("-address"):
		return fail.Usagef("--%s-protocol amqp10 needs --%s-address", option, option)
	case amqp10 && (has("-queue") || has("-exchange")):
		return fail.Usagef("--%s-protocol amqp10 takes an address, neither queue nor exchange", option)
	case amqp10 && !has("-uri"):
		return fail.Usagef("--%s-protocol amqp10 needs --%s-uri", option, option)
	case !amqp10 && has("-address"):
		return fail.Usagef("--%s-address needs --%s-protocol amqp10", option, option)
	}
	return nil
}

// known refuses settings that the broker's release does not have. 3.10 accepts any protocol, but then the shovel does
// not start.
func (s shovelKeys) known(ctx context.Context, at Site) error {
	local := s.keys["src-protocol"] == "local" || s.keys["dest-protocol"] == "local"
	return needs(ctx, at, need{local, "shovels with the protocol local", 4, 2, 0},
		need{s.keys.has("src-predeclared") || s.keys.has("dest-predeclared"), "shovels with predeclared queues", 4, 0, 0})
}
