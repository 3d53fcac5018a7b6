package change

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// TestTap_tellsWhatWasDropped: if it is unknown whether messages were dropped, the outcome must not say 0.
func TestTap_tellsWhatWasDropped(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		loss    messages.Loss
		dropped string
		notes   int
	}{
		{messages.Loss{}, "0", 0},
		{messages.Loss{Dropped: 3}, "3", 1},
		{messages.Loss{Unknown: true}, "", 1},
	} {
		o := (&tapping{out: exporting{file: "-"}}).outcome(messages.Counts{Safe: 7}, tt.loss, nil)
		fields := o.Facts[0]
		if got := fields.Rows[0][1].Text(); got != tt.dropped || len(o.Notes) != tt.notes || o.Word != "ended" {
			t.Errorf("%+v: %q, %q", tt.loss, got, o.Notes)
		}
	}
}
