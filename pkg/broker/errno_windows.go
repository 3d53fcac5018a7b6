package broker

import (
	"errors"
	"slices"
	"syscall"

	"golang.org/x/sys/windows"
)

// On Windows, the errors of sockets have numbers of Windows. They never equal syscall.ECONNREFUSED and similar errors,
// for which Go has invented numbers. Windows uses one number if the call itself fails, and another if the failure comes
// later.

// isRefused tells whether nothing listens at a port.
func isRefused(err error) bool {
	return isOne(err, windows.WSAECONNREFUSED, windows.ERROR_CONNECTION_REFUSED)
}

// isReset tells whether the other end broke the connection.
func isReset(err error) bool {
	return isOne(err, windows.WSAECONNRESET, windows.WSAECONNABORTED,
		windows.ERROR_NETNAME_DELETED, windows.ERROR_CONNECTION_ABORTED)
}

// isUnroutable tells whether there is no route to an address.
func isUnroutable(err error) bool {
	return isOne(err, windows.WSAEHOSTUNREACH, windows.WSAENETUNREACH,
		windows.ERROR_HOST_UNREACHABLE, windows.ERROR_NETWORK_UNREACHABLE)
}

func isOne(err error, numbers ...syscall.Errno) bool {
	var number syscall.Errno
	return errors.As(err, &number) && slices.Contains(numbers, number)
}
