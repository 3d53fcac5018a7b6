package broker

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// place says where an object is. A 404 does not prove that the object is absent if the place itself is missing or
// forbidden.
type place int

const (
	anywhere place = iota
	inVHost        // in a virtual host
	ofVHost        // about a virtual host; shown also to users without access to it
)

// seen reads the object at a path. If the broker reports that the object does not exist, the second result is false.
func (c *Client) seen(ctx context.Context, path string, where place,
	vhost string) (v record.Value, there bool, err error) {
	v, err = c.value(ctx, path, nil, objectOfItsKind(path))
	if !IsNotFound(err) {
		return v, err == nil, err
	}
	switch where {
	case inVHost:
		err = c.EnterVHost(ctx, vhost)
	case ofVHost:
		_, err = c.VHost(ctx, vhost)
	default:
		err = nil
	}
	return nil, false, err
}

// objectOfItsKind describes the object at a path: every object has a name, except permissions, which have a user.
func objectOfItsKind(path string) wanted {
	if strings.HasPrefix(path, Path("permissions")) {
		return objectWith("vhost", "user")
	}
	return objectWith("name")
}

// isGone returns a function that reports whether the object of a deletion is gone.
func isGone(where place, collection string) func(context.Context, *Client, subject) (bool, error) {
	return func(ctx context.Context, c *Client, t subject) (bool, error) {
		_, there, err := c.seen(ctx, Path(append([]string{collection}, t.words...)...), where, t.words[0])
		return !there && err == nil, err
	}
}

func queueIsGone(ctx context.Context, c *Client, t subject) (bool, error) {
	_, err := c.Queue(ctx, t.words[0], t.words[1])
	if !IsNotFound(err) {
		return false, err
	}
	err = c.EnterVHost(ctx, t.words[0])
	return err == nil, err
}

func parameterIsGone(ctx context.Context, c *Client, t subject) (bool, error) {
	_, there, err := c.seen(ctx, Path("parameters", t.words[0], t.words[1], t.words[2]), inVHost, t.words[1])
	return !there && err == nil, err
}

func shovelIsGone(ctx context.Context, c *Client, t subject) (bool, error) {
	return parameterIsGone(ctx, c, subject{words: []string{"shovel", t.words[0], t.words[1]}})
}

// isAsSent returns a function that compares the object of a PUT with what was sent. If the object differs, the change
// was not made. If rewritten is true, this is not certain: the broker may have made the change and stored another form.
func isAsSent(rewritten bool, collection string) func(context.Context, *Client, subject) (bool, error) {
	return func(ctx context.Context, c *Client, t subject) (bool, error) {
		path := Path(append([]string{collection}, t.words...)...)
		has, err := c.value(ctx, path, nil, objectOfItsKind(path))
		switch {
		case IsNotFound(err):
			return false, nil
		case err != nil:
			return false, err
		}
		same := holds(has, t.body)
		if !same && rewritten {
			return false, ambiguous("it exists, but not as it was sent")
		}
		return same, nil
	}
}

// queueIs reports whether the queue exists as it was declared. A declaration never changes a queue. So a queue that
// differs existed before, or the broker did not keep all that was declared.
func queueIs(ctx context.Context, c *Client, t subject) (bool, error) {
	has, there, err := c.seen(ctx, Path("queues", t.words[0], t.words[1]), inVHost, t.words[0])
	if !there || err != nil {
		return false, err
	}
	truth := func(v record.Value) bool { on, _ := v.Bool(); return on }
	arguments, kept := t.body.At("arguments").Map(), has.At("arguments").Map()
	same := truth(t.body.At("durable")) == truth(has.At("durable")) &&
		truth(t.body.At("auto_delete")) == truth(has.At("auto_delete"))
	for key, value := range arguments {
		if key == "x-queue-type" {
			same = same && equal(value, has.At("type").Decode())
			continue
		}
		same = same && equal(value, kept[key])
	}
	if !same {
		return false, ambiguous("it exists, but not as it was declared")
	}
	return true, nil
}

