//go:build !windows

package broker

import (
	"errors"
	"syscall"
)

// isRefused tells whether nothing listens at a port.
func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// isReset tells whether the other end broke the connection.
func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

// isUnroutable tells whether there is no route to an address.
func isUnroutable(err error) bool {
	return errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH)
}
