//go:build acceptance

package acceptance

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// trouble is one cause why a command cannot do its work.
type trouble struct {
	name string
	url  string
	args []string
	code int
	// says must be part of the error message, and next must be part of the line after it.
	says, next string
}

// TestErrorsAreToldApart causes the common failures to reach a broker, and requests that the broker refuses. Each
// failure gets a message of its own on one line, a next step, and its exit code.
func TestErrorsAreToldApart(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		seen := map[string]string{}
		for _, x := range troubles(t, b) {
			t.Run(x.name, func(t *testing.T) {
				args := x.args
				if args == nil {
					args = []string{"list_queues", "name"}
				}
				r := run(t, []string{"RABBITCTL_URL=" + x.url}, program("rabbitctl"), args...).exits(t, x.code)
				message := x.isKind(t, r.stderr, args[0])
				if other, twice := seen[message]; twice {
					t.Errorf("the same message as for %q: %s", other, message)
				}
				seen[message] = x.name
			})
		}
	})
}

// isKind checks the two lines of an error. It returns the message without the parts that differ from run to run.
func (x trouble) isKind(t *testing.T, stderr, command string) string {
	t.Helper()
	lines := splitLines(stderr)
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "rabbitctl "+command+": ") || !strings.HasPrefix(lines[1],
		"  next: ") {
		t.Fatalf("want a message and a next step, got:\n%s", stderr)
	}
	if !strings.Contains(lines[0], x.says) || !strings.Contains(lines[1], x.next) {
		t.Errorf("want %q, next %q, got:\n%s", x.says, x.next, stderr)
	}
	for _, jargon := range []string{"dial tcp", "x509", "EOF", "malformed", "lookup ", "<html", "<title", "i/o timeout",
		"context deadline", "Get \"", "net/http", "goroutine", "%!"} {
		if strings.Contains(stderr, jargon) {
			t.Errorf("%q is no word for an operator:\n%s", jargon, stderr)
		}
	}
	for _, secret := range []string{"guest:guest", "wrong-password"} {
		if strings.Contains(stderr, secret) {
			t.Errorf("the message tells the password:\n%s", stderr)
		}
	}
	return regexp.MustCompile(`:[0-9]{2,5}\b|\bu[0-9a-f]{8}\b`).ReplaceAllString(lines[0], "")
}

