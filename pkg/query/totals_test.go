package query

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func TestSummed(t *testing.T) {
	t.Parallel()
	for kind, want := range map[record.Kind]bool{
		record.Count: true, record.Bytes: true, record.Rate: true, record.ByteRate: true,
		// A sum of ports or of priorities means nothing.
		record.Ordinal: false, record.Ratio: false, record.Seconds: false, record.Timestamp: false, record.Text: false,
	} {
		if got := canSum(record.Column{Kind: kind}); got != want {
			t.Errorf("%s: %v", kind, got)
		}
	}
}
