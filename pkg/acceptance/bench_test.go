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
	// verdict means that the program is a check: its exit codes 0 to 3 are results, and none is a failure.
	verdict bool
}

// figures are what one run of a contender cost, or the medians of its runs.
type figures struct {
	cost
	// BrokerCPU is the CPU time of the broker's process during the run; 0 where there is no /proc.
	BrokerCPU time.Duration
}

// BenchmarkListQueues compares listings of queues with those of the official tools and with curl, which discards the
// answer to the same request, on a broker of each release with 1,000 and then 10,000 queues. -benchtime 1x is enough,
// because each contender runs several times, in turn with the others. RABBITCTL_SLOW=1 adds 100,000 queues.
// RABBITCTL_QUEUES="5000 50000" replaces the first two sizes.
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

// compareListings first compares the programs that list names and counts. Other comparisons follow: listings of more or
// fewer columns, and the requests that a listing can choose from. Each comparison prints a table, and is a benchmark
// with its own name, so -bench 'ListQueues/3.10/100000/consumers' runs only one.
func (b *broker) compareListings(t *testing.B, queues int) {
	rounds := 6
	if queues > 20_000 {
		rounds = 3 // a single run of rabbitmqctl takes up to half a minute there
	}
	listing := func(columns string) []contender {
		args := strings.Fields(columns)
		return []contender{
			b.ours(append([]string{"-q", "list_queues"}, args...)...),
			b.theirs(append([]string{"rabbitmqctl", "-q", "-t", "600", "list_queues"}, args...)...),
		}
	}
	t.Run(fmt.Sprint(queues), func(t *testing.B) {
		title := fmt.Sprintf("RabbitMQ %s, %d queues: ", b.Version, queues)
		compare := func(name, what string, rounds int, contenders func() []contender) {
			t.Run(name, func(t *testing.B) {
				for range t.N {
					b.compare(t, title+what, contenders(), rounds)
				}
			})
		}
		compare("counts", "names and counts", rounds, func() []contender { return b.listers(t) })
		compare("sizes", "with the size of messages", rounds, func() []contender {
			return listing("name messages message_bytes")
		})
		if queues > 50_000 {
			// With so many queues, the broker's time for one answer varies by a fifth, so this comparison has more rounds.
			compare("pairs", "the same request alone", 12, func() []contender {
				ours := b.ours("list_queues", "name", "messages", "--source", "api")
				return []contender{ours, b.curlOf(t, ours)}
			})
		}
		compare("requests", "requests to choose from", rounds, func() []contender { return b.requests(queues) })
		compare("declared", "what they were declared with", rounds, func() []contender {
			return listing("name type durable arguments")
		})
		compare("consumers", "with consumers", rounds, func() []contender {
			metrics := func(columns string) contender {
				return b.ours(append([]string{"-q", "list_queues", "--source", "prometheus"}, strings.Fields(columns)...)...)
			}
			return append(listing("name messages consumers"), metrics("name messages consumers"),
				metrics("name vhost messages messages_ready messages_unacknowledged consumers"))
		})
		t.Run("consumed", func(t *testing.B) {
			// Each queue has one consumer, up to 10,000: more would test the client.
			consumers := min(queues, 10_000)
			defer b.consume(t, consumers).Close()
			b.settle(t, queues)
			contenders := append(listing("name messages consumers"),
				b.curl("consumers", "/consumers?columns=queue.vhost,queue.name"))
			if b.hasStatistics(queues) {
				contenders = append(contenders, b.curl("statistics", "/queues?columns=name,messages,consumers"))
			}
			for range t.N {
				b.compare(t, title+fmt.Sprintf("with %d consumers", consumers), contenders, rounds)
			}
		})
	})
}

// requests returns contenders that send with curl the requests that list_queues can choose from: for all queues, for
// one page of queues, for consumers, and for metrics. It adds the small requests with which list_queues makes that
// choice. The two requests for the statistics of all queues are left out where the broker cannot answer them.
func (b *broker) requests(queues int) []contender {
	const totals = "/queues?disable_stats=true&enable_queue_totals=true"
	all := []contender{
		b.curl("totals, columns", totals+"&columns=name,messages,vhost,type"),
		b.curl("totals, all columns", totals),
		b.curl("totals, a page of 500", totals+"&columns=name,messages,vhost,type&page=1&page_size=500"),
		b.curl("without totals, columns", "/queues?disable_stats=true&columns=name,vhost,type"),
		b.curl("statistics, a page of 500", "/queues?columns=name,messages&page=1&page_size=500"),
		b.curl("consumers, of whom there are none", "/consumers?columns=queue.vhost,queue.name"),
		b.curl("how many there are", "/overview?columns=node,disable_stats,object_totals"),
		b.curl("how the nodes stand", "/nodes?columns=name,running,partitions"),
		curl("metrics", b.PrometheusURL+"/detailed?family=queue_coarse_metrics"),
	}
	if !b.hasStatistics(queues) {
		return all
	}
	return append(all, b.curl("statistics, columns", "/queues?columns=name,messages"), b.curl("statistics, all columns",
		"/queues"))
}

