package brokertest

import (
	"encoding/json"
	"net/url"
	"strings"
)

// The client sends requests that most tests do not test. With DefaultExchange it checks whether the name of a virtual
// host reaches the broker unchanged. With the listings SameName and AnyListed it confirms a 404. With Who it reads the
// user's tags before an error says that tags are missing. Unless a test answers these requests itself, the fake broker
// answers that the name arrives unchanged, that these listings and AllExchanges are empty (NoSuchName is an empty
// page), and that the user has only the tag management (Manager).
const (
	DefaultExchange = "GET /api/exchanges/%s/amq.default?columns=vhost&disable_stats=true"
	Who             = "GET /api/whoami?columns=name%2Ctags"
	Manager         = `{"name":"monitor","tags":["management"]}`
	AllExchanges    = "GET /api/exchanges?columns=vhost&disable_stats=true"
	SameName        = "GET /api/queues%s?columns=vhost%%2Cname%%2Ctype%%2Cstate%%2Cnode%%2Cleader%%2Cmembers%%2Conline&disable_stats=true&name=%s&page=1&page_size=500&use_regex=true"
	AnyListed       = "?columns=name%2Cvhost%2Ccomponent&disable_stats=true"
	NoSuchName      = `{"filtered_count":0,"item_count":0,"items":[],"page":1,"page_count":1,"page_size":500,"total_count":0}`
)

// OnlyIfSlow reports whether the client sends this request only when the nodes or the overview answer slowly, as on a
// busy machine. A Server leaves it unanswered unless the test gives an answer.
func OnlyIfSlow(request string) bool { return request == Roll || request == Glimpse }

// Aside returns the default answer to a request that most tests are not about. usual is false if there is no default.
func Aside(request string) (body string, usual bool) {
	switch request {
	case Standing:
		return AllWell, true
	case HowMany:
		return Few, true
	case AllExchanges:
		return "[]", true
	case Who:
		return Manager, true
	}
	if strings.HasPrefix(request, "GET /api/queues") && strings.HasSuffix(request, Counts) {
		return "[]", true
	}
	if strings.HasPrefix(request, "GET /api/") && (strings.HasSuffix(request, "?columns=type&disable_stats=true") ||
		strings.HasSuffix(request, "?columns=destination_type&disable_stats=true")) {
		// If a listing fails with status 500, the client asks for the same listing with the column type or destination_type
		// only. The default answer is not a list, so this second request fails as well.
		return "{}", true
	}
	before, after, _ := strings.Cut(DefaultExchange, "%s")
	if rest, ok := strings.CutPrefix(request, before); ok {
		if vhost, ok := strings.CutSuffix(rest, after); ok {
			vhost, _ = url.PathUnescape(vhost)
			name, _ := json.Marshal(vhost)
			return `{"vhost":` + string(name) + `}`, true
		}
	}
	if strings.HasPrefix(request, "GET ") && strings.HasSuffix(request, AnyListed) {
		return "[]", true
	}
	if strings.HasPrefix(request, "GET /api/queues") && strings.Contains(request, "&page=1&page_size=500&use_regex=true") {
		return NoSuchName, true
	}
	return "", false
}
