//go:build acceptance

package acceptance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// scope is the prefix of every name that TestApply declares. Other tests use the same broker, so apply --prune must not
// touch any other name.
const scope = "apply-é "

// TestApply applies random files to a broker in turn. After each file, the plan is empty, a second run changes nothing,
// and the broker's own export has what the file has. The test uses 5 files, or 200 with RABBITCTL_SLOW=1.
func TestApply(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		rounds := 5
		if options.slow {
			rounds = 200
		}
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		r := rand.New(rand.NewPCG(seed, 0))
		file := filepath.Join(t.TempDir(), "wanted.json")
		apply := func(more ...string) ran {
			return b.rabbitctl(t, append([]string{"apply", file, "--match", "^" + scope, "--prune", "--replace", "--yes",
				"--timeout", "2m"}, more...)...)
		}
		defer func() {
			write(t, file, emptyState())
			apply().ok(t)
		}()
		for range rounds {
			wanted := randomState(r)
			write(t, file, wanted)
			apply().ok(t)
			b.rabbitctl(t, "plan", file, "--match", "^"+scope, "--prune").ok(t)
			if again := apply().ok(t); again.stdout != "unchanged\n" {
				t.Errorf("the second run: %s", again.stdout)
			}
			var has state
			in := json.NewDecoder(bytes.NewReader(b.do(t, "GET", "/definitions", nil)))
			in.UseNumber() // as floats, large numbers would change
			if err := in.Decode(&has); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wanted.lines(), has.lines()); diff != "" {
				text, _ := os.ReadFile(file)
				t.Fatalf("the broker's export (-file +broker):\n%s\nthe file:\n%s", diff, text)
			}
			if t.Failed() {
				return
			}
		}
	})
}

// TestApply_killed kills runs of apply in the middle. The next run completes the work: nothing is there twice, and
// nothing is missing.
func TestApply_killed(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "killed ")
		const many = 1200
		file := filepath.Join(t.TempDir(), "wanted.json")
		writeMany(t, file, vhost, many)
		count := func() int {
			lines := b.rabbitctl(t, "list_queues", "-p", vhost, "name", "--no-table-headers").ok(t).stdout
			return strings.Count(lines, "\n")
		}
		killed := 0
		for range 3 {
			before := count()
			cmd := exec.Command(program("rabbitctl"), "apply", file, "-p", vhost, "--yes")
			cmd.Env = []string{"HOME=" + t.TempDir(), "RABBITCTL_URL=" + b.URL}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(patience); count() == before && before < many && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if count() < many {
				killed++
			}
		}
		if killed == 0 {
			t.Errorf("no run was killed in the middle")
		}
		b.rabbitctl(t, "apply", file, "-p", vhost, "--yes", "--timeout", "3m").ok(t)
		b.rabbitctl(t, "plan", file, "-p", vhost, "--prune").ok(t)
		bound := b.rabbitctl(t, "list_bindings", "-p", vhost, "routing_key", "--where", `source_name == "amq.topic"`,
			"--no-table-headers").ok(t).stdout
		if queues, bindings := count(), strings.Count(bound, "\n"); queues != many || bindings != many {
			t.Errorf("%d queues and %d bindings, want %d of each", queues, bindings, many)
		}
	})
}

// state is a definitions document as a user may write it.
type state struct {
	Users            []fields `json:"users"`
	VHosts           []fields `json:"vhosts"`
	Permissions      []fields `json:"permissions"`
	TopicPermissions []fields `json:"topic_permissions"`
	GlobalParameters []fields `json:"global_parameters"`
	Parameters       []fields `json:"parameters"`
	Policies         []fields `json:"policies"`
	Exchanges        []fields `json:"exchanges"`
	Queues           []fields `json:"queues"`
	Bindings         []fields `json:"bindings"`
}

// fields holds the members of a JSON object.
type fields map[string]any

// emptyState returns a document in which every kind of object is an empty list.
func emptyState() state {
	return state{Users: []fields{}, VHosts: []fields{}, Permissions: []fields{},
		TopicPermissions: []fields{}, GlobalParameters: []fields{}, Parameters: []fields{}, Policies: []fields{},
		Exchanges: []fields{}, Queues: []fields{}, Bindings: []fields{}}
}

func randomState(r *rand.Rand) state {
	s := emptyState()
	maybe := func() bool { return r.IntN(3) > 0 }
	one := func(of ...any) any { return of[r.IntN(len(of))] }
	if maybe() {
		s.GlobalParameters = append(s.GlobalParameters, fields{"name": scope + "g",
			"value": one(1, "x", map[string]any{"a": []any{nil}})})
	}
	for _, name := range []string{scope + "u1", scope + `u"2"`} {
		if maybe() {
			s.Users = append(s.Users, fields{"name": name,
				"tags":              one([]string{}, []string{"monitoring"}, []string{"policymaker", "own"}),
				"password_hash":     one("AQIDBC5c8wGJ33mvDDONy6eHxXAGUIbVFLDCkbge5v4Hnret", ""),
				"hashing_algorithm": "rabbit_password_hashing_sha256", "limits": one(fields{}, fields{"max-channels": 5})})
		}
	}
	for _, vhost := range []string{scope + "a", scope + "b/%2f"} {
		if !maybe() {
			continue
		}
		s.VHosts = append(s.VHosts, fields{"name": vhost, "description": one("", "what"),
			"tags": one([]string{}, []string{"t"})})
		for _, u := range s.Users {
			if maybe() {
				s.Permissions = append(s.Permissions, fields{"user": u["name"], "vhost": vhost, "configure": one("", ".*"),
					"write": one("^a", ".*"), "read": ".*"})
			}
			if maybe() {
				s.TopicPermissions = append(s.TopicPermissions, fields{"user": u["name"], "vhost": vhost,
					"exchange": "amq.topic", "write": one("^a", ".*"), "read": ""})
			}
		}
		s.inVHost(vhost, maybe, one)
	}
	return s
}

