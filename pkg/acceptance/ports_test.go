//go:build acceptance

package acceptance

import (
	"sync"
	"syscall"
)

// closedPort returns a port of 127.0.0.1 on which nothing listens. A socket is bound to the port and never listens, so
// no other server of this run can get the port. Before there was this socket, another server once got it.
var closedPort = sync.OnceValues(func() (int, error) {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, err
	}
	address, err := syscall.Getsockname(socket)
	if err != nil {
		return 0, err
	}
	return address.(*syscall.SockaddrInet4).Port, nil
})
