package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/app"
)

func TestUntil(t *testing.T) {
	t.Parallel()
	failed := errors.New("the look failed")
	for _, tt := range []struct {
		name  string
		looks []error // what each look returns: nil stands for false, errHolds for true
		ok    bool
		err   error
		slept time.Duration
	}{
		{"at once", []error{errHolds}, true, nil, 0},
		{"at the fourth look", []error{nil, nil, nil, errHolds}, true, nil, (10 + 20 + 25) * time.Millisecond},
		{"never", make([]error, 20), false, nil, (10 + 20 + 25 + 25 + 25) * time.Millisecond},
		{"an error", []error{nil, failed}, false, failed, 10 * time.Millisecond},
	} {
		now := time.Unix(0, 0)
		a := app.New(nil, nil, "")
		a.Now = func() time.Time { return now }
		a.Sleep = func(_ context.Context, length time.Duration) error { now = now.Add(length); return nil }
		n := 0
		ok, err := a.Until(t.Context(), 100*time.Millisecond, 10*time.Millisecond, 25*time.Millisecond, func() (bool, error) {
			n++
			if errors.Is(tt.looks[n-1], errHolds) {
				return true, nil
			}
			return false, tt.looks[n-1]
		})
		if ok != tt.ok || !errors.Is(err, tt.err) || now.Sub(time.Unix(0, 0)) != tt.slept {
			t.Errorf("%s: %v %v after %s", tt.name, ok, err, now.Sub(time.Unix(0, 0)))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if ok, err := app.New(nil, nil, "").Until(ctx, time.Minute, time.Second, time.Second, func() (bool, error) {
		return false, nil
	}); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("%v %v", ok, err)
	}
}

var errHolds = errors.New("it holds")
