//go:build acceptance

package acceptance

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// options are the suite's own settings. doc.go says what each is for.
var options struct {
	releases   []string
	keep, slow bool
	// record says which bodies are renewed; nil: none.
	record          *regexp.Regexp
	binDir, summary string
	// suite begins the names of the brokers.
	suite  string
	queues []int
}

// readOptions reads the settings, then clears every variable of that prefix: neither they nor the developer's own may
// reach the programs under test.
func readOptions() {
	options.releases = strings.FieldsFunc(os.Getenv("RABBITCTL_RELEASES"), func(r rune) bool {
		return r == ' ' || r == ','
	})
	if len(options.releases) == 0 {
		options.releases = []string{"3.10", "4.0", "4.3"}
	}
	options.keep = os.Getenv("RABBITCTL_KEEP") == "1"
	options.slow = os.Getenv("RABBITCTL_SLOW") == "1"
	if names := os.Getenv("RABBITCTL_RECORD"); names != "" {
		options.record = regexp.MustCompile("^(" + names + ")$")
	}
	for _, size := range strings.Fields(os.Getenv("RABBITCTL_QUEUES")) {
		if n, err := strconv.Atoi(size); err == nil {
			options.queues = append(options.queues, n)
		}
	}
	options.binDir = os.Getenv("RABBITCTL_BIN_DIR")
	options.summary = os.Getenv("RABBITCTL_SUMMARY")
	if options.suite = os.Getenv("RABBITCTL_SUITE"); options.suite == "" {
		options.suite = "acceptance"
	}
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "RABBITCTL_") {
			os.Unsetenv(name)
		}
	}
}

// slow leaves a test to make test-all: it takes long, and proves nothing that differs between releases.
func slow(t *testing.T) {
	t.Helper()
	if !options.slow {
		t.Skip("left to make test-all (RABBITCTL_SLOW=1)")
	}
}