// queueIsEmpty reports whether no message is ready. If some are, the outcome is unknown: they may have come later. It is
// also unknown if the queue has consumers: they may have taken the messages.
func queueIsEmpty(ctx context.Context, c *Client, t subject) (bool, error) {
	q, err := c.QueueWithoutStats(ctx, t.words[0], t.words[1])
	if err != nil {
		return false, err
	}
	switch q.At("type").Text() {
	case "stream":
		return false, ambiguous("it is a stream, and streams cannot be purged")
	case "quorum":
		return false, ambiguous("the count of a quorum queue can be 5 s old")
	}
	ready := q.At("messages_ready")
	if !ready.Known() { // 3.10 reports it in the listing only
		listed, err := c.listedWithTotals(ctx, t.words[0], t.words[1])
		if err != nil {
			return false, err
		}
		ready = listed.At("messages_ready")
	}
	switch n, known := ready.Int(); {
	case !known:
		return false, ambiguous("the broker does not know how many messages are ready")
	case n > 0:
		return false, ambiguous(prose.Plural(int(n), "message is", "messages are") + " ready in it, and may be new")
	}
	return true, c.unconsumed(ctx, t.words[0], t.words[1])
}

// unconsumed returns an error if the queue has consumers, or if the broker does not report whether it has. It also
// reads consumer_details, because that list shows a new consumer earlier than the count does.
func (c *Client) unconsumed(ctx context.Context, vhost, name string) error {
	q, err := c.Queue(ctx, vhost, name)
	if err != nil {
		return err
	}
	details := q.At("consumer_details")
	count, known := q.At("consumers").Int()
	details.Each(func(record.Value) { count++ })
	switch {
	case count > 0:
		return ambiguous("no message is ready in it now, but its consumers may have taken the messages")
	case !known && !details.Known():
		return ambiguous("no message is ready in it now, but the broker does not report whether consumers may have taken " +
			"the messages")
	}
	return nil
}

func isMember(wanted bool) func(context.Context, *Client, subject) (bool, error) {
	return func(ctx context.Context, c *Client, t subject) (bool, error) {
		q, err := c.QueueWithoutStats(ctx, t.words[0], t.words[1])
		if err != nil {
			return false, err
		}
		members, _ := q.At("members").Decode().([]any)
		if members == nil {
			return false, ambiguous("the broker does not report its members")
		}
		return slices.Contains(members, t.body.At("node").Decode()) == wanted, nil
	}
}

// userIs reports whether a user has the tags and the password that were sent. The password is compared with its hash.
func userIs(ctx context.Context, c *Client, t subject) (bool, error) {
	has, there, err := c.seen(ctx, Path("users", t.words[0]), anywhere, "")
	if !there || err != nil {
		return false, err
	}
	hash, algorithm := has.At("password_hash"), has.At("hashing_algorithm").Text()
	same := equalTags(t.body.At("tags"), has.At("tags"))
	if password := t.body.At("password"); password.Known() {
		opens, known := opens(password.Text(), hash.Text(), algorithm)
		if !known {
			return false, ambiguous("its password cannot be compared")
		}
		return same && opens, nil
	}
	if sent := t.body.At("hashing_algorithm").Text(); sent != "" && sent != algorithm {
		same = false
	}
	return same && t.body.At("password_hash").Text() == hash.Text(), nil
}

func vhostIs(ctx context.Context, c *Client, t subject) (bool, error) {
	has, there, err := c.seen(ctx, Path("vhosts", t.words[0]), anywhere, "")
	if !there || err != nil {
		return false, err
	}
	same := t.body.At("description").Text() == has.At("description").Text() && equalTags(t.body.At("tags"), has.At("tags"))
	// Old releases do not report the default type.
	if sent, kept := t.body.At("default_queue_type"), has.At("default_queue_type"); sent.Known() && kept.Known() {
		same = same && sent.Text() == kept.Text()
	}
	if sent := t.body.At("tracing"); sent.Known() {
		same = same && sent.Text() == has.At("tracing").Text()
	}
	return same, nil
}

