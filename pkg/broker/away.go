package broker

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// sight is what the listing shows of a queue.
type sight struct {
	kind, state, place string
	members, online    []string
	// leaderless means that a quorum queue has no leader.
	leaderless bool
}

// lookBudget is the longest time for finding out why a queue cannot be reached.
const lookBudget = 20 * time.Second

// awayQueue says why a listed queue cannot be reached. If the listing cannot be read after a 404, the error says so. It
// returns nil if the queue is not listed, or if refusal is about something else.
func (t *doubter) awayQueue(ctx context.Context, about target, refusal error) error {
	absent := IsNotFound(refusal)
	looking, cancel := context.WithTimeout(ctx, beside.Share(ctx, 0.6, lookBudget))
	defer cancel()
	seen, found, err := t.plain.findQueue(looking, about)
	switch {
	case err != nil && absent && Status(err)/100 != 4:
		return fail.New(fail.Incomplete, "%s says that %s does not exist, and its listing could not be read (%w)",
			t.plain.base, about.label(), err).
			Next("a broker gives the same answer for a queue whose node is down").Do(fail.SeeNodes)
	case !found:
		return nil
	}
	why, next := t.plain.whyAway(looking, seen)
	if why == "" && absent {
		if escapes(about.vhost) || escapes(about.name) {
			// A proxy may have changed the path. The caller looks for that next.
			return nil
		}
		why, next = "the broker answers that it does not exist", fail.Say("try again").Do(fail.SeeNodes)
	}
	if why == "" {
		return nil
	}
	return fail.New(fail.Incomplete, "%s exists, but cannot be reached on %s: %s",
		about.label(), t.plain.base, why).Advise(next)
}

// findQueue looks for a queue in the listing. It asks for a page of the queues with that name, so that little is sent:
// with 10,000 queues 3.10 and 4.3 need a fifth of a second. Paths with escapes are not trusted here: if the name of the
// virtual host needs escapes, findQueue asks for the queues of all virtual hosts.
func (c *Client) findQueue(ctx context.Context, about target) (s sight, found bool, err error) {
	path := Path("queues", about.vhost)
	if !escapes(about.vhost) {
		return c.findAmong(ctx, path, about)
	}
	s, found, err = c.findAmong(ctx, Path("queues"), about)
	if Status(err) == http.StatusInternalServerError && c.paths.changed(ctx, about.vhost) == nil {
		// 4.3 answers 500 to the listing for all virtual hosts if one of them has a name that is not UTF-8, and a queue of
		// the wanted name. So look only in the wanted virtual host.
		return c.findAmong(ctx, path, about)
	}
	return s, found, err
}

// findAmong looks for a queue in the listing at a path.
func (c *Client) findAmong(ctx context.Context, path string, about target) (s sight, found bool, err error) {
	query := WithoutTotals(url.Values{"page_size": {strconv.Itoa(PageSize)}, "use_regex": {"true"},
		"name": {`\A` + regexp.QuoteMeta(about.name) + `\z`}})
	query.Set("columns", "vhost,name,type,state,node,leader,members,online")
	for page, pages := int64(1), int64(1); page <= pages; page++ {
		query.Set("page", strconv.FormatInt(page, 10))
		body, err := c.value(ctx, path, query, objectWith("items"))
		if err != nil {
			return s, false, err
		}
		pages, _ = body.At("page_count").Int()
		body.At("items").Each(func(v record.Value) {
			// The broker ignores case when it compares names, so it may also list other queues.
			if !found && same(about.vhost, v.At("vhost").Text()) && same(about.name, v.At("name").Text()) {
				s, found = sightOf(v), true
			}
		})
		if found {
			break
		}
	}
	return s, found, nil
}

func sightOf(v record.Value) sight {
	s := sight{kind: v.At("type").Text(), state: v.At("state").Text(), place: v.At("node").Text()}
	if s.place == "" {
		s.place = v.At("leader").Text()
	}
	v.At("members").Each(func(m record.Value) { s.members = append(s.members, m.Text()) })
	v.At("online").Each(func(m record.Value) { s.online = append(s.online, m.Text()) })
	s.leaderless = s.kind == "quorum" && s.place == ""
	return s
}

// whyAway says why a queue cannot be reached, and the next step; "" if that is not known. If this user may not list
// nodes, only the queue's own state is used.
func (c *Client) whyAway(ctx context.Context, s sight) (why string, next fail.Advice) {
	nodes := fail.Do(fail.SeeNodes).Say("the queue and its messages come back with its node")
	a := c.askStanding(ctx)
	defer a.Drop()
	var down []string
	if a.Within(ctx, beside.Share(ctx, 0.8, attendance)) {
		if how, err := c.readStanding(ctx, a); err == nil {
			down = how.Down
		}
	}
	missing := 0
	for _, m := range s.members {
		if slices.Contains(down, m) || s.online != nil && !slices.Contains(s.online, m) {
			missing++
		}
	}
	switch {
	case len(s.members) < 2 && slices.Contains(down, s.place):
		return "its node " + s.place + " does not run or does not answer", nodes
	case len(s.members) == 1 && missing == 1:
		return "the node of its only member, " + s.members[0] + ", does not run or does not answer", nodes
	case len(s.members) > 1 && 2*missing >= len(s.members):
		return fmt.Sprintf("%d of its %d members do not answer, which leaves no majority", missing, len(s.members)), nodes
	case s.leaderless:
		return "it has no leader", nodes
	case s.state == "down":
		return strings.TrimSpace("it is down: its node " + s.place + " does not run, or does not answer"), nodes
	case s.state == "stopped", s.state == "crashed", s.state == "terminated":
		return "its state on node " + s.place + " is " + s.state,
			fail.Say("is its virtual host stopped there? ").Do(fail.SeeVHostStates)
	}
	return "", nil
}

// isListed reports whether the listing of all objects of this kind has the object. Use it only for objects whose path a
// proxy may have changed.
func (t *doubter) isListed(ctx context.Context, about target) bool {
	if about.kind == "queue" {
		_, found, err := t.plain.findQueue(ctx, about)
		return err == nil && found
	}
	if about.kind == "" {
		return false
	}
	member := "name"
	if strings.HasSuffix(about.kind, "permission") {
		member = "user"
	}
	type object struct{ name, vhost, component string }
	reader := record.NewReader(func(b *record.Binder, o *object) {
		b.Text(member, &o.name)
		b.Text("vhost", &o.vhost)
		b.Text("component", &o.component)
	})
	vhost := about.vhost
	if about.kind == "virtual host" {
		vhost = ""
	}
	query := WithoutTotals(OfColumns(reader.Columns()))
	for o, err := range reader.All(t.plain.Rows(ctx, Path(about.collection), query, reader.Columns())) {
		if err != nil {
			return false
		}
		if same(about.name, o.name) && same(vhost, o.vhost) && about.component == o.component {
			return true
		}
	}
	return false
}
