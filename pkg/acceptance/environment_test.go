//go:build acceptance

package acceptance

import (
	"encoding/json"
	"strings"
	"testing"
)

// object decodes the JSON output of a command that must succeed.
func object[T any](t *testing.T, r ran) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(r.ok(t).stdout), &v); err != nil {
		t.Fatalf("%v\n%s", err, r.stdout)
	}
	return v
}

// TestEnvironment shows the configuration of a node: all of it, one application of it, and as JSON rows. The whole must
// have as many words as the output of the official tool. 3.10 does not offer it.
func TestEnvironment(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		if b.Release == "3.10" {
			r := b.rabbitctl(t, "environment").exits(t, 69)
			if r.stdout != "" || !strings.Contains(r.stderr, "is not offered by this broker") || !strings.Contains(r.stderr,
				"next: releases since 3.11.5 have it") {
				t.Errorf("%s%s", r.stdout, r.stderr)
			}
			return
		}
		whole := b.rabbitctl(t, "environment").ok(t).says(t, "{rabbit,", "{rabbitmq_management,").stdout
		words := func(text string) int {
			return len(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n,{}[]#", r) }))
		}
		if real := b.ctl(t, "rabbitmqctl", "-q", "environment").ok(t).stdout; words(real) != words(whole) {
			t.Errorf("%d words, and rabbitmqctl has %d", words(whole), words(real))
		}
		one := b.rabbitctl(t, "environment", "rabbit").ok(t).says(t, "{default_vhost,<<\"/\">>}").stdout
		if !strings.HasPrefix(one, "[{rabbit,") || !strings.HasSuffix(one, "}]\n") || !strings.Contains(whole,
			strings.TrimSuffix(strings.TrimPrefix(one, "["), "]\n")) {
			t.Errorf("rabbit alone is no part of the whole:\n%s", one)
		}
		type setting struct{ Application, Name, Value string }
		found := 0
		rows := object[struct{ Settings []setting }](t, b.rabbitctl(t, "environment", "-o", "json"))
		for _, s := range rows.Settings {
			if s == (setting{"rabbit", "default_vhost", `<<"/">>`}) || s.Application == "kernel" &&
				s.Name == "inet_dist_listen_min" {
				found++
			}
		}
		if found != 2 {
			t.Errorf("%d of 2 settings are in %v", found, rows)
		}
		r := b.rabbitctl(t, "environment", "rabit").exits(t, 65)
		if !strings.Contains(r.stderr, `did you mean "rabbit"`) {
			t.Error(r.stderr)
		}
	})
}
