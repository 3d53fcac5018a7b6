// Package cluster starts, stops and freezes the nodes of a broker, all of them or some, and makes one cluster of them.
package cluster

import (
	"context"
	"path/filepath"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/install"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/node"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Engine starts and stops brokers; its fields connect it to the rest of the program.
type Engine struct {
	Store state.Store
	// Programs finds or fetches the programs of a release; "" means the same as for install.Finder.Find.
	Programs func(ctx context.Context, release string) (install.Programs, error)
	// Tool runs one of a node's command-line tools and returns its output.
	Tool func(ctx context.Context, b state.Broker, n state.Node, args ...string) (string, error)
	// Report shows a person one line about the progress.
	Report func(format string, args ...any)
	// Memory is the memory limit of each node, in bytes.
	Memory uint64
}

// lock keeps other devbroker processes from working on the broker.
func (e Engine) lock(ctx context.Context, name string, create bool) (*state.Lock, error) {
	return e.Store.Lock(ctx, name, create, func() {
		e.Report("waiting for another devbroker, which is working on %s",
			name)
	})
}

// KeepEpmd starts the broker's port mapper if it does not run. Otherwise a command-line tool would start one that
// devbroker has not recorded and cannot end. It does nothing while another devbroker works on the broker.
func (e Engine) KeepEpmd(ctx context.Context, b state.Broker) error {
	if b.Source == state.Docker {
		return nil
	}
	if id, err := process.Load(b.EpmdPIDFile()); err != nil || id.Condition() != process.Gone {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	lock, err := e.lock(ctx, b.Name, false)
	if fail.KindOf(err) == fail.Timeout {
		return nil
	}
	if err != nil {
		return err
	}
	defer lock.Unlock()
	return e.epmd(b, lock)
}

// epmd starts the broker's port mapper unless it is running. The broker must be locked.
//
// Otherwise Erlang would start an epmd itself, which devbroker has not recorded and cannot end.
func (e Engine) epmd(b state.Broker, lock *state.Lock) error {
	id, err := process.Load(b.EpmdPIDFile())
	if err != nil {
		return err
	}
	if id.Condition() != process.Gone {
		return nil
	}
	if !state.FreePort(b.EpmdPort) {
		return fail.New(fail.Unavailable, "%s cannot start: another program listens on its epmd port %d of 127.0.0.1", b.Name,
			b.EpmdPort).
			Next("end that program, or give the broker new ports with devbroker down %s and devbroker up", b.Name)
	}
	launch := process.Launch{
		Argv:   []string{"/usr/bin/env", "epmd"},
		Env:    append(node.Environment(b, b.Nodes[0]), b.EpmdMark().Entry()),
		View:   node.View(b),
		Record: b.EpmdPIDFile(),
	}
	if _, err := launch.Start(filepath.Join(b.Dir, "epmd-launch.json"), filepath.Join(b.Dir, "epmd.log"),
		lock.File); err != nil {
		return err
	}
	for patience := time.Now().Add(time.Minute); time.Now().Before(patience); time.Sleep(50 * time.Millisecond) {
		if !state.FreePort(b.EpmdPort) {
			return nil
		}
		if id, err := process.Load(b.EpmdPIDFile()); err == nil && id.PID != 0 && id.Condition() == process.Gone {
			break
		}
	}
	return fail.New(fail.Unavailable, "the epmd of %s does not listen on port %d", b.Name, b.EpmdPort).
		Next("see %s", filepath.Join(b.Dir, "epmd.log"))
}
