// Package release reads versions of RabbitMQ.
package release

import (
	"strconv"
	"strings"
)

// Series returns the first two numbers of a version: 4 and 3 for 4.3.6 and for 4.3.0-rc.1. ok is false for a text that
// does not begin with two numbers.
func Series(version string) (major, minor int, ok bool) {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return 0, 0, false
	}
	major, errMajor := strconv.Atoi(parts[0])
	minor, errMinor := strconv.Atoi(parts[1])
	return major, minor, errMajor == nil && errMinor == nil
}

// AtLeast tells whether a version belongs to the series major.minor or a later one. It returns false for a version that
// it cannot read.
func AtLeast(version string, major, minor int) bool {
	x, y, ok := Series(version)
	return ok && (x > major || x == major && y >= minor)
}

// Patch returns the third number of a version: 19 for 3.11.19, and 0 for 4.3.0-rc.1 and for a version without one.
func Patch(version string) int {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 3 {
		return 0
	}
	digits, _, _ := strings.Cut(strings.ReplaceAll(parts[2], "+", "-"), "-")
	patch, _ := strconv.Atoi(digits)
	return patch
}
