package state

import (
	"fmt"
	"math/rand/v2"
	"net"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Ports are taken from here: below the range that Linux gives to outgoing connections, which could else hold a stopped node's port.
const (
	lowestPort  = 21000
	highestPort = 31999
)

// FreePort tells whether nobody listens on the port of 127.0.0.1, nor on that port of all addresses.
func FreePort(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// firstPort is where a search begins: anywhere, so that two stores that do not know each other seldom meet.
func firstPort() int { return lowestPort + 10*rand.IntN((highestPort-lowestPort)/10) }

// choosePorts picks ports from first on, going round at the end, that no broker has and that are free.
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
		return nil, fail.New(fail.Unavailable, "no %d free ports between %d and %d on 127.0.0.1", count, lowestPort, highestPort)
	}
	return ports, nil
}