// vhostIsGone reports whether the virtual host is gone. While it still exists, the outcome is unknown: the broker deletes
// its permissions first, then its queues, and the virtual host last (by RabbitMQ's source, 3.10 and 4.3).
func vhostIsGone(ctx context.Context, c *Client, t subject) (bool, error) {
	gone, err := isGone(anywhere, "vhosts")(ctx, c, t)
	if !gone && err == nil {
		err = ambiguous("it still exists, but the broker may have deleted some of what is in it")
	}
	return gone, err
}

func isProtected(wanted bool) func(context.Context, *Client, subject) (bool, error) {
	return func(ctx context.Context, c *Client, t subject) (bool, error) {
		v, err := c.VHost(ctx, t.words[0])
		on, _ := v.At("protected_from_deletion").Bool()
		return err == nil && on == wanted, err
	}
}

func vhostRuns(ctx context.Context, c *Client, t subject) (bool, error) {
	v, err := c.VHost(ctx, t.words[0])
	state, _ := v.At("cluster_state").Map()[t.words[1]].(string)
	return state == "running", err
}

func userLimit(ctx context.Context, c *Client, t subject) (any, error) {
	v, err := c.value(ctx, Path("user-limits", t.words[0]), nil, wanted{list: true, members: []string{"value"}})
	var limit any
	v.Each(func(row record.Value) { limit = row.At("value").Map()[t.words[1]] })
	return limit, err
}

func userLimitIs(ctx context.Context, c *Client, t subject) (bool, error) {
	limit, err := userLimit(ctx, c, t)
	return err == nil && equal(t.body.At("value").Decode(), limit), err
}

func userLimitIsGone(ctx context.Context, c *Client, t subject) (bool, error) {
	limit, err := userLimit(ctx, c, t)
	return err == nil && limit == nil, err
}

// topicPermission is what a user may do with the topics of an exchange.
type topicPermission struct{ exchange, write, read string }

// topicPermissions returns what a user may do with topics in a virtual host, by exchange.
func topicPermissions(ctx context.Context, c *Client, t subject) (map[string]topicPermission, error) {
	all := map[string]topicPermission{}
	reader := record.NewReader(func(b *record.Binder, p *topicPermission) {
		b.Text("exchange", &p.exchange)
		b.Text("write", &p.write)
		b.Text("read", &p.read)
	})
	path := Path("topic-permissions", t.words[0], t.words[1])
	for p, err := range reader.All(c.Rows(ctx, path, nil, reader.Columns())) {
		if IsNotFound(err) { // some releases answer 404 if there are none
			_, err = c.VHost(ctx, t.words[0])
			return all, err
		}
		if err != nil {
			return nil, err
		}
		all[p.exchange] = p
	}
	return all, nil
}

func topicPermissionsAre(ctx context.Context, c *Client, t subject) (bool, error) {
	all, err := topicPermissions(ctx, c, t)
	has, there := all[t.body.At("exchange").Text()]
	return err == nil && there && has.write == t.body.At("write").Text() && has.read == t.body.At("read").Text(), err
}

func topicPermissionsAreGone(ctx context.Context, c *Client, t subject) (bool, error) {
	all, err := topicPermissions(ctx, c, t)
	if len(t.words) == 2 {
		return err == nil && len(all) == 0, err
	}
	_, there := all[t.words[2]]
	return err == nil && !there, err
}

func flagIsEnabled(ctx context.Context, c *Client, t subject) (bool, error) {
	type flag struct{ name, state string }
	reader := record.NewReader(func(b *record.Binder, f *flag) {
		b.Text("name", &f.name)
		b.Text("state", &f.state)
	})
	for f, err := range reader.All(c.Rows(ctx, Path("feature-flags"), url.Values{}, reader.Columns())) {
		if err != nil {
			return false, err
		}
		if f.name != t.words[0] {
			continue
		}
		if f.state != "enabled" && f.state != "disabled" {
			return false, ambiguous("its state is " + f.state)
		}
		return f.state == "enabled", nil
	}
	return false, nil
}
