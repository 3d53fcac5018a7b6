package broker

import (
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Refusal is an answer in which the management API refused a request. It is the cause of the fail.Error that calls
// return.
type Refusal struct {
	Status int
	// Reason is the broker's own sentence on one line, without HTML entities and with the passwords of URIs masked. It is
	// cut after 400 characters, and empty if the broker gave no reason.
	Reason string
	// Foreign means that the answer is not from the management API.
	Foreign bool
}

func (r *Refusal) Error() string { return http.StatusText(r.Status) + ": " + r.Reason }

// Status is the HTTP status of the Refusal in err, which can also come from a proxy; 0 if err holds no Refusal.
func Status(err error) int {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Status
	}
	return 0
}

// IsNotFound tells whether the broker answered that the object, or the endpoint, does not exist.
func IsNotFound(err error) bool { return Status(err) == http.StatusNotFound && !isForeign(err) }

// refused turns an unusable answer into an error.
func (t *classifier) refused(req *http.Request, resp *http.Response, media string) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 8<<10))
	reason, isAPI := reasonOf(body, media)
	r := &Refusal{Status: resp.StatusCode, Reason: reason}
	// Brokers send some refusals without a body, but never a 404.
	otherMedia := media != "application/json"
	r.Foreign = !isAPI && (resp.StatusCode == http.StatusNotFound || media != "" && otherMedia)
	no, said := r.because, r.said()
	if t.route.answers(req) != "" && !isAPI && proxiesSay(resp.StatusCode) {
		e := refusedByProxy(t.route.via(req), t.base, req.URL.Scheme, req.URL.Hostname(), resp.StatusCode)
		e.Err = r
		return e
	}
	switch {
	case resp.StatusCode > 200 && resp.StatusCode < 300 && req.Method == http.MethodGet:
		return no(fail.Data, "%s answered %s with status %d (%s), which is not a valid answer",
			t.base, asked(req), resp.StatusCode, http.StatusText(resp.StatusCode)).
			Next("is a proxy or another program in between? ").Do(fail.SeeRequests)
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return no(fail.Unreachable, "%s redirects to %s", t.base, brief(resp.Header.Get("Location"))).
			Next("this program does not follow redirects; if the management API is at that address: ").Do(fail.GiveThatURL)
	case resp.StatusCode == http.StatusUnauthorized:
		return t.unauthorized(r, req, isAPI)
	case media == "text/html" || !isAPI && otherMedia && resp.StatusCode < 400:
		return no(fail.Unreachable, "%s answers with %s (status %d), not with the management API's JSON", t.base,
			mediaWords(media), resp.StatusCode).
			Next("is a proxy or another program in between? ").Do(fail.GivePrefix)
	case resp.StatusCode == http.StatusForbidden:
		return no(fail.Denied, "user %s may not do this on %s%s", t.who.name(), t.base, said).
			Do(fail.SeeUser, t.who.name())
	case resp.StatusCode == http.StatusNotFound:
		return t.notFound(r, req, isAPI)
	case resp.StatusCode == http.StatusBadRequest:
		return t.badRequest(r, body)
	}
	return t.otherStatus(r)
}

// notFound explains a status 404: from another program, for a listing, or for one object.
func (t *classifier) notFound(r *Refusal, req *http.Request, isAPI bool) error {
	switch {
	case !isAPI:
		return r.because(fail.Unreachable, "%s answers, but has no management API under %s/api", t.base, t.base).
			Do(fail.CheckPrefix)
	case isCollection(t.base, req.URL):
		return t.noCollection(r, req.URL.Path)
	}
	return r.because(fail.NotFound, "%s has no such object: %s", t.base, objectOf(t.base, req.URL))
}

// badRequest explains a status 400. Brokers use it also for faults of their own.
func (t *classifier) badRequest(r *Refusal, body []byte) error {
	no, reason := r.because, r.Reason
	if strings.Contains(string(body), "HTTP request to an HTTPS server") {
		return no(fail.Unreachable, "%s speaks TLS, not plain HTTP", t.base).Do(fail.UseTLS)
	}
	if strings.Contains(reason, "Stats in management UI are disabled") {
		return no(fail.Unavailable,
			"%s collects no statistics, so it cannot answer this (management_agent.disable_metrics_collector)", t.base).
			Next("set it to false in rabbitmq.conf").Do(fail.SeeUnstatistic)
	}
	if vhost := stoppedVHost(reason); vhost != "" {
		return no(fail.Unavailable,
			"virtual host %s is stopped on the node of %s: it accepts no classic queues and no clients there", vhost, t.base).
			Do(fail.RestartVHost, vhost).Say("the node's log says why it stopped")
	}
	if fromInside(r) {
		return no(fail.Unavailable, "%s failed internally at this (%s)", t.base, innerCause(reason)).
			Next("the broker's log says more").Do(fail.SeeNodes)
	}
	return no(fail.Data, "the broker refused: %s", orElse(reason, "bad request"))
}

