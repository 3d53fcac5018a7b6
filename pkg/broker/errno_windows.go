package broker

import (
	"errors"
	"slices"
	"syscall"

	"golang.org/x/sys/windows"
)

// The errors of sockets have the numbers of Windows. They never equal syscall.ECONNREFUSED and its like, for which Go
// has invented numbers. An error has one number when the call itself fails, and another when it fails later.

// isRefused tells whether nothing listens at a port.
func isRefused(err error) bool {
	return isOne(err, windows.WSAECONNREFUSED, windows.ERROR_CONNECTION_REFUSED)
}

// isReset tells whether the other end broke the connection.
func isReset(err error) bool {
	return isOne(err, windows.WSAECONNRESET, windows.WSAECONNABORTED,
		windows.ERROR_NETNAME_DELETED, windows.ERROR_CONNECTION_ABORTED)
}

// isUnroutable tells whether no way leads to an address.
func isUnroutable(err error) bool {
	return isOne(err, windows.WSAEHOSTUNREACH, windows.WSAENETUNREACH,
		windows.ERROR_HOST_UNREACHABLE, windows.ERROR_NETWORK_UNREACHABLE)
}

func isOne(err error, numbers ...syscall.Errno) bool {
	var number syscall.Errno
	return errors.As(err, &number) && slices.Contains(numbers, number)
}
