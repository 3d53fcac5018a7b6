package cli

import (
	"encoding/json"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

func TestBuildOf(t *testing.T) {
	t.Parallel()
	stamps := []debug.BuildSetting{
		{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: "0123456789abcdef0123"},
		{Key: "vcs.time", Value: "2026-11-29T01:41:48Z"},
	}
	dirty := append(stamps[:3:3], debug.BuildSetting{Key: "vcs.modified", Value: "true"})
	for _, tt := range []struct {
		module   string
		settings []debug.BuildSetting
		version  string
		text     string
	}{
		{"", nil, release, ""},
		{"(devel)", nil, release, ""},
		{"v1.2.3", nil, "1.2.3", ""},
		{"v0.0.0-20261129014148-0123456789ab+dirty", dirty, release, "commit 0123456789ab of 2026-11-29 with changes, "},
		{"v1.2.4-0.20261129014148-0123456789ab", stamps, "1.2.4-0.20261129014148-0123456789ab",
			"commit 0123456789ab of 2026-11-29, "},
	} {
		b := buildOf(&debug.BuildInfo{Main: debug.Module{Version: tt.module}, Settings: tt.settings})
		if b.version != tt.version || b.origin() != tt.text {
			t.Errorf("%q: %q, %q", tt.module, b.version, b.origin())
		}
	}
}

func TestVersion_formats(t *testing.T) {
	t.Parallel()
	run := func(environ []string, args ...string) (out, errs string, code int) {
		streams, o, e := iostreams.Test("")
		code = Run(t.Context(), app.New(streams, environ, "1.2.3"), args)
		return o.String(), e.String(), code
	}
	broken := []string{"RABBITCTL_CONFIG=/does/not/exist.toml"}
	for _, how := range []struct {
		environ, args []string
	}{
		{broken, []string{"version", "-o", "json"}},
		{append(broken, "RABBITCTL_FORMATTER=json"), []string{"version"}},
	} {
		out, errs, code := run(how.environ, how.args...)
		var v map[string]any
		if err := json.Unmarshal([]byte(out), &v); err != nil || code != 0 || errs != "" {
			t.Fatalf("%q: exit %d, %v, %q", how.args, code, err, errs)
		}
		commit, there := v["commit"]
		if v["version"] != "1.2.3" || !strings.HasPrefix(v["go"].(string), "go") || !there || commit == "" {
			t.Errorf("%q: %s", how.args, out)
		}
	}
	if out, _, code := run(broken, "version"); code != 0 || !strings.HasPrefix(out, "rabbitctl 1.2.3 (") {
		t.Errorf("exit %d, %q", code, out)
	}
	_, errs, code := run(nil, "version", "-o", "jsonn")
	if code != exitCode(fail.Usage) || !strings.Contains(errs, "jsonn") {
		t.Errorf("exit %d, %q", code, errs)
	}
}
