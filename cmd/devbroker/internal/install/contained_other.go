//go:build !linux

package install

import (
	"context"
	"errors"
)

// runContained fails: devbroker unpacks suites on Linux only.
func runContained(context.Context, []string, string, ...string) (string, error) {
	return "", errors.New("needs Linux")
}