// otherStatus makes the error for the other statuses, whatever the request was.
func (t *classifier) otherStatus(r *Refusal) error {
	no := r.because
	said := r.said()
	switch {
	case r.Status == http.StatusMethodNotAllowed:
		return no(fail.Unavailable, "%s does not offer this%s", t.base, said).
			Next("it is switched off there, or the release is too old: ").Do(fail.SeeRelease)
	case r.Status == http.StatusRequestTimeout, r.Status == http.StatusGatewayTimeout:
		return no(fail.Timeout, "%s gave up waiting (status %d)%s", t.base, r.Status, said).
			Next("a proxy in between may wait for less long than this command")
	case r.Status == http.StatusTooManyRequests:
		return no(fail.Unavailable, "%s asks for fewer requests (status 429)", t.base).Next("wait, then try again")
	case r.Status == http.StatusRequestEntityTooLarge:
		return no(fail.Data, "the request is larger than %s accepts", t.base).
			Next("management.http.max_body_size in rabbitmq.conf is the limit")
	case r.Status >= 500:
		return no(fail.Unavailable, "%s failed with status %d%s", t.base, r.Status, said).
			Next("the broker's log may say more; a node that is just starting or stopping gives this " +
				"answer, too")
	}
	return no(fail.Data, "%s answered with status %d%s", t.base, r.Status, said)
}

// because makes an error whose cause is the refusal.
func (r *Refusal) because(kind fail.Kind, format string, args ...any) *fail.Error {
	e := fail.New(kind, format, args...)
	e.Err = r
	return e
}

// said is the broker's reason in brackets, "" where it gave none.
func (r *Refusal) said() string {
	if r.Reason == "" {
		return ""
	}
	return " (the broker says: " + r.Reason + ")"
}

// unauthorized distinguishes the meanings of 401. RabbitMQ uses it for wrong credentials, for a missing tag, for a user
// who may connect from the broker's host only, and for objects without permission.
func (t *classifier) unauthorized(r *Refusal, req *http.Request, isAPI bool) error {
	no := func(format string, args ...any) *fail.Error {
		e := fail.New(fail.Denied, format, args...)
		e.Err = r
		return e
	}
	user, reason, verb := t.who.name(), strings.ToLower(r.Reason), refusedTo(asChange(req))
	switch {
	case !isAPI:
		return no("%s refused user %s with status 401, but not as RabbitMQ does", t.base, user).
			Next("is a proxy with a login of its own in between?")
	case strings.Contains(reason, "via localhost"):
		return no("user %s may log in only on the broker's own host (the broker says: %s)", user, r.Reason).
			Next("use another user: ").Do(fail.AddUser)
	case strings.Contains(reason, "not management user"):
		return no("user %s is logged in at %s, but has no tag that opens the management API (the broker says: %s)", user,
			t.base, r.Reason).
			Do(fail.SetFirstTag, user)
	case strings.Contains(reason, "not monitor user"):
		return no("user %s may not %s this: it needs the tag monitoring (the broker says: %s)", user, verb, r.Reason).
			Do(fail.SeeTags, user)
	case strings.Contains(reason, "not administrator user"), strings.Contains(reason, "not policymaker user"):
		return no("user %s may not do this: it needs another tag (the broker says: %s)", user, r.Reason).
			Do(fail.SeeTags, user)
	case strings.Contains(reason, "login failed"), reason == "", strings.ReplaceAll(reason, "_", " ") == "not authorized":
		return no("user %s was refused at %s: wrong password, no such user, or a failing auth backend%s", user, t.base,
			saidIn(r.Reason)).
			Do(fail.CheckLogin, user)
	case strings.Contains(reason, "authorised to access object"):
		// 3.10 and 4.3 give this reason for a request for parameters or global parameters.
		return no("user %s may not %s this: it needs the tag policymaker, and access to the virtual host (the broker says: %s)", user,
			verb, r.Reason).
			Do(fail.SeeTags, user)
	case strings.Contains(reason, "access refused"), strings.Contains(reason, "user not authorised"):
		return no("user %s has no permission for this (the broker says: %s)", user, r.Reason).
			Do(fail.SeeUser, user)
	}
	return no("user %s may not do this on %s (the broker says: %s)", user, t.base, r.Reason).
		Do(fail.SeeUser, user)
}

