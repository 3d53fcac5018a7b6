package config

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// urlParts holds the parts of a URL. A missing part is empty, or 0.
type urlParts struct {
	scheme   string // http or https; empty when the text has no scheme
	host     string
	port     int
	prefix   string
	username string
	password string
}

const managementPortHint = "rabbitctl uses the management API: port 15672, or 15671 with TLS"

// parseURL reads the URL of a management API. The scheme may be missing; a trailing slash and a trailing /api are
// dropped. The error has no kind yet and never quotes what may be a password.
func parseURL(text string) (urlParts, *fail.Error) {
	var u urlParts
	text = strings.TrimSpace(text)
	shown := withoutUserinfo(text)
	if strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) ||
			r == unicode.ReplacementChar
	}) {
		return u, problem("the URL holds a space or a control character")
	}
	rest := text
	if scheme, after, found := strings.Cut(text, "://"); found {
		u.scheme, rest = strings.ToLower(scheme), after
	}
	switch u.scheme {
	case "", "http", "https":
	case "amqp", "amqps":
		return u, problem("%s:// is the messaging protocol, not the management API", u.scheme).Next(managementPortHint)
	default:
		return u, problem("the URL's scheme is neither http nor https")
	}
	if strings.ContainsAny(rest, "?#") {
		return u, problem("the URL has a query or a fragment").
			Next("write ? as %%3F and # as %%23 when they are part of the password")
	}
	authority, path, _ := strings.Cut(rest, "/")
	if strings.Contains(path, "@") && !strings.Contains(authority, "@") {
		return u, problem("the URL has an @ after a slash").Next("write / as %%2F when it is part of the password")
	}
	hostport := authority
	if i := strings.LastIndex(authority, "@"); i >= 0 {
		hostport = authority[i+1:]
		username, password, _ := strings.Cut(authority[:i], ":")
		var err1, err2 error
		u.username, err1 = url.PathUnescape(username)
		u.password, err2 = url.PathUnescape(password)
		if err1 != nil || err2 != nil {
			return u, problem("the URL's user or password has a %% that is not a percent-encoding").Next("write %% as %%25")
		}
	}
	if err := u.setHostPort(hostport, shown); err != nil {
		return u, err
	}
	prefix, err := normalPrefix(path)
	u.prefix = prefix
	return u, err
}

// withoutUserinfo puts … in place of everything before the last @, which stays. So an error can quote a text that may
// hold a password.
func withoutUserinfo(text string) string {
	if i := strings.LastIndex(text, "@"); i >= 0 {
		return "…" + text[i:]
	}
	return text
}

func (u *urlParts) setHostPort(hostport, shown string) *fail.Error {
	host, port, hasPort := hostport, "", false
	switch i := strings.LastIndex(hostport, ":"); {
	case strings.HasPrefix(hostport, "["):
		end := strings.Index(hostport, "]")
		if end < 0 || end+1 < len(hostport) && hostport[end+1] != ':' {
			return problem("%q has no closing bracket after its address", shown)
		}
		host, port, hasPort = hostport[:end+1], strings.TrimPrefix(hostport[end+1:], ":"), end+1 < len(hostport)
	case strings.Count(hostport, ":") > 1:
		return problem("%q has more than one colon", shown).
			Next("write an IPv6 address in brackets, for example http://[::1]:15672")
	case i >= 0:
		host, port, hasPort = hostport[:i], hostport[i+1:], true
	}
	if host == "" {
		return problem("%q has no host", shown)
	}
	var err *fail.Error
	if u.host, err = normalHost(host); err != nil {
		return err
	}
	if hasPort {
		u.port, err = parsePort(port)
	}
	return err
}

// normalHost checks a host without a port and makes it lower case. An IPv6 address may be in brackets; its zone may
// then be percent-encoded.
func normalHost(text string) (string, *fail.Error) {
	address, bracketed := strings.CutPrefix(text, "[")
	if bracketed {
		address = strings.Replace(strings.TrimSuffix(address, "]"), "%25", "%", 1)
	}
	if ip, err := netip.ParseAddr(address); err == nil && ip.Is6() {
		if strings.ContainsFunc(ip.Zone(), func(r rune) bool { return !isHostRune(r) }) {
			return "", problem("%q is not an address", text)
		}
		return ip.String(), nil
	}
	if bracketed {
		return "", problem("%q is not an IPv6 address", text)
	}
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return !isHostRune(r) }) {
		return "", problem("%q is not a host name", text)
	}
	return strings.ToLower(text), nil
}

func isHostRune(r rune) bool {
	return r == '-' || r == '.' || r == '_' || r != unicode.ReplacementChar && (unicode.IsLetter(r) ||
		unicode.IsDigit(r) || unicode.IsMark(r))
}

func parsePort(text string) (int, *fail.Error) {
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return 0, problem("%q is not a port (1 to 65535)", text)
	}
	if port == 5672 || port == 5671 {
		return 0, problem("port %d is the messaging port, not the management API's", port).Next(managementPortHint)
	}
	return int(port), nil
}

// normalPrefix turns a path into a path prefix: empty, or with a leading slash. It drops one trailing /api, because
// every request adds it; a gateway that serves the whole API below /api is written as /api/api.
func normalPrefix(path string) (string, *fail.Error) {
	var segments []string
	for segment := range strings.SplitSeq(path, "/") {
		plain, err := url.PathUnescape(segment)
		switch {
		case err != nil:
			return "", problem("path prefix: it has a %% that is not a percent-encoding").Next("write %% as %%25")
		case plain == "." || plain == "..":
			return "", problem("path prefix: . and .. are not allowed")
		case strings.ContainsAny(segment, "?#") || strings.ContainsFunc(plain, unicode.IsControl):
			return "", problem("path prefix: a query, a fragment or a control character is not allowed")
		case segment != "":
			// A path may have a plain @, but parseURL would take it for the end of a password.
			segments = append(segments, strings.ReplaceAll(url.PathEscape(plain), "@", "%40"))
		}
	}
	if n := len(segments); n > 0 && segments[n-1] == "api" {
		segments = segments[:n-1]
	}
	if len(segments) == 0 {
		return "", nil
	}
	return "/" + strings.Join(segments, "/"), nil
}

// problem is an error without a kind; layer.bad adds the kind.
func problem(format string, args ...any) *fail.Error { return fail.New("", format, args...) }
