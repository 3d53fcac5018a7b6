package beside_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
)

func TestWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := beside.Run(t.Context(), func(ctx context.Context) (int, error) {
			select {
			case <-time.After(3 * time.Second):
				return 7, nil
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		})
		defer w.Drop()
		if w.Over() || w.Within(t.Context(), time.Second) {
			t.Error("over too soon")
		}
		if !w.Within(t.Context(), 5*time.Second) || !w.Over() {
			t.Error("not over in time")
		}
		if n, err := w.Result(); n != 7 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
}

func TestWork_dropped(t *testing.T) {
	t.Parallel()
	w := beside.Run(t.Context(), func(ctx context.Context) (int, error) {
		<-ctx.Done()
		return 0, ctx.Err()
	})
	w.Drop()
	if _, err := w.Result(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestWork_endOfTheBudget: when the context ends, Within waits until the work has ended too, so Result has its error.
func TestWork_endOfTheBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		w := beside.Run(ctx, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		})
		defer w.Drop()
		if !w.Within(ctx, beside.Forever) {
			t.Error("not over")
		}
		if _, err := w.Result(); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		if got := beside.Share(t.Context(), 0.5, time.Minute); got != time.Minute {
			t.Errorf("without a deadline: %s", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		for _, tt := range []struct {
			part  float64
			limit time.Duration
			want  time.Duration
		}{{0.5, time.Minute, 5 * time.Second}, {0.5, time.Second, time.Second}} {
			if got := beside.Share(ctx, tt.part, tt.limit); got != tt.want {
				t.Errorf("%v: %s", tt, got)
			}
		}
		time.Sleep(20 * time.Second)
		if got := beside.Share(ctx, 0.5, time.Minute); got != 0 {
			t.Errorf("behind the deadline: %s", got)
		}
	})
}