// hasStatistics reports whether the broker can send the statistics of this many queues. With more than 50,000 queues,
// 3.10 closes the connection instead.
func (b *broker) hasStatistics(queues int) bool { return b.Release != "3.10" || queues <= 50_000 }

// curl returns a contender that requests a path of the API with curl and discards the answer.
func (b *broker) curl(what, path string) contender { return curl(what, b.URL+"/api"+path) }

func curl(what, address string) contender {
	return contender{name: "curl, " + what, argv: []string{"curl", "-s", "-f", "-o", "/dev/null", "-m", "600", address}}
}

// BenchmarkCheck compares single checks with commands of the official tools, on the first release only. A monitoring
// agent runs such a check every minute. It also measures the bare start of the program.
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
	return contender{name: "rabbitctl " + strings.Join(args, " "), env: []string{"RABBITCTL_URL=" + b.URL,
		"RABBITCTL_TIMEOUT=10m"},
		argv: append([]string{program("rabbitctl")}, args...)}
}

func (b *broker) theirs(args ...string) contender {
	return contender{name: strings.Join(args, " "), argv: append([]string{program("devbroker"), "ctl", b.Name, "--"},
		args...)}
}

// listers returns the contenders that list names and counts of all queues: rabbitctl with its usual source and with the
// metrics, curl, and the official tools. rabbitmqadmin v2 is left out where it is not installed.
func (b *broker) listers(t testing.TB) []contender {
	fresh := b.ours("-q", "list_queues", "name", "messages")
	all := []contender{
		fresh,
		b.curlOf(t, fresh),
		b.ours("-q", "list_queues", "name", "messages", "--source", "prometheus"),
		b.theirs("rabbitmqctl", "-q", "-t", "600", "list_queues", "name", "messages"),
	}
	if b.Release != "4.3" { // which has no rabbitmqadmin any more
		all = append(all, b.theirs("rabbitmqadmin", "list", "queues", "name", "messages"))
	}
	if v2 := rabbitmqadmin2(); v2 != "" {
		all = append(all, contender{name: "rabbitmqadmin v2 list queues", argv: []string{v2, "--host", "127.0.0.1", "--port",
			fmt.Sprint(b.ManagementPort),
			"--username", "guest", "--password", "guest", "queues", "list"}})
	}
	return all
}

// curlOf returns a contender that sends the request of a command with curl and discards the answer.
func (b *broker) curlOf(t testing.TB, c contender) contender {
	return curl("the same request", b.requestOf(t, c))
}

// requestOf runs a command with --trace, and returns the URL of its first GET request, with the credentials of guest.
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

// rabbitmqadmin2 returns the path of rabbitmqadmin v2: RABBITMQADMIN2 if that file exists, or else rabbitmqadmin on the
// PATH if that is v2. "" means that there is none.
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

// settle waits until the broker's statistics count all queues, and its process is nearly idle.
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

// compare runs the contenders in turn, so that noise hits all alike, and prints their medians. If a run fails, the
// benchmark fails, too. Every second round runs in reverse order, because a contender gains when another one has just
// asked the broker the same question.
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
			if spent.Code != 0 && !(c.verdict && spent.Code <= 3) && !slices.Contains(failed, fmt.Sprintf("%s: exit %d", c.name,
				spent.Code)) {
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
		fmt.Fprintf(w, "%s\t%.2f\t%s\t%.2f\t%.1f\t%d\t%s\t  %s\n", ms(m.Wall), ratio(m.Wall, first.Wall), ms(m.CPU),
			ratio(m.CPU, first.CPU),
			float64(m.PeakKB)/1000, m.Bytes, ms(m.BrokerCPU), c.name)
	}
	w.Flush()
}

// median returns the median of each figure, taken separately.
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
