//go:build acceptance

package acceptance

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// peakLimitKB is the most memory that a streamed listing may use, for any number of queues.
const peakLimitKB = 25 * 1000

// TestManyQueues lists more queues than a terminal will ever show: rows must appear before the listing ends, and the
// program must need little memory. The test has 20,000 queues, or 50,000 with RABBITCTL_SLOW=1, for which the broker
// alone needs minutes.
func TestManyQueues(t *testing.T) {
	many := 20_000
	if options.slow {
		many = 50_000
	}
	b, end := ownBroker(t, options.suite+"-many", "3.10")
	defer end()
	// Some queues are in a virtual host of their own. A broker closes the connection after a minute, and on a slow machine
	// the statistics of all queues can take longer.
	const part = "a part"
	b.do(t, "PUT", path("vhosts", part), map[string]any{})
	b.fill(t, part, 0, 5_000)
	b.fill(t, "/", 5_000, many)

	t.Run("small", func(t *testing.T) {
		env := []string{"RABBITCTL_URL=" + b.URL, "RABBITCTL_TIMEOUT=5m"}
		for _, args := range [][]string{
			{"list_queues", "name", "messages"},
			{"list_queues"},
			{"list_queues", "name", "messages", "-o", "json"},
			{"list_queues", "name", "--where", "messages == 0"},
			{"list_queues", "name", "messages", "--sort", "-messages", "--limit", "10"},
			{"list_queues", "-p", part, "name", "messages", "consumers"},
			{"list_queues", "name", "messages", "message_bytes"},
		} {
			c := measure(t, env, program("rabbitctl"), args...)
			if c.Code == 0 && c.PeakKB > peakLimitKB {
				// On a busy machine Go's garbage collector gets its turn late: 28 MB were seen once, and 21 MB otherwise. A
				// listing that really needs so much memory needs it every time.
				t.Logf("%d kB, measured once more: rabbitctl %s", c.PeakKB, strings.Join(args, " "))
				c = measure(t, env, program("rabbitctl"), args...)
			}
			t.Logf("%d queues: %6d kB at most, %8d bytes, %s: rabbitctl %s", many, c.PeakKB, c.Bytes,
				c.Wall.Round(time.Millisecond), strings.Join(args, " "))
			if c.Code != 0 || c.PeakKB > peakLimitKB {
				t.Errorf("rabbitctl %s: exit %d, %d kB at most, want at most %d kB", strings.Join(args, " "), c.Code, c.PeakKB,
					peakLimitKB)
			}
		}
	})
	t.Run("streams", func(t *testing.T) { b.streams(t, many) })
	t.Run("figures", func(t *testing.T) { b.figures(t, part) })
}

// figures compares the figures that rabbitctl reads from the metrics with those of the API.
func (b *broker) figures(t *testing.T, vhost string) {
	b.publish(t, vhost, "q00007", "--count", "3")
	b.declare(t, vhost, "quorum", map[string]any{"x-queue-type": "quorum"})
	b.declare(t, vhost, "stream", map[string]any{"x-queue-type": "stream"})
	b.publish(t, vhost, "quorum", "--count", "2")
	b.startDevbroker(t, "consume", "-p", vhost, "--queue=q04999", "--for", "10m").says(t, "ready")
	listing := []string{"list_queues", "-p", vhost, "name", "messages", "messages_persistent", "message_bytes",
		"consumers", "--sort", "name", "--source"}
	eventually(t, func() (bool, string) {
		metrics := b.rabbitctl(t, append(listing, "prometheus")...).ok(t)
		diff := cmp.Diff(b.rabbitctl(t, append(listing, "api")...).ok(t).lines(), metrics.lines())
		all := len(metrics.lines()) == 5_003 && strings.Contains(metrics.stdout, "\nq00007\t3\t") &&
			strings.Contains(metrics.stdout, "\nquorum\t2\t")
		return diff == "" && all, fmt.Sprintf("%d lines; from the API (-) and from the metrics (+):\n%s",
			len(metrics.lines()), diff)
	})
	// By default rabbitctl reads the API, and mentions the quicker source.
	fresh := b.rabbitctl(t, "list_queues", "name", "messages").ok(t)
	if !strings.Contains(fresh.stderr, "queues: --source prometheus lists very many queues in a fraction of the time") {
		t.Errorf("nothing is said of the metrics: %s", fresh.stderr)
	}
}

// streams checks that rows appear while the broker still answers: it holds back the second half of the answer until the
// program has printed the first row.
func (b *broker) streams(t *testing.T, many int) {
	seen := make(chan struct{})
	cmd := exec.Command(program("rabbitctl"), "list_queues", "name", "messages", "--timeout", "5m")
	cmd.Env = append(os.Environ(), "RABBITCTL_URL="+holdingProxy(t, b.URL, seen))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := 0
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		if lines++; lines == 2 {
			close(seen)
		}
	}
	if err := cmd.Wait(); err != nil || lines != many+1 {
		t.Errorf("%d lines, want %d: %v", lines, many+1, err)
	}
}

// holdingProxy passes a broker's listing of queues on, but sends the second half only after the test has closed the
// given channel. If that takes too long, it breaks off the answer, so a program that waits for the end fails.
func holdingProxy(t *testing.T, target string, may <-chan struct{}) string {
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(to) },
		FlushInterval: -1,
		ModifyResponse: func(r *http.Response) error {
			if !strings.HasSuffix(r.Request.URL.Path, "/queues") {
				return nil
			}
			body, err := io.ReadAll(r.Body)
			r.Body.Close()
			half := len(body) / 2
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader(string(body[:half])), waitFor(may),
				strings.NewReader(string(body[half:]))))
			return err
		},
	}
	address, err := url.Parse(serve(t, proxy.ServeHTTP))
	if err != nil {
		t.Fatal(err)
	}
	address.User = to.User
	return address.String()
}

// waitFor is a reader that ends when its channel is closed. If that takes too long, it returns an error.
type waitFor <-chan struct{}

func (w waitFor) Read([]byte) (int, error) {
	select {
	case <-w:
		return 0, io.EOF
	case <-time.After(patience):
		return 0, fmt.Errorf("nobody has seen a row after %s", patience)
	}
}

// fill declares the classic queues whose number is at least from and less than to, unless they exist: q00007 has the
// number 7. Each request is small enough for every release.
func (b *broker) fill(t testing.TB, vhost string, from, to int) {
	t.Helper()
	const part = 10_000
	for at := from; at < to; at += part {
		var queues []map[string]any
		for i := at; i < min(at+part, to); i++ {
			queues = append(queues, map[string]any{"name": fmt.Sprintf("q%05d", i), "durable": true, "auto_delete": false,
				"arguments": map[string]any{"x-queue-type": "classic"}})
		}
		status, answer, err := b.request("POST", "/definitions"+path(vhost), map[string]any{"queues": queues})
		if err != nil || status >= 300 {
			t.Fatalf("queues %d to %d: status %d, %v: %s", at, to, status, err, answer)
		}
	}
}
