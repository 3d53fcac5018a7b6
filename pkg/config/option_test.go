package config

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

func TestOptionsAreWellFormed(t *testing.T) {
	seen := map[string]string{}
	once := func(o Option, what string) {
		if what == "" {
			return
		}
		if other, ok := seen[what]; ok {
			t.Errorf("%s and %s share %s", o.Name, other, what)
		}
		seen[what] = o.Name
	}
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	for _, o := range Options() {
		once(o, "name "+o.Name)
		if o.Short != "" {
			once(o, "-"+o.Short)
		}
		upper := strings.ToUpper(strings.ReplaceAll(o.Name, "-", "_"))
		if !kebab.MatchString(o.Name) || o.Flag != "" && o.Flag != o.Name || o.Env != "" && o.Env != "RABBITCTL_"+upper ||
			o.Key != "" && o.Key != strings.ToLower(upper) {
			t.Errorf("%s: flag %q, variable %q, key %q do not follow the name", o.Name, o.Flag, o.Env, o.Key)
		}
		if o.Secret && o.ByFlag() {
			t.Errorf("%s is a secret and comes by flag", o.Name)
		}
		if o.Help == "" || strings.HasSuffix(o.Help, ".") || strings.Contains(o.Help, "\n") {
			t.Errorf("%s: help %q", o.Name, o.Help)
		}
		if o.ByFlag() && (o.Kind == Bool) != (o.Placeholder == "") {
			t.Errorf("%s: placeholder %q", o.Name, o.Placeholder)
		}
		if !o.ByFlag() && o.Env == "" && !o.InContext() {
			t.Errorf("%s can come from nowhere", o.Name)
		}
		if err := o.Kind.check(o.Default); o.Default != "" && err != nil {
			t.Errorf("%s: default: %v", o.Name, err)
		}
	}
	Options()[0].Name = "changed"
	if Options()[0].Name != nameURL {
		t.Error("Options hands out shared memory")
	}
}

func TestBoundFlags(t *testing.T) {
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	BindFlags(fs)
	var shorts []string
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Shorthand != "" {
			shorts = append(shorts, f.Shorthand)
		}
	})
	slices.Sort(shorts)
	if diff := cmp.Diff([]string{"c", "o", "q", "t", "u"}, shorts); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
	for _, name := range []string{"password", "vhost", "protected"} {
		if fs.Lookup(name) != nil {
			t.Errorf("--%s is on every command", name)
		}
	}
	usage := fs.FlagUsages()
	for _, want := range []string{"-t, --timeout DURATION ", "(default 60s)", "--host HOST ", "(default 127.0.0.1)",
		"      --tls    "} {
		if !strings.Contains(usage, want) {
			t.Errorf("usage lacks %q:\n%s", want, usage)
		}
	}
	BindVHostFlag(fs)
	if f := fs.ShorthandLookup("p"); f == nil || f.Name != "vhost" {
		t.Error("-p is not --vhost")
	}
	if err := fs.Parse([]string{"--tls", "-qc", "x"}); err != nil || fs.NArg() > 0 {
		t.Errorf("switches: %v, %q left", err, fs.Args())
	}
	if on, err := fs.GetBool("tls"); !on || err != nil {
		t.Errorf("GetBool: %v, %v", on, err)
	}
}

func TestMisspeltVariables(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"RABBITCTL_USER", "RABBITCTL_USERNAME"},
		{"RABBITCTL_PASS", "RABBITCTL_PASSWORD"},
		{"RABBITCTL_PASSWD", "RABBITCTL_PASSWORD"},
		{"RABBITCTL_HOSTNAME", "RABBITCTL_HOST"},
		{"RABBITCTL_USRENAME", "RABBITCTL_USERNAME"},
		{"RABBITCTL_url", "RABBITCTL_URL"},
		{"RABBITCTL_FORMAT", "RABBITCTL_FORMATTER"},
		{"RABBITCTL_PATHPREFIX", "RABBITCTL_PATH_PREFIX"},
		{"RABBITCTL_URL_STAGING", ""},
		{"RABBITCTL_ACCEPTANCE_NODES", ""},
		{"RABBITMQADMIN_USERNAM", ""},
		{"RABBITCTL_URL", ""},
	} {
		var want []string
		if tt.want != "" {
			want = []string{tt.name + " is not a variable of rabbitctl, did you mean " + tt.want + "?"}
		}
		if diff := cmp.Diff(want, misspeltVariables([]string{tt.name + "=x", "HOME=/", "odd"})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestDurations(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"60", "1m0s"}, {"500ms", "500ms"}, {"2m", "2m0s"}, {"1h30m", "1h30m0s"}, {"infinity", "0s"}, {"1.5s", "1.5s"},
		{"0", "error"}, {"-1", "error"}, {"-1s", "error"}, {"0ms", "error"}, {"1.5", "error"}, {"", "error"}, {"x", "error"},
		{"9223372036854775807", "error"},
	} {
		got := "error"
		if d, err := parseDuration(tt.text); err == nil {
			got = d.String()
		}
		if got != tt.want {
			t.Errorf("%q is %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestWarnings(t *testing.T) {
	w := newWorld(t)
	w.config(t, twoContexts)
	w.env["RABBITCTL_CONTEXT"] = "prod"
	w.env["RABBITCTL_PORT"] = "99"
	w.env["RABBITCTL_USER"] = "x"
	want := []string{
		"RABBITCTL_USER is not a variable of rabbitctl, did you mean RABBITCTL_USERNAME?",
		"context prod is for https://prod:15671/mq, but RABBITCTL_PORT changes that to https://prod:99/mq",
	}
	if diff := cmp.Diff(want, w.mustResolve(t).Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	for _, args := range [][]string{{"-c", "prod"}, {"--url", "http://other"}} {
		w.args = args
		if got := w.mustResolve(t).Warnings; len(got) != 1 {
			t.Errorf("%q says what is meant: %q", args, got)
		}
	}
	w.args = nil
	w.env["RABBITCTL_CONTEXT"] = ""
	if got := w.mustResolve(t).Warnings; len(got) != 1 {
		t.Errorf("a default context is no contradiction: %q", got)
	}
}

// Flags of single commands for durations accept the same texts as --timeout, except infinity.
func TestDurationFlag(t *testing.T) {
	fs := pflag.NewFlagSet("x", pflag.ContinueOnError)
	var d time.Duration
	DurationFlag(fs, &d, "sample", 15*time.Second, "look for this `TIME`")
	if d != 15*time.Second || !strings.Contains(fs.FlagUsages(), "--sample TIME") || !strings.Contains(fs.FlagUsages(),
		"(default 15s)") {
		t.Errorf("%s: %q", d, fs.FlagUsages())
	}
	for text, want := range map[string]time.Duration{"5": 5 * time.Second, "2m": 2 * time.Minute,
		"100ms": 100 * time.Millisecond} {
		if err := fs.Parse([]string{"--sample", text}); err != nil || d != want {
			t.Errorf("%s: %s, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "x", "0", "-1s", "infinity", "5 s"} {
		if err := fs.Parse([]string{"--sample", text}); err == nil {
			t.Errorf("%q was taken for %s", text, d)
		}
	}
}
