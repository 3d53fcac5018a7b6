package timespan_test

import (
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/timespan"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "1h30m": 90 * time.Minute, "250ms": 250 * time.Millisecond, "0": 0,
		"30d": 720 * time.Hour, "2w": 336 * time.Hour, "1d12h": 36 * time.Hour, "1w1d": 192 * time.Hour,
		"1w1d1h1m1s": 193*time.Hour + 61*time.Second,
		"-5m":        -5 * time.Minute, "106751d": 106751 * 24 * time.Hour,
	} {
		if got, err := timespan.Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "60", "d", "soon", "1d1w", "1.5d", "-1d", "1d-2h", "30D", "1d ", " 1d", "106752d",
		"99999999999999999999w", "106751d24h"} {
		if got, err := timespan.Parse(text); err == nil {
			t.Errorf("Parse(%q) is %v", text, got)
		}
	}
}
