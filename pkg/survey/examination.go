package survey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// atOnce is how many looks (questions to the broker) run in parallel. More would only make the broker slower.
const atOnce = 4

// Examination asks for all facts that the rules of diagnose judge, for each fact once, and in parallel. If a part of
// the facts cannot be read, it notes the reason. It returns an error only if the broker could not be asked at all, or
// if the user interrupted it. now is the time at which certificates are judged. After each look, Examination calls the
// function done: part is the first part of the facts that needs this look, soFar is how many looks are done, and all is
// the number of all looks.
func Examination(ctx context.Context, c *broker.Client, now time.Time,
	done func(part diagnose.Part, soFar, all int)) (diagnose.Facts, error) {
	e := examination{client: c, now: now, silent: make(chan struct{}), Facts: diagnose.Facts{
		Unseen: map[diagnose.Part]string{}, NotOffered: map[diagnose.Part]bool{}, Endpoint: c.BaseURL(),
		Loopback: c.Loopback()}}
	// Send one request first: if the broker does not answer it, or refuses the user, the other requests are of no use.
	if err := e.clock(ctx); err != nil {
		return e.Facts, err
	}
	e.User = c.Username()
	// When it is known that another node is silent, the looks that wait for that node are ended.
	whole := ctx
	ctx, e.giveUp = context.WithCancelCause(ctx)
	defer e.giveUp(nil)
	e.overview = sync.OnceValues(func() (glimpse, error) {
		overview, whole, err := c.Glimpse(whole, e.silent)
		return glimpse{overview, whole}, err
	})
	e.routing = newUnroutable(c, "", func() (record.Value, error) {
		overview, err := e.overview()
		return overview.Value, err
	})
	looks := e.looks()
	next := make(chan look)
	var mu sync.Mutex
	soFar := 0
	var wait sync.WaitGroup
	for range atOnce {
		wait.Go(func() {
			for l := range next {
				err := l.take(ctx)
				if cause := context.Cause(ctx); err != nil && whole.Err() == nil && cause != nil {
					err = cause
				}
				mu.Lock()
				e.note(l, err)
				soFar++
				done(l.parts[0], soFar, len(looks))
				mu.Unlock()
			}
		})
	}
	for _, l := range looks {
		next <- l
	}
	close(next)
	wait.Wait()
	if err := fail.Ended(whole); fail.KindOf(err) == fail.Canceled {
		return e.Facts, err
	}
	e.view()
	if e.seen(diagnose.OfRouting) {
		e.Routing = e.routing.with(e.routed)
	}
	return e.Facts, nil
}

// examination collects the facts as they come in.
type examination struct {
	diagnose.Facts
	client *broker.Client
	now    time.Time
	// overview is requested by the first look that needs it.
	overview func() (glimpse, error)
	members  []health.Member
	// silence names the node that does not answer; silent is closed once silence is set. giveUp ends the requests that
	// still wait for that node.
	silence *broker.Silence
	silent  chan struct{}
	giveUp  context.CancelCauseFunc
	// routing and routed become Facts.Routing when both have been read.
	routing *unroutable
	routed  routedQueues
}

// glimpse is an overview, or the part of it that the asked node knows by itself.
type glimpse struct {
	record.Value
	whole bool
}

// wholeOverview returns the overview. It returns an error if the answering node must wait for another node before it
// can send the whole overview.
func (e *examination) wholeOverview() (record.Value, error) {
	overview, err := e.overview()
	if err == nil && !overview.whole {
		err = fail.New(fail.Incomplete, "%s waits for another node before it sends the overview", e.client.BaseURL())
	}
	return overview.Value, err
}

// look is one question to the broker, with the parts of the facts that need its answer.
type look struct {
	parts []diagnose.Part
	take  func(context.Context) error
}

func (e *examination) note(l look, err error) {
	for _, part := range l.parts {
		switch {
		case broker.IsNotFound(err), broker.IsNotOffered(err):
			e.NotOffered[part] = true
		case err != nil && e.Unseen[part] == "":
			e.Unseen[part] = err.Error()
			if next := steps.Of(err); next != "" && !slices.Contains(e.Next, next) {
				e.Next = append(e.Next, next)
			}
		}
	}
}

func (e *examination) seen(part diagnose.Part) bool {
	return e.Unseen[part] == "" && !e.NotOffered[part]
}

// looks returns the looks in this order: first what the answering node knows alone, then what it must ask other nodes
// for, which a frozen node delays, and last the long looks. Each look sets facts of its own, so looks need no lock.
func (e *examination) looks() []look {
	return []look{
		{[]diagnose.Part{diagnose.OfAlarms}, e.alarms},
		{[]diagnose.Part{diagnose.OfUsers}, e.users},
		{[]diagnose.Part{diagnose.OfDefaultUser}, e.defaultUser},
		{[]diagnose.Part{diagnose.OfDeprecated}, e.deprecated},
		{[]diagnose.Part{diagnose.OfFlags}, e.flags},
		{[]diagnose.Part{diagnose.OfNodes}, e.nodes},
		{[]diagnose.Part{diagnose.OfOverview}, e.glance},
		{[]diagnose.Part{diagnose.OfVHosts}, e.vhosts},
		{[]diagnose.Part{diagnose.OfTLS}, e.certificates},
		{[]diagnose.Part{diagnose.OfShovels}, e.shovels},
		{[]diagnose.Part{diagnose.OfLinks}, e.links},
		{[]diagnose.Part{diagnose.OfHistory}, e.history},
		{[]diagnose.Part{diagnose.OfConnections}, e.connections},
		{[]diagnose.Part{diagnose.OfQueues, diagnose.OfReplicated, diagnose.OfRouting}, e.queues},
		{[]diagnose.Part{diagnose.OfRouting}, e.routes},
	}
}

