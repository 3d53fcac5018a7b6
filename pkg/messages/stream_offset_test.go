package messages_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

func TestParseOffset(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{"": true, "first": true, "last": true, "next": true, "0": true, "1234": true,
		"1h": true, "30m": true, "7D": true, "2M": true, "2026-03-04T05:06:07Z": true, "2026-03-04": true,
		"2026-03-04 05:06": true, "-1": false, "1w": false, "1h30m": false, "newest": false, "h": false, "First": false} {
		_, err := messages.ParseOffset(text)
		if good != (err == nil) || err != nil && fail.KindOf(err) != fail.Usage {
			t.Errorf("%q: %v", text, err)
		}
	}
}
