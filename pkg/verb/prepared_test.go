package verb

import (
	"context"
	"testing"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// TestPrepare_kind: an error of Prepare is a usage error, except where a file that a flag names cannot be used or read.
func TestPrepare_kind(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		kind fail.Kind
	}{
		{fail.Usagef("wrong"), fail.Usage},
		{fail.New(fail.Data, "wrong"), fail.Usage},
		{fail.New(fail.Config, "f cannot be read"), fail.Config},
		{fail.InWords(context.DeadlineExceeded), fail.Timeout},
		{fail.InWords(context.Canceled), fail.Canceled},
	} {
		c := Check{Name: "check_x", Validate: func(Ask) error { return tt.err }}
		_, err := c.Prepare(Ask{}, nil, func(*pflag.FlagSet) error { return nil })
		if fail.KindOf(err) != tt.kind || err == nil || err.Error() != "check_x: "+tt.err.Error() {
			t.Errorf("%v: %s: %v", tt.err, fail.KindOf(err), err)
		}
	}
}
