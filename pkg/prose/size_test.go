package prose_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

func TestBytes(t *testing.T) {
	t.Parallel()
	for n, want := range map[float64]string{0: "0 B", 999: "999 B", 999.96: "1 kB", 1000: "1 kB", 83.64e9: "83.6 GB",
		50e6: "50 MB", 1e12: "1 TB", 1.5e18: "1.5 EB", 1234e18: "1234 EB", -50e6: "-50 MB"} {
		if got := prose.Bytes(n); got != want {
			t.Errorf("%v: %q, want %q", n, got, want)
		}
	}
}

func TestRounded(t *testing.T) {
	t.Parallel()
	for n, want := range map[float64]string{0: "0", 0.04: "0", 0.25: "0.2", 7: "7", 999.9: "999.9", 1234.5: "1234",
		-3.14: "-3.1"} {
		if got := prose.Rounded(n); got != want {
			t.Errorf("%v: %q, want %q", n, got, want)
		}
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{64 << 10: "64 KiB", 1 << 20: "1 MiB", 256 << 20: "256 MiB",
		1<<20 + 512<<10: "1536 KiB"} {
		if got := prose.Limit(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
