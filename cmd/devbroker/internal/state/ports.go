package state

import (
	"fmt"
	"math/rand/v2"
	"net"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// These are the lowest and the highest port that brokers get. They are below the range that Linux gives to outgoing
// connections, which could otherwise take the port of a stopped node.
const (
	lowestPort  = 21000
	highestPort = 31999
)

// FreePort reports whether no program listens on the port, at 127.0.0.1 or at all addresses.
func FreePort(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)) //nolint:noctx // it answers at once
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// firstPort is a random start for the search, so that two independent stores seldom choose the same ports.
func firstPort() int { return lowestPort + 10*rand.IntN((highestPort-lowestPort)/10) }

// choosePorts picks free ports that no broker has. It begins at the given port and searches upwards. After highestPort
// it continues at lowestPort.
func choosePorts(brokers []Broker, count, first int, free func(int) bool) ([]int, error) {
	taken := map[int]bool{}
	for _, b := range brokers {
		taken[b.EpmdPort] = true
		for _, n := range b.Nodes {
			for _, p := range n.Ports.All() {
				taken[p.Number] = true
			}
		}
	}
	var ports []int
	for i := 0; i <= highestPort-lowestPort && len(ports) < count; i++ {
		port := lowestPort + (first-lowestPort+i)%(highestPort-lowestPort+1)
		if !taken[port] && free(port) {
			ports = append(ports, port)
		}
	}
	if len(ports) < count {
		return nil, fail.New(fail.Unavailable, "no %d free ports between %d and %d on 127.0.0.1", count, lowestPort,
			highestPort)
	}
	return ports, nil
}
