//go:build acceptance

package acceptance

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// options holds the settings of the suite. doc.go explains each of them.
var options struct {
	releases   []string
	keep, slow bool
	// record matches the names of the bodies that TestRecord renews; nil means none.
	record          *regexp.Regexp
	binDir, summary string
	// suite is the prefix of the brokers' names.
	suite  string
	queues []int
}

// readOptions reads the settings and then clears all variables with their prefix: neither the settings nor the
// developer's own variables may reach the programs under test.
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

// slow skips a test unless make test-all runs it. Such a test takes long, and checks nothing that differs between
// releases.
func slow(t *testing.T) {
	t.Helper()
	if !options.slow {
		t.Skip("left to make test-all (RABBITCTL_SLOW=1)")
	}
}
