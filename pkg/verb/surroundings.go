package verb

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// The methods here are how a noun reaches the clock, the files and stderr: by what it is asked, so that a test sets
// them, and nothing behind a command touches the machine unseen.

// Now is the clock.
func (a Ask) Now() time.Time {
	if a.app == nil {
		return time.Now()
	}
	return a.app.Now()
}

// Sleep waits for so long, or until the context ends, which it returns as the error.
func (a Ask) Sleep(ctx context.Context, length time.Duration) error {
	if a.app == nil {
		select {
		case <-ctx.Done():
			return fail.Ended(ctx)
		case <-time.After(length):
			return nil
		}
	}
	return a.app.Sleep(ctx, length)
}

// Timeout is the time budget of the whole command, 0 for none. Settings that cannot be read give 0 too: their error
// comes before the first request.
func (a Ask) Timeout() time.Duration {
	if a.app == nil {
		return 0
	}
	s, err := a.app.Settings()
	if err != nil {
		return 0
	}
	return s.Timeout
}

// ReadFile is a whole file that the command line named. One that is not there is an error for which
// errors.Is(err, fs.ErrNotExist) holds.
func (a Ask) ReadFile(path string) ([]byte, error) {
	if a.app == nil {
		return nil, fail.New(fail.Internal, "%s: nobody is here to read it", path)
	}
	return a.app.ReadFile(path)
}

// Replace writes a file anew, whole or not at all.
func (a Ask) Replace(path string, write func(io.Writer) error) error {
	if a.app == nil {
		return fail.New(fail.Internal, "%s: nobody is here to write it", path)
	}
	return a.app.Replace(path, write)
}

// Note writes a line for people on stderr, unless they asked for quiet. What scripts read belongs into rows.
func (a Ask) Note(format string, args ...any) {
	switch {
	case a.notes != nil:
		*a.notes = append(*a.notes, fmt.Sprintf(format, args...))
	case a.app != nil:
		note(a.app, format, args...)
	}
}
