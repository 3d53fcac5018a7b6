package config

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func TestNormalURL(t *testing.T) {
	tests := []struct{ text, want string }{
		{"http://mq", "http://mq"}, // as in any URL: port 80
		{"https://mq", "https://mq"},
		{"https://mq:443/", "https://mq"},
		{"http://mq:80", "http://mq"},
		{"http://mq:443", "http://mq:443"},
		{"mq", "http://mq:15672"},
		{"mq:80", "http://mq"},
		{"mq:15672", "http://mq:15672"},
		{"mq:15671", "https://mq:15671"},
		{"MQ.Example.COM:15672/", "http://mq.example.com:15672"},
		{"HTTPS://mq:15671/api", "https://mq:15671"},
		{"https://mq:15671/api/", "https://mq:15671"},
		{"https://mq:15671//x//y/api///", "https://mq:15671/x/y"},
		{"https://mq:15671/api/api", "https://mq:15671/api"},
		{"mq/rabbit", "http://mq:15672/rabbit"},
		{"http://mq:1/a%2Fb/%20", "http://mq:1/a%2Fb/%20"},
		{" http://mq:1\n", "http://mq:1"},
		{"http://u:p%3A%40%2F@mq:1", "http://mq:1"},
		{"http://u:p@ss@mq:1", "http://mq:1"},
		{"http://u%20x@mq:1", "http://mq:1"},
		{"http://[::1]:15672", "http://[::1]:15672"},
		{"http://[::1]", "http://[::1]"},
		{"[::1]", "http://[::1]:15672"},
		{"[FE80::1%25eth0]:1", "http://[fe80::1%25eth0]:1"},
		{"http://[2001:DB8:0::1]:1/x", "http://[2001:db8::1]:1/x"},
		{"http://10.0.0.1:1", "http://10.0.0.1:1"},
		{"http://rabbit_1.local.:1", "http://rabbit_1.local.:1"},
		{"http://bücher:1", "http://bücher:1"},
	}
	for _, tt := range tests {
		if got, err := normalURL(tt.text); err != nil || got != tt.want {
			t.Errorf("normalURL(%q) = %q, %v; want %q", tt.text, got, err, tt.want)
		}
	}
}

func TestRefusedURLs(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "has no host"},
		{"http://", "has no host"},
		{"http:///x", "has no host"},
		{"://mq", ""},
		{"http://:15672", "has no host"},
		{"http://u:p@", "has no host"},
		{"http://mq:", "is not a port"},
		{"http://mq:x", "is not a port"},
		{"http://mq:0", "is not a port"},
		{"http://mq:65536", "is not a port"},
		{"http://mq:+1", "is not a port"},
		{"http://mq:5672", "messaging port"},
		{"amqp://mq", "messaging protocol"},
		{"AMQPS://mq:5671", "messaging protocol"},
		{"ftp://mq", "neither http nor https"},
		{"http://mq?x", "query"},
		{"http://mq/#x", "query or a fragment"},
		{"http://a b", "space"},
		{"http://a\x00b", "control character"},
		{"http://::1:15672", "more than one colon"},
		{"http://[::1", "closing bracket"},
		{"http://[::1]x", "closing bracket"},
		{"http://[mq]:1", "is not an IPv6 address"},
		{"http://[1.2.3.4]:1", "is not an IPv6 address"},
		{"http://a,b", "is not a host name"},
		{"http://a%41", "is not a host name"},
		{"http://a\\b", "is not a host name"},
		{"http://mq/../x", ". and .. are not allowed"},
		{"http://mq/%2e%2E/x", ". and .. are not allowed"},
		{"http://mq/%zz", "not a percent-encoding"},
		{"http://mq/%0a", "control character"},
		{"http://u:hunter2%zz@mq", "not a percent-encoding"},
		{"http://u:hunter2/x@mq", "@ after a slash"},
	}
	for _, tt := range tests {
		got, err := normalURL(tt.text)
		switch {
		case tt.text == "://mq" && got == "http://mq:15672": // an empty scheme is a missing one
		case err == nil || !strings.Contains(err.Error(), tt.want):
			t.Errorf("normalURL(%q) = %q, %v; want …%s…", tt.text, got, err, tt.want)
		case strings.Contains(err.Error(), "hunter2"):
			t.Errorf("normalURL(%q) shows the password: %v", tt.text, err)
		}
	}
}

// FuzzNormalURL: package net/url accepts the result, normalising it again changes nothing (unless the prefix itself
// ends in /api), and it holds nothing of the userinfo.
func FuzzNormalURL(f *testing.F) {
	for _, text := range []string{"http://u:p@mq:15672/api/", "mq:15671", "[::1%25eth0]:1/x", "https://mq/a%2Fb",
		"amqp://x", "http://a/b@c", "//x", "http://ſ"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := normalURL(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x00\x1b") {
				t.Errorf("%q: the error has control characters: %q", text, err)
			}
			return
		}
		u, err := url.Parse(got)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, got, err)
		}
		if u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Hostname() == "" || u.Scheme != "http" &&
			u.Scheme != "https" {
			t.Errorf("%q became %q", text, got)
		}
		if strings.HasSuffix(got, "/") {
			t.Errorf("%q became %q, with a slash at the end", text, got)
		}
		if strings.HasSuffix(got, "/api") {
			return
		}
		if again, err := normalURL(got); err != nil || again != got {
			t.Errorf("%q became %q and then %q, %v", text, got, again, err)
		}
	})
}

// normalURL is the base URL for text as the value of --url.
func normalURL(text string) (string, error) {
	l := layer{kind: fail.Config, values: map[string]value{nameURL: {text: text}}}
	t, err := l.target()
	if err != nil {
		return "", err
	}
	return t.endpoint().String(), nil
}

func TestSameHost(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{{"mq", "MQ.", true}, {"localhost", "127.0.0.1", true}, {"::1", "localhost", true}, {"127.0.0.2", "127.0.0.1", false},
		{"mq", "mq.example.com", false}} {
		if got := sameHost(tt.a, tt.b); got != tt.want {
			t.Errorf("sameHost(%q, %q) = %v", tt.a, tt.b, got)
		}
	}
}
