package app

import (
	"context"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/config"
)

// budget is the time of a command: --timeout, counted from the moment when its flags were read. It bounds everything
// that waits, on this machine and for the broker, except questions to a person, which have a limit of their own.
type budget struct {
	mu sync.Mutex
	// began is when the time started. A call of the method use sets began to zero. The next call then starts the time
	// again.
	began time.Time
	// asked means that a person was asked since the last call of wasAsked.
	asked bool
	// end is when the time of the command ends, as the last call of use has set it. Zero means that there is no limit, or
	// that use has not been called since the time started.
	end time.Time
}

func (b *budget) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.began, b.end = time.Now(), time.Time{}
}

// restart starts the time again after a question to a person.
func (b *budget) restart() {
	b.begin()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = true
}

// wasAsked reports whether a person was asked since the last call.
func (b *budget) wasAsked() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	asked := b.asked
	b.asked = false
	return asked
}

// use returns a context that ends after length. length counts from the start of the command or, if the time was used
// before, from now, as in the next round of --watch.
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

// local returns a context for a wait on this machine. The context ends when the command's time is over.
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

// Budget returns a context that ends with --timeout. It gets the credentials first, within the same time; if a person
// was asked for them, the time starts again afterwards.
func (a *App) Budget(ctx context.Context) (context.Context, context.CancelFunc, error) {
	s, err := a.Settings()
	if err != nil {
		return nil, nil, err
	}
	return a.Within(ctx, s.Timeout)
}

// Within is Budget for a command with a time limit of its own; 0 means no limit.
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

// local returns a context for reading on this machine. The context ends when the command's time is over.
func (a *App) local() (context.Context, context.CancelFunc) {
	return a.time.local(a.ctx, a.timeLimit())
}

// lastMoment is the least time for writing: a check writes its verdict even when --timeout has ended.
const lastMoment = time.Second

// closing returns a context for writing on this machine, after the requests to the broker.
func (a *App) closing(ctx context.Context) (context.Context, context.CancelFunc) {
	bounded, cancel := a.time.local(ctx, a.timeLimit())
	if end, ok := bounded.Deadline(); ok && time.Until(end) < lastMoment {
		cancel()
		return context.WithTimeout(ctx, lastMoment)
	}
	return bounded, cancel
}

// Limit sets a time limit that comes from an option of a personality; 0 means that none was given.
func (a *App) Limit(length time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.limit = length
}

// timeLimit is the time limit of the command. While the settings are not read, and if they cannot be read, the flags
// and the environment variables decide.
func (a *App) timeLimit() time.Duration {
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
