package app

import (
	"context"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/config"
)

// budget is the time of a command: --timeout, from the moment its flags were read. Whatever waits is under it, on this
// machine as well as for the broker, but for the time in which a person is asked: that is bounded by itself.
type budget struct {
	mu sync.Mutex
	// began is when the time began that nobody has used yet; zero: it begins when it is used.
	began time.Time
	// asked says that a person was asked since the flag was taken down.
	asked bool
	// end is when the time is over that is used; zero: never, or not known yet.
	end time.Time
}

func (b *budget) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.began, b.end = time.Now(), time.Time{}
}

// anew begins the time again: a person was asked meanwhile.
func (b *budget) anew() {
	b.begin()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = true
}

// wasAsked tells whether a person was asked since the last call.
func (b *budget) wasAsked() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	asked := b.asked
	b.asked = false
	return asked
}

// use takes the time: it has begun with the command, or begins now where it was taken before, as for the next round of --watch.
func (b *budget) use(ctx context.Context, length time.Duration) (context.Context, context.CancelFunc) {
	b.mu.Lock()
	defer b.mu.Unlock()
	began := b.began
	if began.IsZero() {
		began = time.Now()
	}
	b.began, b.end = time.Time{}, time.Time{}
	if length == 0 {
		return context.WithCancel(ctx)
	}
	b.end = began.Add(length)
	return context.WithDeadline(ctx, b.end)
}

// local bounds what waits on this machine by what is left of the time.
func (b *budget) local(ctx context.Context, length time.Duration) (context.Context, context.CancelFunc) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.end.IsZero():
		return context.WithDeadline(ctx, b.end)
	case length == 0:
		return context.WithCancel(ctx)
	case b.began.IsZero():
		return context.WithTimeout(ctx, length)
	}
	return context.WithDeadline(ctx, b.began.Add(length))
}

// Budget bounds what follows by what is left of --timeout. Credentials are found first, within it; after a person was asked for
// them the time begins anew.
func (a *App) Budget(ctx context.Context) (context.Context, context.CancelFunc, error) {
	s, err := a.Settings()
	if err != nil {
		return nil, nil, err
	}
	return a.Within(ctx, s.Timeout)
}

// Within is Budget for a command with a time of its own, 0 for no end.
func (a *App) Within(ctx context.Context, length time.Duration) (context.Context, context.CancelFunc, error) {
	s, err := a.Settings()
	if err != nil {
		return nil, nil, err
	}
	bounded, cancel := a.time.use(ctx, length)
	a.time.wasAsked()
	if _, _, err := s.Credentials(bounded); err != nil {
		cancel()
		return nil, nil, err
	}
	if a.time.wasAsked() {
		cancel()
		bounded, cancel = a.time.use(ctx, length)
	}
	return bounded, cancel, nil
}

// local bounds what is read on this machine.
func (a *App) local() (context.Context, context.CancelFunc) {
	return a.time.local(a.ctx, a.patience())
}

// lastMoment is how long writing may take at least: a verdict that the time is over has to be written after it.
const lastMoment = time.Second

// closing bounds what is written on this machine when the broker has been asked.
func (a *App) closing(ctx context.Context) (context.Context, context.CancelFunc) {
	bounded, cancel := a.time.local(ctx, a.patience())
	if end, ok := bounded.Deadline(); ok && time.Until(end) < lastMoment {
		cancel()
		return context.WithTimeout(ctx, lastMoment)
	}
	return bounded, cancel
}

// Limit says how long the command may take where another dialect's option says so; 0 is no word about it.
func (a *App) Limit(length time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.limit = length
}

// patience is --timeout as far as it is known: where no settings can be had, flags and variables say it.
func (a *App) patience() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.limit > 0:
		return a.limit
	case a.settings != nil:
		return a.settings.Timeout
	}
	return config.TimeoutOf(config.Input{Flags: a.flags, Getenv: a.Getenv})
}