func (e *examination) clock(ctx context.Context) error {
	asked := time.Now()
	at, err := e.client.Clock(ctx)
	if err == nil && !at.IsZero() {
		// The date in the answer has whole seconds, and is from a moment between the request and now. So compare the middle
		// of that second with the middle of this time.
		e.Skew = at.Add(500 * time.Millisecond).Sub(asked.Add(time.Since(asked) / 2))
	}
	return err
}

func (e *examination) alarms(ctx context.Context) (err error) {
	e.Alarms, err = Alarms(ctx, e.client)
	return err
}

func (e *examination) flags(ctx context.Context) (err error) {
	e.Flags, err = FeatureFlags(ctx, e.client)
	return err
}

func (e *examination) deprecated(ctx context.Context) error {
	used, err := UsedDeprecatedFeatures(ctx, e.client)
	for _, d := range used {
		e.Deprecated = append(e.Deprecated, d.Name)
	}
	return err
}

func (e *examination) users(ctx context.Context) (err error) {
	e.Users, err = listed(ctx, e.client, (*broker.Client).Users, func(b *record.Binder, u *diagnose.User) {
		b.Text("name", &u.Name)
		b.Texts("tags", &u.Tags)
	})
	return err
}

func (e *examination) defaultUser(ctx context.Context) (err error) {
	e.DefaultUser, err = e.client.Accepts(ctx, "guest", "guest")
	return err
}

// nodes reads the figures and the membership of each node.
func (e *examination) nodes(ctx context.Context) error {
	type both struct {
		node   health.Node
		member health.Member
	}
	all, err := listed(ctx, e.client, (*broker.Client).Nodes, func(b *record.Binder, x *both) {
		bindNode(b, &x.node)
		bindMember(b, &x.member)
	})
	for _, x := range all {
		e.Nodes, e.members = append(e.Nodes, x.node), append(e.members, x.member)
	}
	if errors.As(err, &e.silence) {
		e.Nodes = nil
		close(e.silent)
		time.AfterFunc(afterSilence, func() { e.giveUp(fmt.Errorf("no answer in time: %w", e.silence)) })
	}
	if err == nil && e.Loopback {
		e.Volumes = volumes(e.Nodes)
	}
	return err
}

// afterSilence is how long other looks may still take after a node is known to be silent. Answers that do not need that
// node come at once.
const afterSilence = 4 * time.Second

// view notes what the asked node reports about its cluster. For this it needs both the members and the overview.
func (e *examination) view() {
	overview, err := e.overview()
	switch {
	case err != nil:
		e.Unseen[diagnose.OfView] = err.Error()
	case e.silence == nil && !e.seen(diagnose.OfNodes):
		e.Unseen[diagnose.OfView] = e.Unseen[diagnose.OfNodes]
	default:
		e.View = viewOf(overview.Value, e.members, e.silence, e.client)
		e.View.Alarms = e.Alarms
	}
}

func (e *examination) glance(context.Context) error {
	overview, err := e.wholeOverview()
	if err != nil {
		return err
	}
	e.Overview, err = glance(overview)
	return err
}

func (e *examination) vhosts(ctx context.Context) (err error) {
	e.VHosts, err = VHostStates(ctx, e.client)
	return err
}

func (e *examination) history(ctx context.Context) (err error) {
	e.DiskTrends, err = DiskTrends(ctx, e.client, diagnose.AlarmAhead())
	return err
}

func (e *examination) certificates(ctx context.Context) error {
	overview, err := e.wholeOverview()
	if err != nil {
		return err
	}
	_, listeners, err := listenersIn(ctx, overview, e.client)
	if err == nil {
		e.TLS, err = certificatesOf(ctx, e.client, e.now, listeners, nil, 30)
	}
	return err
}

func (e *examination) shovels(ctx context.Context) (err error) {
	e.Shovels, _, err = Shovels(ctx, e.client, "")
	return err
}

func (e *examination) links(ctx context.Context) (err error) {
	e.Links, err = FederationLinks(ctx, e.client, "")
	return err
}

func (e *examination) connections(ctx context.Context) (err error) {
	e.Connections, _, err = StoppedConnections(ctx, e.client)
	return err
}

func (e *examination) queues(ctx context.Context) error {
	all, err := examineQueues(ctx, e.client)
	if err == nil {
		e.Queues, e.Replicated, e.routed = all.figures, all.replicated, all.routed
	}
	return err
}

func (e *examination) routes(ctx context.Context) error { return e.routing.routes(ctx) }
