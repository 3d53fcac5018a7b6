package broker

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// paths finds out whether paths reach the broker unchanged. nginx decodes %2F where proxy_pass has a path, and then
// makes one "/" of two, so that /api/queues/%2F is /api/queues/, the queues of all virtual hosts; Apache answers such
// paths with 404 itself (seen with nginx 1.22 and Apache 2.4); other proxies escape the escapes once more.
type paths struct {
	// plain is the client without the doubter.
	plain *Client

	mu   sync.Mutex
	seen map[string]*pathCheck
}

// pathCheck remembers whether request paths with the name of a virtual host reach the broker unchanged.
type pathCheck struct {
	sync.Mutex
	known bool
	err   error
}

// changed returns nil if paths into the virtual host reach the broker unchanged, or if that cannot be known: then other
// errors say more.
func (p *paths) changed(ctx context.Context, vhost string) error {
	p.mu.Lock()
	if p.seen == nil {
		p.seen = map[string]*pathCheck{}
	}
	check := p.seen[vhost]
	if check == nil {
		check = &pathCheck{}
		p.seen[vhost] = check
	}
	p.mu.Unlock()
	check.Lock()
	defer check.Unlock()
	if !check.known {
		looking, cancel := context.WithTimeout(ctx, beside.Share(ctx, 0.2, attendance))
		defer cancel()
		check.err, check.known = p.look(looking, vhost)
		if looking.Err() != nil && ctx.Err() == nil {
			// 3.10 does not answer while a node of its cluster is frozen. Waiting once is enough: do not make this check again.
			check.known = true
		}
	}
	return check.err
}

// look asks for the default exchange of the virtual host, which is always there. If another answer comes back, and the
// listing has that exchange, a proxy changed the path. If the user has no access to the virtual host, the listing does
// not have it either.
func (p *paths) look(ctx context.Context, vhost string) (changed error, known bool) {
	columns := []record.Column{{Name: "vhost"}}
	query := WithoutTotals(OfColumns(columns))
	v, err := p.plain.value(ctx, Path("exchanges", vhost, "amq.default"), query, objectWith())
	switch {
	case err == nil && same(vhost, v.At("vhost").Text()):
		return nil, true
	case err != nil && Status(err) != http.StatusNotFound && Status(err) != http.StatusMethodNotAllowed && !isForeign(err):
		return nil, false
	}
	for listed, err := range record.EachText(p.plain.Rows(ctx, Path("exchanges"), query, columns)) {
		switch {
		case err != nil:
			return nil, false
		case same(vhost, listed) && strings.ContainsRune(listed, utf8.RuneError):
			// 3.10 sends the bytes of a name that is not UTF-8, and reading the answer as JSON loses them.
			return fail.New(fail.Incomplete, "virtual host %s cannot be asked for: its name is not UTF-8", listed).
				Do(fail.ReadPage, "name-not-utf-8"), true
		case same(vhost, listed):
			return p.fault("the broker does not get " + url.PathEscape(vhost) + ", which is virtual host " + vhost +
				", as it was sent"), true
		}
	}
	return nil, true
}

// fault is the error that a proxy changes paths, with the setting that prevents it. The argument what is a text about
// how the change was noticed.
func (p *paths) fault(what string) error {
	return fail.New(fail.Incomplete, "a proxy between here and the broker changes %%2F in paths: at %s %s", p.plain.base,
		what).
		Next("nginx: proxy_pass http://BROKER:15672; without a path after the port. Apache: AllowEncodedSlashes NoDecode, "+
			"and nocanon behind ProxyPass").
		Do(fail.ReadPage, "behind-a-proxy").
		Do(fail.GoRoundProxy)
}
