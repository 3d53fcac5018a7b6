//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/internal/faultproxy"
)

// noAnswers returns faults that replace an answer by something that is no answer, but has a status that looks like
// success.
func noAnswers() map[string]faultproxy.Fault {
	return map[string]faultproxy.Fault{
		"{}": faultproxy.Body("{}"), "null": faultproxy.Body("null"), "[null]": faultproxy.Body("[null]"),
		"0":       faultproxy.Body("0"),
		"nothing": faultproxy.Empty(), "twice": faultproxy.Change(func(a *faultproxy.Answer) {
			a.Body = append(a.Body, a.Body...)
		}),
		"cut": faultproxy.Cut(0.5, faultproxy.MatchingLength), "cut, too long": faultproxy.Cut(0.5, faultproxy.WholeLength),
		"204": faultproxy.Status(204), "206": faultproxy.Status(206),
	}
}

// reading is a command that only reads.
type reading struct {
	words string
	// spare matches the requests that the proxy must not spoil, so that only the command's own request fails.
	spare string
}

// readings returns commands of every family: listings, commands that show one thing, checks, and official commands by
// "as".
func readings() []reading {
	var all []reading
	for _, words := range []string{
		"list_queues", "list_queues name messages consumers memory", "list_connections name", "list_bindings", "list_users",
		"list_nodes", "list_unacked",
		"status", "ping", "show_queue -p VHOST q", "show_user guest", "show_vhost /", "environment", "cluster_status",
		"config check", "declare_queue -p VHOST q --check",
		"check_running", "check_node --for liveness", "check_node --for pager", "check_alarms", "check_disk",
		"check_port_listener 5672", "check --all", "doctor", "explain_blocked",
		"as rabbitmq-diagnostics check_running", "as rabbitmq-diagnostics ping",
	} {
		all = append(all, reading{words: words})
	}
	for _, words := range []string{
		"rabbitmqctl authenticate_user guest guest", "rabbitmqctl list_users", "rabbitmqctl list_queues",
		"rabbitmqctl status",
		"rabbitmqctl export_definitions FILE", "rabbitmq-diagnostics check_local_alarms",
		"rabbitmq-queues check_if_node_is_quorum_critical",
	} {
		all = append(all, reading{"as " + words, `^/api/overview`})
	}
	return all
}

// TestNoAnswer replaces answers by something that is no answer. No command may accept that: each fails with a next
// step, a check is UNKNOWN, and an existing file stays. No row may claim success or be empty.
func TestNoAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		faults := noAnswers()
		if b.Release != "4.3" {
			// This tests the client, and the releases differ little here, so two faults are enough.
			faults = map[string]faultproxy.Fault{"{}": faults["{}"], "cut": faults["cut"]}
		}
		backup := filepath.Join(t.TempDir(), "backup.json")
		if err := os.WriteFile(backup, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		vhost := b.vhost(t, "no-answer-")
		b.declare(t, vhost, "q", nil)
		slots := make(chan struct{}, 4)
		var wait sync.WaitGroup
		for name, fault := range faults {
			for _, r := range readings() {
				if r.words == "environment" && b.Release == "3.10" {
					continue // 3.10 does not offer environment
				}
				wait.Go(func() {
					slots <- struct{}{}
					defer func() { <-slots }()
					r.words = strings.NewReplacer("FILE", backup, "VHOST", vhost).Replace(r.words)
					r.spoiled(t, b, name, fault)
				})
			}
		}
		wait.Wait()
		if text, err := os.ReadFile(backup); string(text) != "old" || err != nil {
			t.Errorf("the old backup is %q, %v", text, err)
		}
	})
}

// spoiled runs the command behind a proxy that spoils every answer, except answers to the requests that spare matches.
func (r reading) spoiled(t *testing.T, b *broker, name string, fault faultproxy.Fault) {
	p := faultproxy.New(t, b.URL)
	if r.spare != "" {
		p.On("GET", r.spare, faultproxy.Change(func(*faultproxy.Answer) {}))
	}
	p.On("GET", "", fault)
	url := strings.Replace(p.URL, "http://", "http://guest:guest@", 1)
	got := run(t, []string{"RABBITCTL_URL=" + url, "RABBITCTL_TIMEOUT=20s"}, program("rabbitctl"),
		strings.Fields(r.words)...)
	said, well := got.stderr, false
	switch {
	case strings.HasPrefix(r.words, "check"), r.words == "cluster_status", r.words == "doctor",
		r.words == "explain_blocked":
		said, well = got.stdout, got.code == 3 && strings.HasPrefix(got.stdout, "UNKNOWN ")
	case strings.HasPrefix(r.words, "as "):
		well = got.code == 69 || got.code == 75
	default:
		well = got.code == 65 || got.code == 75
	}
	for _, row := range got.lines() {
		// A row must not be "ok" or "Success", or have only empty cells.
		if strings.Trim(row, "\t") == "" && row != "" ||
			regexp.MustCompile(`^(OK\b|ok$|Success|Ping succeeded|.* fully booted)`).MatchString(row) {
			well = false
		}
	}
	if !well || !strings.Contains(said, "next: ") ||
		regexp.MustCompile(`context (deadline|canceled)|panic|goroutine|jsontext|EOF|%!`).MatchString(got.stdout+got.stderr) {
		t.Errorf("%s: rabbitctl %s: exit %d\n%s%s", name, r.words, got.code, got.stdout, got.stderr)
	}
}

// TestAnswersAreBounded has, on 4.3 only, answers that break off after a gigabyte, and answers that unpack to a
// gigabyte, a thousand times their size. The program must end with an error, and with at most 200 MB of memory.
func TestAnswersAreBounded(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		if b.Release != "4.3" {
			return
		}
		const gigabyte = 1 << 30
		for name, fault := range map[string]faultproxy.Fault{
			"gzip, an object": faultproxy.Bomb(`{"name":"`, "x", `"}`, gigabyte), "gzip, a list": faultproxy.Bomb("[", `"x",`,
				`"x"]`, gigabyte),
			"gzip, blanks": faultproxy.Bomb("", " ", "{}", gigabyte), "gzip, one row": faultproxy.Bomb(`[{"name":"`, "x", `"}]`,
				gigabyte),
			"a list": faultproxy.Endless("[", `"x",`, gigabyte), "an object": faultproxy.Endless("{", `"a":[1,2,3],`, gigabyte),
		} {
			p := faultproxy.New(t, b.URL)
			p.On("GET", "", fault)
			url := strings.Replace(p.Remote(), "http://", "http://guest:guest@", 1)
			for _, words := range []string{"ping", "list_users", "as rabbitmq-diagnostics ping"} {
				env := []string{"RABBITCTL_URL=" + url, "RABBITCTL_TIMEOUT=20s", "NO_PROXY=*"}
				c := measure(t, env, program("rabbitctl"), strings.Fields(words)...)
				t.Logf("%s, %s: exit %d, %d kB, %s", words, name, c.Code, c.PeakKB, c.Wall.Round(time.Millisecond))
				if c.PeakKB > 200_000 || c.Code != 65 && c.Code != 69 {
					t.Errorf("%s, %s: exit %d, %d kB at most", words, name, c.Code, c.PeakKB)
				}
			}
		}
	})
}
