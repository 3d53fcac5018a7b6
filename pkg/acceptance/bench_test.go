//go:build acceptance

package acceptance

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// contender is one of the programs that are measured side by side.
type contender struct {
	name string
	env  []string
	argv []string
}

// figures are the medians of a contender's runs.
type figures struct {
	cost
	// BrokerCPU is what the broker's process spent meanwhile.
	BrokerCPU time.Duration
}

// BenchmarkListQueues compares a listing of names and counts with curl, which throws the answer to the same request
// away, with the real rabbitmqctl and with rabbitmqadmin. It prints one table a release and size; -benchtime 1x is
// enough, since each contender runs several times, in turn with the others. RABBITCTL_SLOW=1 adds 100,000 queues, and
// RABBITCTL_QUEUES="5000 50000" measures those sizes.
func BenchmarkListQueues(b *testing.B) {
	sizes := options.queues
	if len(sizes) == 0 {
		sizes = []int{1_000, 10_000}
	}
	if options.slow {
		sizes = append(sizes, 100_000)
	}
	for _, release := range options.releases {
		b.Run(release, func(b *testing.B) {
			k, end := ownBroker(b, options.suite+"-bench-"+release, release)
			defer end()
			for i := range sizes {
				from := 0
				if i > 0 {
					from = sizes[i-1]
				}
				k.fill(b, "/", from, sizes[i])
				k.settle(b, sizes[i])
				k.compareListings(b, sizes[i])
			}
		})
	}
}

// compareListings compares those that list queues, then the requests that a listing can choose from, then the listings
// that need figures.
func (b *broker) compareListings(t *testing.B, queues int) {
	rounds := 6
	if queues > 50_000 {
		rounds = 2 // one of rabbitmqctl takes a minute there
	}
	title := fmt.Sprintf("RabbitMQ %s, %d queues: ", b.Version, queues)
	for range t.N {
		b.compare(t, title+"names and counts", b.listers(t), rounds)
		if rounds < 6 {
			// What the broker spends on one answer differs by a fifth from time to time there.
			ours := b.ours("list_queues", "name", "messages")
			b.compare(t, title+"the same request alone", []contender{ours, b.curlOf(t, ours)}, 12)
		}
		b.compare(t, title+"requests to choose from", b.requests(), rounds)
		b.compare(t, title+"with consumers", []contender{
			b.ours("list_queues", "name", "messages", "consumers"),
			b.ours("-q", "list_queues", "name", "messages", "consumers", "--source", "prometheus"),
			b.ours(append([]string{"-q", "list_queues", "--source", "prometheus"}, strings.Fields("name vhost messages messages_ready messages_unacknowledged consumers")...)...),
			b.theirs("rabbitmqctl", "-q", "-t", "600", "list_queues", "name", "messages", "consumers"),
		}, rounds)
	}
}

// requests are what has the counts of all queues, or of a page of them, each read by curl.
func (b *broker) requests() []contender {
	curl := func(what, address string) contender {
		return contender{"curl, " + what, nil, []string{"curl", "-s", "-o", "/dev/null", "-m", "600", address}}
	}
	const totals = "/api/queues?disable_stats=true&enable_queue_totals=true"
	return []contender{
		curl("totals, columns", b.URL+totals+"&columns=name,messages,vhost,type"),
		curl("totals, all columns", b.URL+totals),
		curl("totals, a page of 500", b.URL+totals+"&columns=name,messages,vhost,type&page=1&page_size=500"),
		curl("statistics, columns", b.URL+"/api/queues?columns=name,messages"),
		curl("statistics, a page of 500", b.URL+"/api/queues?columns=name,messages&page=1&page_size=500"),
		curl("statistics, all columns", b.URL+"/api/queues"),
		curl("metrics", b.PrometheusURL+"/detailed?family=queue_coarse_metrics"),
		curl("how the nodes stand", b.URL+"/api/nodes?columns=name,running,partitions"),
	}
}

// BenchmarkCheck compares a check as a monitoring agent runs it every minute, and the start of the program alone.
func BenchmarkCheck(b *testing.B) {
	release := options.releases[0]
	k, end := ownBroker(b, options.suite+"-bench-"+release, release)
	defer end()
	for range b.N {
		k.compare(b, fmt.Sprintf("RabbitMQ %s: one check", k.Version), []contender{
			k.ours("check_disk"), k.ours("check_alarms"),
			k.theirs("rabbitmq-diagnostics", "-q", "check_local_alarms"),
			k.theirs("rabbitmqctl", "-q", "status"),
		}, 6)
		k.compare(b, "start to exit", []contender{k.ours("--version")}, 24)
	}
}

func (b *broker) ours(args ...string) contender {
	return contender{"rabbitctl " + strings.Join(args, " "), []string{"RABBITCTL_URL=" + b.URL, "RABBITCTL_TIMEOUT=10m"}, append([]string{program("rabbitctl")}, args...)}
}

func (b *broker) theirs(args ...string) contender {
	return contender{strings.Join(args, " "), nil, append([]string{program("devbroker"), "ctl", b.Name, "--"}, args...)}
}

