package cluster

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/install"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/node"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Request describes the wanted broker.
type Request struct {
	Name    string // "" for the default name of its release and size
	Release string // for example 4.0; "" for the installed one, or that of an existing broker
	Nodes   int    // 0 means one node, or as many as an existing broker has
	// Settings are lines of rabbitmq.conf for every node; an empty list means no settings, or those of an existing broker.
	Settings []string
	TLS      bool // whether a new broker also listens for AMQP over TLS
	// TLSDistribution is whether the nodes of a new broker speak TLS with each other.
	TLSDistribution bool
}

// Up creates the broker if needed, starts and thaws its nodes, and returns it. The timeout is for the boot alone, and
// starts again with each line that a node logs.
func (e Engine) Up(ctx context.Context, req Request, timeout time.Duration) (state.Broker, error) {
	var programs install.Programs
	if req.Name == "" {
		release := req.Release
		if release == "" {
			// The default name contains the default release, which is known only once the programs are found.
			var err error
			if programs, err = e.Programs(ctx, ""); err != nil {
				return state.Broker{}, err
			}
			release = programs.Release
		}
		req.Name = DefaultName(release, max(req.Nodes, 1))
	}
	lock, err := e.lock(ctx, req.Name, true)
	if err != nil {
		return state.Broker{}, err
	}
	defer lock.Unlock()
	b, err := e.Store.Load(req.Name)
	switch {
	case fail.KindOf(err) == fail.NotFound:
		if programs.Release == "" {
			programs, err = e.Programs(ctx, req.Release)
		} else {
			err = nil
		}
		if err == nil && programs.Source == state.Docker && req.Nodes > 1 {
			err = fail.New(fail.Unavailable,
				"RabbitMQ %s is available here only as a container image, and devbroker starts only single nodes from images",
				programs.Release)
		}
		if err == nil && programs.Source == state.Docker && (req.TLS || req.TLSDistribution) {
			err = fail.New(fail.Unavailable,
				"RabbitMQ %s is available here only as a container image, and devbroker starts images without TLS",
				programs.Release)
		}
		if err == nil {
			b, err = e.Store.Create(state.Broker{
				TLS: req.TLS, TLSDistribution: req.TLSDistribution,
				Name: req.Name, Release: programs.Release, Version: programs.Version, Source: programs.Source,
				Root: programs.Root, Sbin: programs.Sbin, Image: programs.Image, Settings: req.Settings,
			}, max(req.Nodes, 1), state.FreePort)
		}
		if err != nil {
			// Nothing was started, so leave no empty folder that looks like a broker.
			_ = os.Remove(e.Store.Folder(req.Name))
			return state.Broker{}, err
		}
	case err != nil:
		return state.Broker{}, err
	default:
		if err := conflict(b, req); err != nil {
			return state.Broker{}, err
		}
	}
	ctx, cancel := whileLogging(ctx, b, timeout)
	defer cancel()
	return b, e.start(ctx, b, b.Nodes, lock)
}

// DefaultName is the default name of a broker: rabbit-3.10, or rabbit-3.10-x3 for a cluster.
func DefaultName(release string, nodes int) string {
	if nodes > 1 {
		return "rabbit-" + release + "-x" + strconv.Itoa(nodes)
	}
	return "rabbit-" + release
}

// conflict refuses a request that differs from the existing broker of that name.
func conflict(b state.Broker, req Request) error {
	if len(req.Settings) > 0 && !slices.Equal(req.Settings, b.Settings) {
		return fail.Usagef("%s exists already, with other settings", b.Name).
			Next("choose another --name, or run devbroker down %s first", b.Name)
	}
	if req.TLS && !b.TLS || req.TLSDistribution && !b.TLSDistribution {
		return fail.Usagef("%s exists already, without TLS", b.Name).
			Next("choose another --name, or run devbroker down %s first", b.Name)
	}
	if (req.Release == "" || req.Release == b.Release) && (req.Nodes == 0 || req.Nodes == len(b.Nodes)) {
		return nil
	}
	return fail.Usagef("%s exists already, with %d node(s) of %s", b.Name, len(b.Nodes), b.Release).
		Next("choose another --name, or run devbroker down %s first", b.Name)
}

// start starts the nodes that are not running, thaws frozen ones, waits until all answer, and joins them into one
// cluster.
func (e Engine) start(ctx context.Context, b state.Broker, nodes []state.Node, lock *state.Lock) error {
	if b.Root != "" {
		if _, err := os.Stat(filepath.Join(b.Root, b.Sbin)); err != nil {
			return fail.New(fail.Unavailable, "the programs of %s are gone: %w", b.Name, err).
				Next("devbroker down %s and devbroker up --release %s fetch them again", b.Name, b.Release)
		}
	}
	if b.Source != state.Docker {
		if err := e.epmd(b, lock); err != nil {
			return err
		}
	}
	var watched []watch
	for _, n := range nodes {
		w, err := e.startNode(ctx, b, n, lock)
		if err != nil {
			return err
		}
		watched = append(watched, w)
	}
	if err := e.await(ctx, b, watched, lock); err != nil {
		return err
	}
	return e.join(ctx, b, lock)
}

// watch is a node that is expected to answer.
type watch struct {
	node    state.Node
	started node.Started
	// fresh means that the node was started by this run.
	fresh bool
	// nudged means that start_app was run on it.
	nudged bool
	// tries counts its restarts.
	tries int
	since time.Time
}

func (e Engine) startNode(ctx context.Context, b state.Broker, n state.Node, lock *state.Lock) (watch, error) {
	r := runnerOf(b)
	condition, _, err := r.condition(b, n)
	if err != nil {
		return watch{}, err
	}
	w := watch{node: n, since: time.Now()}
	switch condition {
	case Running:
		return w, nil
	case Frozen:
		e.Report("%s/%d was frozen: thawing it", b.Name, n.Index)
		return w, r.thaw(b, n)
	case Died:
		e.Report("%s/%d had died: starting it again", b.Name, n.Index)
		// Processes that a dead node left running would hold its ports.
		if err := r.sweep(ctx, b, n); err != nil {
			return w, err
		}
	default:
		e.Report("starting %s/%d, RabbitMQ %s, AMQP port %d, management port %d", b.Name, n.Index, b.Version, n.Ports.AMQP,
			n.Ports.Management)
	}
	if err := node.Prepare(b, n, e.Memory); err != nil {
		return w, err
	}
	w.fresh = true
	w.started, err = r.start(ctx, b, n, lock)
	return w, err
}
