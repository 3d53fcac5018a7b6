package definitions

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// values checks the values of the known arguments.
func (c *checker) values(o Object, known topology.Arguments) {
	for key, value := range o.Member("arguments").Members() {
		if _, is := known.Find(key); !is {
			continue
		}
		if _, _, err := known.Parse(key + ":json=" + string(value)); err != nil {
			c.refused(o, "%v", err)
		}
	}
}

// queueArguments checks that the type of a queue is text, and that a dead-letter routing key comes with an exchange.
func (c *checker) queueArguments(o Object) {
	kind := o.argument("x-queue-type")
	if kind.Known() && kind[0] != '"' {
		c.refused(o, "x-queue-type is %s, not text", wordOf(kind))
	}
	if o.argument("x-dead-letter-routing-key").Known() && !o.argument("x-dead-letter-exchange").Known() {
		c.refused(o, "x-dead-letter-routing-key is without x-dead-letter-exchange, which brokers refuse")
	}
}

// password checks a user's password hash and the name of its hashing algorithm.
func (c *checker) password(o Object) {
	hash := o.Member("password_hash")
	if _, err := base64.StdEncoding.DecodeString(hash.Text()); hash.Known() && err != nil && hash.Text() != record.Masked {
		c.refused(o, "its password_hash is not base64")
	}
	known := []string{"rabbit_password_hashing_sha256", "rabbit_password_hashing_sha512", "rabbit_password_hashing_md5"}
	if how := o.Member("hashing_algorithm"); how.Known() && !slices.Contains(known, how.Text()) {
		c.doubtful(o, "RabbitMQ has no hashing_algorithm %s%s: nobody can log in with it", how.Text(),
			fail.DidYouMean(how.Text(), known))
	}
}

// federated checks that a policy has only one key federation-upstream..., since brokers refuse a policy with more.
func (c *checker) federated(o Object, definition record.Value) {
	var names []string
	for name := range definition.Members() {
		if strings.HasPrefix(name, "federation-upstream") {
			names = append(names, name)
		}
	}
	if len(names) > 1 {
		c.refused(o, "it has %s, and brokers accept only one of these keys", strings.Join(names, " and "))
	}
}

// null adds a fault for each argument with null at any depth: 3.10 and 4.3 refuse a document with null in arguments.
func (c *checker) null(o Object, arguments record.Value) {
	for name, v := range arguments.Members() {
		if hasNull(v) {
			c.refused(o, "its argument %s has null in it, which brokers refuse", name)
		}
	}
}

func hasNull(v record.Value) (is bool) {
	for _, e := range v.Members() {
		is = is || hasNull(e)
	}
	v.Each(func(e record.Value) { is = is || hasNull(e) })
	return is || string(v) == "null"
}

// limits checks the limits of a virtual host or a user. For a wrong limit of a user, 3.10 answers 500 and makes neither
// the user nor any object of the kinds after users; 4.3 refuses the document.
func (c *checker) limits(o Object, limits record.Value, known ...string) {
	for name, v := range limits.Members() {
		switch _, is := v.Int(); {
		case !slices.Contains(known, name):
			c.refused(o, "no release has the limit %s%s", name, fail.DidYouMean(name, known))
		case !is || strings.ContainsAny(string(v), ".eE"):
			c.refused(o, "its limit %s is %s, not a whole number", name, cmp.Or(fraction(v), wordOf(v)))
		}
	}
}

// fraction returns a number as it is written; "" for a value of another type.
func fraction(v record.Value) string {
	if _, is := v.Number(); is {
		return string(v)
	}
	return ""
}

// limited warns of a limit that is set in a virtual host but not in the parameters. 3.10 and 4.3 read limits from the
// parameters only; exports of 4.3 have them in both places.
func (c *checker) limited(o Object, name string) {
	parameter := Object{Kind: VHostLimits, VHost: o.VHost, Key: []string{"limits"}}
	if i, is := slices.BinarySearchFunc(c.doc.Objects, parameter, Object.Compare); is {
		if (Object{Value: c.doc.Objects[i].Member("value")}).Member(name).Known() {
			return
		}
	}
	c.doubtful(o, "brokers read its limit %s not from here, but from a parameter of the component vhost-limits", name)
}
