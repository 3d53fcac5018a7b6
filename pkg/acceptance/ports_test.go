//go:build acceptance

package acceptance

import (
	"sync"
	"syscall"
)

// closedPort is a port of 127.0.0.1 on which nothing listens. A socket that is bound to it, and never listens, keeps it
// from other servers of this run: a port that was only seen free was given to one of them.
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
