package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// exit is the exit code for a kind of failure, and the meaning of that code in words.
type exit struct {
	code    int
	kind    fail.Kind
	meaning string
}

// exits returns all exit codes: no other place defines any. Those from 64 to 78 come from sysexits, as those of
// rabbitmqctl do; 130 means interrupted, as in a shell. Checks have the codes that monitoring systems expect, 0 to 3.
func exits() []exit {
	return []exit{
		{0, "", "done; a check: OK; a listing without rows is done too"},
		{1, fail.Warning, "a check: WARNING"},
		{1, fail.Unlike, "a comparison: the two sides differ"},
		{2, fail.Critical, "a check: CRITICAL"},
		{3, fail.Unknown, "a check: UNKNOWN, it could not judge"},
		{4, fail.Differs, "an object is not as wanted: it was left as it is, or it is still not as wanted after the change"},
		{64, fail.Usage, "the command line is wrong; nothing was sent"},
		{65, fail.NotFound, "no such object"},
		{65, fail.Data, "the broker refused what was asked, or its answer cannot be read"},
		{67, fail.NoUser, "no such user"},
		{69, fail.Unreachable, "no broker could be reached"},
		{69, fail.Unavailable, "the broker cannot do this now, or at all"},
		{70, fail.Internal, "a defect of this program"},
		{74, fail.Output,
			"the output cannot be written, as on a full disk; what was asked for may have been done anyway"},
		{75, fail.Timeout, "no answer within --timeout"},
		{75, fail.Incomplete, "part of the answer was printed, the rest could not be read; or a part of the change was made"},
		{75, fail.Lost, "a change was sent and its answer was lost: probably it was not made, or it is unknown whether it " +
			"was"},
		{77, fail.Denied, "wrong credentials, or the user lacks a tag or a permission"},
		{78, fail.Config, "a configuration file, a variable or a context cannot be used"},
		{130, fail.Canceled, "interrupted, or a question was answered with no"},
	}
}

func exitCode(k fail.Kind) int {
	for _, e := range exits() {
		if e.kind == k {
			return e.code
		}
	}
	return exitCode(fail.Internal)
}

// exitCodes returns the text of `rabbitctl help exit-codes`.
func exitCodes() string {
	var b strings.Builder
	b.WriteString("Exit codes, for scripts and monitoring:\n\n")
	seen := []int{}
	for _, e := range exits() {
		code := fmt.Sprint(e.code)
		if slices.Contains(seen, e.code) {
			code = ""
		}
		seen = append(seen, e.code)
		fmt.Fprintf(&b, "  %4s  %s\n", code, e.meaning)
	}
	b.WriteString("\nchecks (check, check_*, cluster_status, doctor, explain_*, has_*, is_*) exit with 0 to 3, with 64 for a wrong command\n" +
		"line, with 74 if the output cannot be written, and with 130 when interrupted.\n" +
		"explain_blocked --fix is a change, and exits as one.\n" +
		"If a check cannot see something, or cannot reach the broker, it is UNKNOWN (3).")
	return b.String()
}
