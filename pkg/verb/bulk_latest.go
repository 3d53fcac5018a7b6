package verb

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
)

// freshFor is how old a look may be when an object is changed. Without another look, a change of many objects, or one
// that a person confirmed after minutes, would be made by conditions that hold no more.
const freshFor = 5 * time.Second

// latest is the latest look at the objects that a Bulk changes.
type latest[T Chosen] struct {
	// mu is held for reading while an object is changed, and for writing during another look, because Rows and Kept may
	// store figures in variables of the command.
	mu sync.RWMutex
	// of holds the objects that are to be changed, by keyOf.
	of map[string]judged[T]
	// began is when the look began, and took how long it lasted.
	began time.Time
	took  time.Duration
	// changing means that the change of an object has begun. refused says why no object may be changed.
	changing atomic.Bool
	refused  error
}

func (l *latest[T]) begins(now time.Time) { l.began = now }

func (l *latest[T]) ends(now time.Time) { l.took = now.Sub(l.began) }

// old reports whether it is time for another look. Looks that last long are rare, so that they take at most a tenth of
// the time.
func (l *latest[T]) old(now time.Time) bool { return now.Sub(l.began) > max(freshFor, 10*l.took) }

// refresh looks again if the latest look is old.
func (b *Bulk[T]) refresh(ctx context.Context, c *broker.Client, ask Ask) error {
	l := &b.latest
	l.mu.RLock()
	old := l.old(ask.Now())
	l.mu.RUnlock()
	if !old {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.old(ask.Now()) { // another change has looked meanwhile
		return nil
	}
	return b.renew(ctx, c, ask)
}

// changeOne changes an object, unless the latest look has found a reason to keep it.
func (b *Bulk[T]) changeOne(ctx context.Context, c *broker.Client, ask Ask, one T) (change.Outcome, error) {
	if err := b.refresh(ctx, c, ask); err != nil {
		return change.Outcome{}, err
	}
	l := &b.latest
	l.mu.RLock()
	defer l.mu.RUnlock()
	switch why := l.of[keyOf(one)].why; {
	case l.refused != nil:
		return change.Outcome{}, l.refused
	case why != "":
		return change.Outcome{Word: kept, Notes: []string{why}}, nil
	}
	l.changing.Store(true)
	return b.Do(ctx, c, one)
}

// renew looks again at the objects that are to be changed. If none has been changed yet, Refuse checks them once more.
func (b *Bulk[T]) renew(ctx context.Context, c *broker.Client, ask Ask) error {
	ask.notes = nil // the first look has noted what there is to say
	all, err := b.read(ctx, c, ask)
	if err != nil {
		return err
	}
	l := &b.latest
	for key, j := range l.of {
		j.why = notChosen
		l.of[key] = j
	}
	var open []T
	for _, j := range all {
		if _, planned := l.of[keyOf(j.one)]; !planned {
			continue
		}
		if l.of[keyOf(j.one)] = j; j.why == "" {
			open = append(open, j.one)
		}
	}
	if !l.changing.Load() && b.Refuse != nil {
		l.refused = b.Refuse(open)
	}
	return nil
}