func (s *state) inVHost(vhost string, maybe func() bool, one func(...any) any) {
	parameter := func(component, name string, value fields) {
		if maybe() {
			s.Parameters = append(s.Parameters, fields{"component": component, "vhost": vhost, "name": name, "value": value})
		}
	}
	parameter("vhost-limits", "limits", fields{"max-queues": one(50, 60)})
	parameter("operator_policy", scope+"o", fields{"pattern": ".", "apply-to": "queues", "priority": one(0, 3),
		"definition": fields{"max-length": one(7, 8)}})
	parameter("federation-upstream", scope+"f", fields{"uri": one("amqp://u:one@a", "amqp://u:two@a"), "expires": 1000})
	if maybe() {
		s.Policies = append(s.Policies, fields{"vhost": vhost, "name": scope + "p", "pattern": one("^x", "^y"),
			"apply-to": one("queues", "exchanges"), "priority": one(0, 1), "definition": one(fields{"max-length": 1},
				fields{"alternate-exchange": "amq.fanout"})})
	}
	var exchanges, queues []string
	for _, name := range []string{scope + "x1", scope + "x\t2"} {
		if maybe() {
			exchanges = append(exchanges, name)
			s.Exchanges = append(s.Exchanges, fields{"name": name, "vhost": vhost, "type": one("topic", "fanout"),
				"durable": true, "auto_delete": false, "internal": false, "arguments": one(fields{}, fields{"alternate-exchange": "amq.fanout"})})
		}
	}
	for _, name := range []string{scope + "q1", scope + "q/2", scope + "q3"} {
		if maybe() {
			queues = append(queues, name)
			s.Queues = append(s.Queues, fields{"name": name, "vhost": vhost, "durable": true, "auto_delete": false,
				"arguments": one(fields{"x-queue-type": "classic"}, fields{"x-queue-type": "classic", "x-max-length": 5},
					fields{"x-queue-type": "classic", "x-own": one(1<<53+1, 1.5, []any{[]any{1, 2.5}, "é\n"})})})
		}
	}
	if len(exchanges) == 2 && maybe() {
		s.Bindings = append(s.Bindings, fields{"source": exchanges[0], "vhost": vhost, "destination": exchanges[1],
			"destination_type": "exchange", "routing_key": "", "arguments": fields{}})
	}
	for _, x := range exchanges {
		for _, q := range queues {
			if maybe() {
				s.Bindings = append(s.Bindings, fields{"source": x, "vhost": vhost, "destination": q, "destination_type": "queue",
					"routing_key": one("", "a.#", "é"), "arguments": one(fields{}, fields{"h": 1})})
			}
		}
	}
}

// lines returns the sorted lines of all objects that TestApply made, one line for each. Such an object has a name that
// begins with scope. A line has only the members that the test compares.
func (s state) lines() []string {
	var lines []string
	add := func(kind string, all []fields, keys ...string) {
		for _, o := range all {
			var parts []string
			mine := false
			for _, k := range keys {
				part, err := json.Marshal(o[k])
				if err != nil {
					part = []byte(err.Error())
				}
				parts = append(parts, string(part))
				text, _ := o[k].(string)
				// A user who creates a virtual host gets all permissions in it, so only the name of the user decides here.
				if k == "user" {
					mine = strings.HasPrefix(text, scope)
				} else {
					mine = mine || strings.HasPrefix(text, scope)
				}
			}
			if mine {
				lines = append(lines, fmt.Sprint(kind, " ", strings.Join(parts, " ")))
			}
		}
	}
	add("user", s.Users, "name", "tags", "password_hash", "limits")
	add("vhost", s.VHosts, "name")
	add("permission", s.Permissions, "vhost", "user", "configure", "write", "read")
	add("topic permission", s.TopicPermissions, "vhost", "user", "exchange", "write", "read")
	add("global", s.GlobalParameters, "name", "value")
	add("parameter", s.Parameters, "vhost", "component", "name", "value")
	add("policy", s.Policies, "vhost", "name", "pattern", "apply-to", "priority", "definition")
	add("exchange", s.Exchanges, "vhost", "name", "type", "durable", "arguments")
	add("queue", s.Queues, "vhost", "name", "durable", "arguments")
	add("binding", s.Bindings, "vhost", "source", "destination_type", "destination", "routing_key", "arguments")
	slices.Sort(lines)
	return lines
}

func write(t testing.TB, file string, s state) {
	t.Helper()
	text, err := json.MarshalIndent(s, "", " ")
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
