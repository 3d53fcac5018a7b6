//go:build acceptance

package acceptance

import "net"

// closedPort is a port of 127.0.0.1 on which nothing listens.
func closedPort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