// innerCause returns the cause of an Erlang error in one word, for example nodedown for {badrpc,nodedown}, or "an
// Erlang error" if the reason has no such cause.
func innerCause(reason string) string {
	if m := regexp.MustCompile(`\{(?:error|badrpc|shutdown),(\w+)\}`).FindStringSubmatch(reason); m != nil {
		return m[1]
	}
	return "an Erlang error"
}

// objectOf is the part of the path that names the object, as it went over the wire: queues/%2F/orders.
func objectOf(base string, u *url.URL) string {
	_, object, _ := strings.Cut(strings.TrimPrefix(u.Scheme+"://"+u.Host+u.EscapedPath(), base), "/api/")
	return object
}

// isCollection tells whether the path has one word after /api/, as /api/queues and /api/overview have: such a path
// names no object that could be missing.
func isCollection(base string, u *url.URL) bool {
	object := objectOf(base, u)
	return object != "" && !strings.Contains(object, "/")
}

// noCollection explains a 404 for a collection. If every broker has the collection, the address is wrong; otherwise
// this broker does not offer it.
func (t *classifier) noCollection(r *Refusal, path string) error {
	name := path[strings.LastIndexByte(path, '/')+1:]
	e := fail.New(fail.Unavailable, "%s does not offer %s", t.base, name).
		Next("its release is too old for that, or a plugin is off: ").Do(fail.SeeRelease)
	switch name {
	case "overview", "whoami", "nodes", "vhosts", "queues", "exchanges", "bindings", "connections", "channels",
		"consumers", "users":
		e = fail.New(fail.Unreachable, "%s answers, but has no management API under %s/api", t.base, t.base).
			Do(fail.CheckPrefix)
	}
	e.Err = r
	return e
}

// reasonOf reads the sentence out of an error body, on one line and without HTML entities, which old brokers put in.
// isAPI means that the body is JSON with an error or a reason, as the management API sends it.
func reasonOf(body []byte, media string) (reason string, isAPI bool) {
	var api struct {
		Error  json.RawMessage `json:"error"`
		Reason json.RawMessage `json:"reason"`
	}
	if media == "text/html" || json.Unmarshal(body, &api) != nil || api.Error == nil && api.Reason == nil {
		return "", false
	}
	for _, raw := range []json.RawMessage{api.Reason, api.Error} {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			if text != "" {
				return brief(html.UnescapeString(text)), true
			}
			continue
		}
		if len(raw) > 0 && string(raw) != "null" {
			return brief(spelled(string(raw))), true
		}
	}
	return "", true
}

// spelled writes lists of character codes as text: 3.10 refuses definitions with ["amqp_error","…",[105,110,118,…]].
func spelled(text string) string {
	return regexp.MustCompile(`\[\d{1,3}(,\d{1,3}){3,}\]`).ReplaceAllStringFunc(text, func(list string) string {
		var codes []rune
		if json.Unmarshal([]byte(list), &codes) != nil || slices.ContainsFunc(codes, func(r rune) bool {
			return (r < ' ' || r > '~') && r != '\n'
		}) {
			return list
		}
		return `"` + string(codes) + `"`
	})
}

// broken matches the places where Erlang breaks a long text over lines.
var broken = regexp.MustCompile(`"\s+"`)

// brief returns a text on one line, and cuts it if it is longer than a few lines of a terminal. When brokers refuse a
// URI, they repeat it with its password, so the password is masked.
func brief(text string) string {
	text = prose.OneLine(text)
	if strings.Contains(text, "://") {
		text = record.MaskURIs(broken.ReplaceAllString(text, ""))
		// The rest is Erlang's reason. It can hold a part of the password outside of any URI, where it cannot be
		// masked.
		if before, _, found := strings.Cut(text, "not a valid URI:"); found {
			text = before + "not a valid URI"
		}
	}
	if r := []rune(text); len(r) > 400 {
		return string(r[:400]) + "…"
	}
	return text
}

func mediaWords(media string) string {
	switch media {
	case "text/html":
		return "an HTML page"
	case "":
		return "no content type"
	}
	return media
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func saidIn(reason string) string {
	if reason == "" {
		return ""
	}
	return " (the broker says: " + reason + ")"
}

// stoppedVHost returns the virtual host that is stopped according to a refusal, or "" if the refusal is about something
// else. Brokers write it as an Erlang term at the end of the reason: {vhost_supervisor_not_running,<<"v">>} (3.10 and
// 4.3).
func stoppedVHost(reason string) string {
	_, rest, found := strings.Cut(reason, `{vhost_supervisor_not_running,<<"`)
	if name, closed := strings.CutSuffix(rest, `">>}`); found && closed {
		return name
	}
	return ""
}
