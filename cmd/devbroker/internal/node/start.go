package node

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// View is the file system view of the broker's programs.
func View(b state.Broker) process.View {
	if b.Root == "" {
		return process.View{}
	}
	return process.View{Root: b.Root, Shared: []string{b.Dir}}
}

// Started is a node that was just started.
type Started struct {
	// Ended reports whether its process has ended.
	Ended func() bool
	// Reason returns a few log lines that say why the node does not answer; empty when it logged nothing.
	Reason func() []string
}

// Start starts the node's server as a separate process. Busy ports are an error before anything is started.
func Start(b state.Broker, n state.Node, lock *state.Lock) (Started, error) {
	// A process that has just ended may hold its ports a little longer.
	patience := time.Now().Add(5 * time.Second)
	for _, p := range n.Ports.All() {
		for !state.FreePort(p.Number) && time.Now().Before(patience) {
			time.Sleep(50 * time.Millisecond)
		}
		if !state.FreePort(p.Number) {
			return Started{}, fail.New(fail.Unavailable,
				"%s/%d cannot start: another program listens on its %s port %d of 127.0.0.1", b.Name, n.Index, p.Use, p.Number).
				Next("end that program, or give the broker new ports with devbroker down %s and devbroker up", b.Name)
		}
	}
	written := sizes(b.LogFile(n), b.ConsoleFile(n))
	launch := process.Launch{
		Argv: []string{filepath.Join(b.Sbin, "rabbitmq-server")},
		// With RUNNING_UNDER_SYSTEMD the script becomes the Erlang machine instead of watching over it, so that the recorded
		// process is the node.
		Env:    append(Environment(b, n), "RUNNING_UNDER_SYSTEMD=true", b.Mark(n).Entry()),
		View:   View(b),
		Record: b.PIDFile(n),
	}
	over, err := launch.Start(filepath.Join(b.NodeDir(n), "launch.json"), b.ConsoleFile(n), lock.File)
	if err != nil {
		return Started{}, fmt.Errorf("starting %s/%d: %w", b.Name, n.Index, err)
	}
	ended := func() bool {
		select {
		case <-over:
			return true
		default:
			return false
		}
	}
	return Started{Ended: ended, Reason: func() []string { return Reason(written.since()) }}, nil
}