// listers are those that can list queues here.
func (b *broker) listers(t testing.TB) []contender {
	ours := b.ours("list_queues", "name", "messages")
	all := []contender{
		ours,
		b.curlOf(t, ours),
		b.ours("-q", "list_queues", "name", "messages", "--source", "prometheus"),
		b.theirs("rabbitmqctl", "-q", "-t", "600", "list_queues", "name", "messages"),
	}
	if b.Release != "4.3" { // which has no rabbitmqadmin any more
		all = append(all, b.theirs("rabbitmqadmin", "list", "queues", "name", "messages"))
	}
	if v2 := rabbitmqadmin2(); v2 != "" {
		all = append(all, contender{"rabbitmqadmin v2 list queues", nil, []string{v2, "--host", "127.0.0.1", "--port", fmt.Sprint(b.ManagementPort),
			"--username", "guest", "--password", "guest", "queues", "list"}})
	}
	return all
}

// curlOf throws the answer to a command's request away.
func (b *broker) curlOf(t testing.TB, c contender) contender {
	return contender{"curl, the same request", nil, []string{"curl", "-s", "-f", "-o", "/dev/null", b.requestOf(t, c)}}
}

// requestOf is the address that a command asks, with the credentials.
func (b *broker) requestOf(t testing.TB, c contender) string {
	t.Helper()
	r, err := runIn(t.Context(), c.env, c.argv[0], append(c.argv[1:], "--trace")...)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`> GET (http://\S+)`).FindStringSubmatch(r.stderr)
	if found == nil {
		t.Fatalf("no request in the trace:\n%s", r.stderr)
	}
	return strings.Replace(found[1], "http://", "http://guest:guest@", 1)
}

// rabbitmqadmin2 is the second edition's program, "" where there is none: RABBITMQADMIN2, or rabbitmqadmin on the PATH
// when it is of that edition.
func rabbitmqadmin2() string {
	if p := os.Getenv("RABBITMQADMIN2"); p != "" {
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	p, err := exec.LookPath("rabbitmqadmin")
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := runIn(ctx, nil, p, "--version")
	if err != nil || !regexp.MustCompile(`\b2\.\d+`).MatchString(r.stdout) {
		return ""
	}
	return p
}

// settle waits until the broker lists all its queues in its statistics, and has nothing left to do for them.
func (b *broker) settle(t testing.TB, queues int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); ; time.Sleep(500 * time.Millisecond) {
		_, body, err := b.request("GET", "/overview?columns=queue_totals.messages,object_totals.queues", nil)
		before := processCPU(b.PID)
		time.Sleep(2 * time.Second)
		idle := processCPU(b.PID)-before < 700*time.Millisecond
		if err == nil && idle && strings.Contains(string(body), fmt.Sprintf(`"queues":%d`, queues)) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the broker does not come to rest: %s %v", body, err)
		}
	}
}

// compare runs the contenders in turn, so that noise hits all alike, and prints their medians. Every second round goes
// backwards: whoever comes after the same question finds the broker warm.
func (b *broker) compare(t testing.TB, title string, contenders []contender, rounds int) {
	t.Helper()
	runs := make([][]figures, len(contenders))
	var failed []string
	for round := range rounds {
		for step := range contenders {
			i := step
			if round%2 == 1 {
				i = len(contenders) - 1 - step
			}
			c := contenders[i]
			before := processCPU(b.PID)
			spent := measure(t, c.env, c.argv[0], c.argv[1:]...)
			if spent.Code != 0 && !slices.Contains(failed, fmt.Sprintf("%s: exit %d", c.name, spent.Code)) {
				failed = append(failed, fmt.Sprintf("%s: exit %d", c.name, spent.Code))
			}
			runs[i] = append(runs[i], figures{spent, processCPU(b.PID) - before})
		}
	}
	fmt.Printf("\n%s (medians of %d)\n", title, rounds)
	table(os.Stdout, contenders, runs)
	for _, f := range failed {
		fmt.Println("NOT COMPARABLE, for it failed:", f)
		t.Errorf("%s: %s", title, f)
	}
}

func table(out io.Writer, contenders []contender, runs [][]figures) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "wall ms\tof ours\tCPU ms\tof ours\tpeak MB\tbytes\tbroker CPU ms\t  program")
	first := median(runs[0])
	for i, c := range contenders {
		m := median(runs[i])
		fmt.Fprintf(w, "%s\t%.2f\t%s\t%.2f\t%.1f\t%d\t%s\t  %s\n", ms(m.Wall), ratio(m.Wall, first.Wall), ms(m.CPU), ratio(m.CPU, first.CPU),
			float64(m.PeakKB)/1000, m.Bytes, ms(m.BrokerCPU), c.name)
	}
	w.Flush()
}

// median takes the median of each figure by itself.
func median(runs []figures) figures {
	middle := func(of func(figures) int64) int64 {
		var all []int64
		for _, r := range runs {
			all = append(all, of(r))
		}
		slices.Sort(all)
		return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
	}
	var m figures
	m.Wall = time.Duration(middle(func(f figures) int64 { return int64(f.Wall) }))
	m.CPU = time.Duration(middle(func(f figures) int64 { return int64(f.CPU) }))
	m.BrokerCPU = time.Duration(middle(func(f figures) int64 { return int64(f.BrokerCPU) }))
	m.PeakKB = middle(func(f figures) int64 { return f.PeakKB })
	m.Bytes = middle(func(f figures) int64 { return f.Bytes })
	return m
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond)) }

func ratio(a, b time.Duration) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
