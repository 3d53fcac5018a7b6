package feature_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/feature"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	const (
		ask    = "GET /api/feature-flags?columns=name%2Cstate%2Cstability "
		done   = `{"name":"old","state":"enabled","stability":"required"}`
		a      = `{"name":"a","state":"disabled","stability":"stable"}`
		aDone  = `{"name":"a","state":"enabled","stability":"stable"}`
		aMoves = `{"name":"a","state":"state_changing","stability":"stable"}`
		b      = `{"name":"b","state":"disabled","stability":"stable"}`
		bDone  = `{"name":"b","state":"enabled","stability":"stable"}`
		try    = `{"name":"try","state":"disabled","stability":"experimental"}`
		tried  = `{"name":"try","state":"enabled","stability":"experimental"}`
		before = ask + "200 [" + done + "," + a + "," + b + "," + try + "]"
		putA   = "PUT /api/feature-flags/a/enable "
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, feature.Commands, "change", []cmdtest.ChangeCase{
		c("one", "enable_feature_flag a --yes", "", []string{before, putA + "204", ask + "200 [" + aMoves + "]",
			ask + "200 [" + aDone + "]"}),
		c("one again", "enable_feature_flag old", "", []string{before}),
		c("all", "enable_feature_flag all --yes", "", []string{before, putA + "204", ask + "200 [" + aDone + "," + b + "]",
			"PUT /api/feature-flags/b/enable 204", ask + "200 [" + aDone + "," + bDone + "]"}),
		c("all again", "enable_feature_flag all", "", []string{ask + "200 [" + done + "," + try + "]"}),
		c("all, dry run", "enable_feature_flag all --dry-run", "", []string{before}),
		c("all, dry run, quiet", "enable_feature_flag all --dry-run --quiet", "", []string{before}),
		c("quiet, refused at the terminal", "enable_feature_flag a --quiet", "no\n", []string{before}),
		c("all, compared", "enable_feature_flag all --check", "", []string{before}),
		c("all, refused", "enable_feature_flag all --yes", "", []string{before,
			putA + `400 {"error":"bad_request","reason":"not all nodes run"}`}),
		c("without consent", "enable_feature_flag a", "", []string{before}),
		c("experimental", "enable_feature_flag try --yes", "", []string{before}),
		c("experimental, opted in", "enable_feature_flag try --opt-in --yes", "", []string{before,
			"PUT /api/feature-flags/try/enable 204", ask + "200 [" + tried + "]"}),
		c("all, opted in", "enable_feature_flag all --opt-in", "", nil),
		c("unknown", "enable_feature_flag aa", "", []string{before, before}),
		c("nameless", "enable_feature_flag all", "", []string{ask + `200 [{"state":"disabled"}]`}),
	})
}
