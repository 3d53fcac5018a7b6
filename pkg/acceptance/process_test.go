//go:build acceptance

package acceptance

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// processCPU returns the CPU time of a process so far, in steps of ten milliseconds; 0 if /proc does not have the
// process.
func processCPU(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The second field is the program's name in parentheses, and can contain spaces.
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