func troubles(t *testing.T, b *broker) []trouble {
	closed, err := closedPort()
	if err != nil {
		t.Fatal(err)
	}
	local := func(scheme string, port int) string {
		return fmt.Sprintf("%s://guest:guest@127.0.0.1:%d", scheme, port)
	}
	vhost := b.vhost(t, "errors ")
	as := func(tags string, vhosts ...string) string {
		name, password := b.user(t, tags)
		for _, v := range vhosts {
			b.do(t, "PUT", path("permissions", v, name), map[string]any{"configure": "", "write": "", "read": ".*"})
		}
		return local("http", b.ManagementPort)[:len("http://")] + name + ":" + password + fmt.Sprintf("@127.0.0.1:%d",
			b.ManagementPort)
	}
	var all []trouble
	hidden := trouble{"a virtual host that the user may not see", as("management", vhost), []string{"list_queues", "-p",
		"/", "name"},
		77, "no permission", "explain_access"}
	if b.Release == "4.3" {
		// To a user without access to the virtual host, 4.3 answers as if it did not exist.
		hidden.code, hidden.says, hidden.next = 65, "or user", "list_vhosts"
		seen := hidden
		seen.name, seen.url = "a virtual host without access that the user sees", as("monitoring", vhost)
		seen.code, seen.says, seen.next = 77, "has no access to virtual host /", "set_permissions -p /"
		all = append(all, seen)
	}
	return append(all, []trouble{
		{"nothing listens", local("http", closed), nil, 69, "connection refused", "--url"},
		{"the AMQP port", local("http", b.AMQPPort), nil, 69, "AMQP port", "15672"},
		{"TLS to a plain port", local("https", b.ManagementPort), nil, 69, "plain text, not TLS", "http://"},
		{"plain to a TLS port", withUser(tlsServer(t)), nil, 69, "speaks TLS", "https://"},
		{"a certificate that nobody knows", strings.Replace(withUser(tlsServer(t)), "http:", "https:", 1), nil, 69,
			"authority", "--cacert"},
		{"a login page", withUser(htmlServer(t, 200)), nil, 69, "HTML page (status 200)", "proxy"},
		{"a gateway's error page", withUser(htmlServer(t, 502)), nil, 69, "HTML page (status 502)", "proxy"},
		{"a redirect", withUser(redirectingServer(t, "https://elsewhere.invalid/rabbit/")), nil, 69,
			"redirects to https://elsewhere.invalid", "--url"},
		{"not HTTP", withUser(babblingServer(t)), nil, 69, "does not speak HTTP", "15672"},
		{"the connection is closed at once", withUser(closingServer(t)), nil, 69, "without an answer", "port"},
		{"a name that does not resolve", "http://guest:guest@broker.invalid:15672", nil, 69,
			"broker.invalid cannot be resolved", "--host"},
		{"no answer", withUser(silentServer(t)), []string{"list_queues", "name", "--timeout", "1s"}, 75,
			"did not answer in time", "--timeout"},
		{"wrong password", strings.Replace(b.URL, "guest:guest", "guest:wrong-password", 1), nil, 77,
			"user guest was refused", "rabbitctl config show"},
		{"a user without a tag", as(""), nil, 77, "no tag", "set_user_tags"},
		{"a mistyped tag", as("monitor"), []string{"list_vhosts"}, 77, "no tag", "set_user_tags"},
		{"the tag management and the nodes", as("management", vhost), []string{"list_nodes"}, 77, "tag monitoring",
			"set_user_tags"},
		hidden,
		{"a mistyped virtual host", b.URL, []string{"list_queues", "-p", vhost + "x", "name"}, 65, `, did you mean "` +
			vhost + `"?`, "list_vhosts"},
		{"no such virtual host", b.URL, []string{"list_queues", "-p", "nosuch", "name"}, 65,
			"virtual host nosuch does not exist", "list_vhosts"},
		{"a path that is wrong", b.URL + "/nosuch", nil, 69, "no management API", "--path-prefix"},
	}...)
}

func withUser(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	u.User = url.UserPassword("guest", "guest")
	u.Scheme = "http"
	return u.String()
}

// TestAnswerThatBreaksOff: rabbitctl prints the rows that arrived, and says that rows are missing.
func TestAnswerThatBreaksOff(t *testing.T) {
	for name, address := range map[string]string{"cut off": truncatingServer(t), "stalled": stallingServer(t)} {
		t.Run(name, func(t *testing.T) {
			r := run(t, []string{"RABBITCTL_URL=" + withUser(address)}, program("rabbitctl"), "list_queues", "name", "messages",
				"--timeout", "2s").exits(t, 75)
			if r.stdout != "name\tmessages\nfirst\t1\nsecond\t2\n" {
				t.Errorf("the rows that came are not all there:\n%s", r.stdout)
			}
			if !strings.Contains(r.stderr, "incomplete: 2 rows were printed") || strings.Contains(r.stderr, "EOF") {
				t.Errorf("stderr: %s", r.stderr)
			}
		})
	}
}

// TestChecksThatCannotAsk: where nothing listens, these checks and explain_blocked are UNKNOWN. With an unknown flag
// they exit with 64.
func TestChecksThatCannotAsk(t *testing.T) {
	closed, err := closedPort()
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range []string{"check_disk", "check_alarms", "explain_blocked"} {
		r := run(t, []string{fmt.Sprintf("RABBITCTL_URL=http://guest:guest@127.0.0.1:%d", closed)}, program("rabbitctl"),
			check).exits(t, 3)
		if !strings.HasPrefix(r.stdout, "UNKNOWN") || !strings.Contains(r.stdout, "connection refused") {
			t.Errorf("%s: %s%s", check, r.stdout, r.stderr)
		}
		run(t, nil, program("rabbitctl"), check, "--nosuch").exits(t, 64)
	}
}
