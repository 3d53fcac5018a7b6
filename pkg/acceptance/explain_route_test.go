//go:build acceptance

package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	api "github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// TestExplainRoute_generated publishes hundreds of messages into generated topologies. It compares the queues that each
// message arrived in with the queues that the router names.
func TestExplainRoute_generated(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		for seed := range uint64(3) {
			b.routesAsPublished(t, seed, 400)
		}
	})
}

func (b *broker) routesAsPublished(t *testing.T, seed uint64, messages int) {
	t.Helper()
	vhost := b.vhost(t, "routes /%2F ")
	g := generator{Rand: rand.New(rand.NewPCG(seed, seed))}
	g.generate()
	b.do(t, "POST", path("definitions", vhost), g.definitions())
	sent := make([]routing.Message, messages)
	for i := range sent {
		sent[i] = g.message()
	}
	arrived := b.publishAll(t, vhost, sent, g.queues)

	router := survey.NewRouter(b.client(t), vhost)
	reached := 0
	for i, m := range sent {
		way, err := router.Route(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		if len(way.Gaps) > 0 || way.Refused != "" {
			t.Errorf("seed %d, message %d %+v: gaps %q, refused %q", seed, i, m, way.Gaps, way.Refused)
		}
		said := slices.Sorted(slices.Values(way.Queues))
		if got := arrived[i]; !slices.Equal(got, said) {
			t.Errorf("seed %d, message %d %+v\narrived in %q\nsaid       %q\npath %+v", seed, i, m, got, said, way.Hops)
		}
		if len(said) > 0 {
			reached++
		}
	}
	// The test proves little if nearly all generated messages arrive, or nearly none.
	if reached < messages/4 || messages-reached < messages/20 {
		t.Errorf("seed %d: %d of %d messages arrived somewhere", seed, reached, messages)
	}
	// The program prints the same facts as the router, so a few messages are enough here.
	for i, m := range sent[:5] {
		b.explainsRoute(t, vhost, m, arrived[i])
	}
}

// client returns the API client of the program under test.
func (b *broker) client(t *testing.T) *api.Client {
	t.Helper()
	c, err := api.New(api.Options{BaseURL: b.URL[:strings.Index(b.URL, "//")+2] + b.URL[strings.Index(b.URL, "@")+1:],
		Username:    "guest",
		Credentials: func(context.Context) (string, string, error) { return "guest", "guest", nil }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// explainsRoute compares the queues that explain_route names for a message with the queues that the message arrived in.
func (b *broker) explainsRoute(t *testing.T, vhost string, m routing.Message, arrived []string) {
	t.Helper()
	args := []string{"explain_route", "-p", vhost, "-o", "json"}
	for key, value := range m.Headers {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, "--header", key+":json="+string(text))
	}
	code := 0
	if len(arrived) == 0 {
		code = 2
	}
	r := b.rabbitctl(t, append(args, "--", m.Exchange, m.Key)...).exits(t, code)
	var answer struct {
		Status string
		Queues []struct{ Queue, Outcome string }
	}
	if err := json.Unmarshal([]byte(r.stdout), &answer); err != nil {
		t.Fatalf("%v\n%s", err, r.stdout)
	}
	said := []string{}
	for _, q := range answer.Queues {
		said = append(said, q.Queue)
	}
	if slices.Sort(said); !slices.Equal(said, arrived) {
		t.Errorf("%+v: arrived in %q, the program says\n%s", m, arrived, r.stdout)
	}
}

// publishAll publishes the messages with confirms. For each message it returns the sorted names of the queues that got
// it; a queue that got it twice is there twice.
func (b *broker) publishAll(t *testing.T, vhost string, messages []routing.Message, queues []string) [][]string {
	t.Helper()
	conn, err := amqp.DialConfig(b.AMQPURL, amqp.Config{Vhost: vhost})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	if err := ch.Confirm(false); err != nil {
		t.Fatal(err)
	}
	closed := ch.NotifyClose(make(chan *amqp.Error, 1))
	var confirms []*amqp.DeferredConfirmation
	send := func(exchange, key string, headers map[string]any, id string) {
		c, err := ch.PublishWithDeferredConfirm(exchange, key, false, false, amqp.Publishing{Headers: amqpTable(headers),
			Body: []byte(id)})
		if err != nil {
			t.Fatal(err)
		}
		confirms = append(confirms, c)
	}
	for i, m := range messages {
		send(m.Exchange, m.Key, m.Headers, strconv.Itoa(i))
	}
	// This message marks the end: a queue got only the messages that it delivers before this one.
	const last = "last"
	for _, q := range queues {
		send("", q, nil, last)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, c := range confirms {
		if ok, err := c.WaitContext(ctx); err != nil || !ok {
			select {
			case reply := <-closed:
				t.Fatalf("the broker closed the channel: %v", reply)
			default:
				t.Fatalf("message %d is not confirmed: %v %v", c.DeliveryTag, ok, err)
			}
		}
	}
	arrived := make([][]string, len(messages))
	for i := range arrived {
		arrived[i] = []string{}
	}
	for _, q := range queues {
		deliveries, err := ch.ConsumeWithContext(ctx, q, "", true, false, false, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		for {
			select {
			case d, ok := <-deliveries:
				if !ok {
					t.Fatalf("queue %q: the broker ended the consumer", q)
				}
				if string(d.Body) == last {
					goto next
				}
				i, err := strconv.Atoi(string(d.Body))
				if err != nil {
					t.Fatal(err)
				}
				arrived[i] = append(arrived[i], q)
			case <-ctx.Done():
				t.Fatalf("queue %q: the last message does not come", q)
			}
		}
	next:
	}
	for i := range arrived {
		slices.Sort(arrived[i])
	}
	return arrived
}

// amqpTable converts headers to a table of the AMQP client. A json.Number becomes an int64, or a float64 if it is not
// whole. nil stays nil.
func amqpTable(headers map[string]any) amqp.Table {
	if headers == nil {
		return nil
	}
	table := amqp.Table{}
	for key, value := range headers {
		if n, ok := value.(json.Number); ok {
			if whole, err := n.Int64(); err == nil {
				value = whole
			} else if fraction, err := n.Float64(); err == nil {
				value = fraction
			}
		}
		table[key] = value
	}
	return table
}

// generator makes random topologies and messages. The same seed gives the same ones.
type generator struct {
	*rand.Rand
	queues             []string
	exchanges          []map[string]any
	bindings, policies []map[string]any
}

func (g *generator) generate() {
	for _, name := range hostileNames()[:24] {
		g.queues = append(g.queues, "q "+name)
	}
	kinds := []string{"direct", "fanout", "topic", "headers"}
	for i := range 16 {
		x := map[string]any{"name": fmt.Sprintf("x%d %s", i, hostileNames()[24+i]), "type": kinds[i%4], "durable": true,
			"auto_delete": false, "internal": false, "arguments": map[string]any{}}
		g.exchanges = append(g.exchanges, x)
	}
	for i, x := range g.exchanges {
		switch i % 5 {
		case 0:
			x["arguments"] = map[string]any{"alternate-exchange": g.exchange()}
		case 1:
			g.policies = append(g.policies, map[string]any{"name": fmt.Sprintf("p%d", i), "pattern": fmt.Sprintf("^x%d ", i),
				"apply-to": "exchanges",
				"priority": 1, "definition": map[string]any{"alternate-exchange": g.exchange()}})
		case 2:
			x["arguments"] = map[string]any{"alternate-exchange": g.pick("does not exist", "")}
		}
	}
	// Policies set an alternate exchange also for exchanges that have one by argument, and for the default exchange.
	g.policies = append(g.policies, map[string]any{"name": "all", "pattern": "^x(0|2|5|7) |^$", "apply-to": "exchanges",
		"priority":   0,
		"definition": map[string]any{"alternate-exchange": g.exchange()}})
	for _, x := range g.exchanges {
		if x["type"] == "fanout" && g.IntN(3) > 0 {
			// About two of three fanout exchanges get only one binding: more would hide the effect of other exchanges.
			g.bind(x, "queue", g.queue())
			continue
		}
		for range 2 + g.IntN(7) {
			g.bind(x, "queue", g.queue())
		}
		for range g.IntN(3) {
			g.bind(x, "exchange", g.exchange())
		}
	}
}

func (g *generator) bind(x map[string]any, kind, to string) {
	key, arguments := g.key(), map[string]any{}
	switch x["type"] {
	case "topic":
		key = g.pattern()
	case "headers":
		arguments = g.headers(true)
		if mode := g.pick("", "all", "any", "all-with-x", "any-with-x"); mode != "" {
			arguments["x-match"] = mode
		}
	}
	g.bindings = append(g.bindings, map[string]any{"source": x["name"], "destination": to, "destination_type": kind,
		"routing_key": key, "arguments": arguments})
}

func (g *generator) pick(words ...string) string { return words[g.IntN(len(words))] }

func (g *generator) exchange() string { return g.exchanges[g.IntN(len(g.exchanges))]["name"].(string) }

func (g *generator) queue() string { return g.pick(g.queues...) }

// key returns a random routing key of a few different words. Some words are empty, and some are wildcards of patterns.
func (g *generator) key() string { return g.words("a", "b", "", "ü", "*", "#", "a b") }

// pattern returns a random binding pattern with at most two #, because 4.3 refuses more.
func (g *generator) pattern() string {
	for {
		if p := g.words("a", "b", "", "*", "*", "#", "#", "ü", "a*"); strings.Count(p, "#") <= 2 {
			return p
		}
	}
}

func (g *generator) words(from ...string) string {
	words := make([]string, g.IntN(4))
	for i := range words {
		words[i] = g.pick(from...)
	}
	return strings.Join(words, ".")
}

// headers returns up to four headers with values of different types, or nil. Headers of a message, not those of a
// binding, can have CC or BCC.
func (g *generator) headers(ofBinding bool) map[string]any {
	headers := map[string]any{}
	for range g.IntN(4) {
		values := []any{"1", json.Number("1"), json.Number("1.5"), true, false, "", "undefined?", json.Number("-7"),
			json.Number("3000000000")}
		headers[g.pick("a", "b", "x-a", "x-b", "X-a", "ü")] = values[g.IntN(len(values))]
	}
	if !ofBinding && g.IntN(8) == 0 {
		headers[g.pick("CC", "BCC")] = []any{g.key(), g.key(), g.queue()}
	}
	if !ofBinding && len(headers) == 0 && g.IntN(2) == 0 {
		return nil
	}
	return headers
}

func (g *generator) message() routing.Message {
	m := routing.Message{Exchange: g.exchange(), Key: g.key(), Headers: g.headers(false)}
	if g.IntN(10) == 0 {
		m.Exchange, m.Key = routing.Default, g.pick(g.queue(), g.key(), "amq.default")
	}
	return m
}

func (g *generator) definitions() map[string]any {
	queues := []map[string]any{}
	for _, q := range g.queues {
		queues = append(queues, map[string]any{"name": q, "durable": true, "auto_delete": false,
			"arguments": map[string]any{}})
	}
	return map[string]any{"queues": queues, "exchanges": g.exchanges, "bindings": g.bindings, "policies": g.policies}
}
