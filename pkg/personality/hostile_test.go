package personality

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// hostile returns commands that change something. NAME stands for the name that the test puts in. After the | follows
// the only change that the command may send.
func hostile() []string {
	return []string{
		"add_user NAME pw | PUT users/NAME", "change_password NAME pw | PUT users/NAME",
		"clear_password NAME | PUT users/NAME",
		"set_user_tags NAME t | PUT users/NAME", "delete_user NAME | DELETE users/NAME",
		`set_user_limits NAME {"max-channels":5} | PUT user-limits/NAME/max-channels`,
		"clear_user_limits NAME max-channels | DELETE user-limits/NAME/max-channels",
		"set_permissions -p v NAME a b c | PUT permissions/v/NAME", "clear_permissions -p v NAME | DELETE permissions/v/NAME",
		"set_topic_permissions -p v NAME e a b | PUT topic-permissions/v/NAME",
		"clear_topic_permissions -p v NAME | DELETE topic-permissions/v/NAME",
		"clear_topic_permissions -p v victim NAME | DELETE topic-permissions/v/victim/NAME",
		"add_vhost NAME | PUT vhosts/NAME", "set_vhost_tags NAME a | PUT vhosts/NAME",
		"delete_vhost NAME | DELETE vhosts/NAME",
		"set_policy -p v NAME ^q {} | PUT policies/v/NAME", "clear_policy -p v NAME | DELETE policies/v/NAME",
		"clear_operator_policy -p v NAME | DELETE operator-policies/v/NAME",
		"set_parameter -p v shovel NAME {} | PUT parameters/shovel/v/NAME",
		"clear_parameter -p v shovel NAME | DELETE parameters/shovel/v/NAME",
		"set_global_parameter NAME 1 | PUT global-parameters/NAME",
		"clear_global_parameter NAME | DELETE global-parameters/NAME",
		"purge_queue -p v NAME | DELETE queues/v/NAME/contents", "delete_queue -p v NAME | DELETE queues/v/NAME",
		// Here NAME is the name of the virtual host.
		"set_permissions --vhost=NAME victim a b c | PUT permissions/NAME/victim",
		"clear_permissions --vhost=NAME victim | DELETE permissions/NAME/victim",
		"clear_policy --vhost=NAME p | DELETE policies/NAME/p", "delete_queue --vhost=NAME q | DELETE queues/NAME/q",
		"purge_queue --vhost=NAME q | DELETE queues/NAME/q/contents",
		`set_vhost_limits --vhost=NAME {"max-queues":5} | PUT parameters/vhost-limits/NAME/limits`,
		"trace_on --vhost=NAME | PUT vhosts/NAME",
	}
}

// A change reaches the object with exactly this name, or nothing is sent. The output contains nothing that controls a
// terminal.
func TestHostileNames_change(t *testing.T) {
	t.Parallel()
	names := []string{
		"..", ".", "", "a/b", "%2F", "a%20b", "a+b", "?x=1", "#frag", "a;b", `a\b`, "x\x1b[31mred\a", "new\nline", "tab\tx",
		"c1\u009b\x7f", "\u202ertl",
		"e\u0301", "caf\xe9", "../x", "%2E%2E", "contents", strings.Repeat("n", 300), strings.Repeat("n", 255),
	}
	for _, line := range hostile() {
		words, changes, _ := strings.Cut(line, " | ")
		name, _, _ := strings.Cut(words, " ")
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			sent := 0
			for _, hostile := range names {
				sent += len(changed(t, words, changes, hostile))
			}
			if sent == 0 {
				t.Errorf("%s never sends anything: this proves nothing", name)
			}
		})
	}
}

// changed runs one command and returns the changes that it sent.
func changed(t *testing.T, words, change, name string) []string {
	t.Helper()
	k := brokertest.NewKeeper(t)
	want := strings.ReplaceAll(change, "NAME", url.PathEscape(name))
	_, path, _ := strings.Cut(want, " ")
	if strings.HasPrefix(words, "purge_") {
		path = strings.TrimSuffix(path, "/contents")
	}
	if adds := strings.HasPrefix(words, "add_"); !adds {
		k.Keep("users/"+url.PathEscape(name),
			`{"password_hash":"c2FsdG9sZA==","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["old"]}`)
		seedFor(k, path)
	}
	streams, out, errOut := iostreams.Test("")
	streams.OutTTY, streams.ErrTTY, streams.Width = true, true, 200
	a := app.New(streams, []string{"RABBITCTL_URL=" + k.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p",
		"HOME=/nonexistent"}, "test")
	args := strings.Fields(words)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "NAME", name)
	}
	a.UseFlags(t.Context(), nil, true)
	err := Run(t.Context(), a, nil, "rabbitmqctl", args)
	sent := k.Changes()
	for _, was := range sent {
		if was != want || !utf8.ValidString(name) && strings.HasPrefix(was, "PUT") || name == "" || name == "." ||
			name == ".." {
			t.Errorf("%q of %q sent %s, not %s", words, name, was, want)
		}
	}
	if err == nil && len(sent) == 0 {
		t.Errorf("%q of %q did nothing, and called it done", words, name)
	}
	if text := out.String() + errOut.String(); strings.ContainsFunc(text, func(r rune) bool {
		return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf)
	}) {
		t.Errorf("%q of %q says %q", words, name, text)
	}
	return sent
}

// seedFor stores an object at the path, unless it is a limit of a user. It also stores the virtual host in the path,
// and the user victim.
func seedFor(k *brokertest.Keeper, path string) {
	words := strings.Split(path, "/")
	if words[0] == "parameters" || len(words) > 2 && !strings.HasPrefix(words[0], "user-limits") {
		vhost := words[1]
		if words[0] == "parameters" {
			vhost = words[2]
		}
		k.Keep("vhosts/"+vhost, `{"tags":[]}`)
		k.Keep("exchanges/"+vhost+"/amq.default", `{}`)
	}
	k.Keep("users/victim",
		`{"password_hash":"c2FsdG9sZA==","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["old"]}`)
	if words[0] != "user-limits" {
		k.Keep(path, `{"type":"classic","tags":[],"durable":true,"auto_delete":false,"arguments":{},"messages_ready":7,"value":{},"definition":{},
			"password_hash":"c2FsdG9sZA==","hashing_algorithm":"rabbit_password_hashing_sha256"}`)
	}
}
