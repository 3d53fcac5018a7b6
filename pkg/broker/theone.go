package broker

import (
	"errors"
	"net/url"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// theOne returns nil if a value belongs to the object that its path names, as far as the value shows that. Brokers
// never send another object, so otherwise it returns an error: a proxy changed the path, or a program in between
// answered. failed is the error of reading the value; nil if it was read.
func (c *Client) theOne(path string, v record.Value, failed error) error {
	var wrong *record.WrongKind
	list := errors.As(failed, &wrong) && wrong.Got == "a list"
	if failed != nil && !list {
		return nil
	}
	u, err := url.Parse(c.base + path)
	if err != nil {
		return nil
	}
	about, ok := targetOf(c.base, u)
	if !ok || !about.single {
		return nil
	}
	fault := func(what string) error {
		if !escapes(about.vhost) && !escapes(about.name) {
			// Proxies change only the escapes in a path, and this path has none.
			return fail.New(fail.Data, "%s answered with %s where %s was asked for", c.base, what, about.label()).
				Next("is a proxy or another program in between? ").Do(fail.SeeRequests)
		}
		return c.paths.fault(what + " comes in place of " + about.label())
	}
	if list {
		return fault("a list")
	}
	wanted := map[string]string{"name": about.name, "vhost": about.vhost, "component": about.component}
	switch about.kind {
	case "exchange":
		if about.name == "amq.default" {
			wanted["name"] = ""
		}
	case "permission", "topic permission":
		wanted = map[string]string{"user": about.name, "vhost": about.vhost}
	case "virtual host", "user", "global parameter":
		delete(wanted, "vhost")
	}
	for member, want := range wanted {
		sent := v.At(member)
		if sent.Known() && sent[0] == '"' && want != "" && !same(want, sent.Text()) {
			return fault("another object (its " + member + " is " + sent.Text() + ")")
		}
	}
	return nil
}
