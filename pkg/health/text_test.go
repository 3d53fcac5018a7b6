package health_test

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func TestNagios(t *testing.T) {
	tests := []struct {
		name string
		r    health.Result
		want string
	}{
		{"bare", health.Result{Summary: "all is well"}, "OK - all is well\n"},
		{"figures", health.Result{Status: health.Warning, Summary: "low", Figures: []health.Figure{
			{Label: "rabbit@a_free", Value: 19e9, Unit: "B", Warning: "20000000000:", Critical: "12000000000:"},
			{Label: "rabbit@a_limit", Value: 1e10, Unit: "B"}}},
			"WARNING - low | rabbit@a_free=19000000000B;20000000000:;12000000000:;0 rabbit@a_limit=10000000000B\n"},
		{"details", health.Result{Status: health.Critical, Summary: "bad", Details: []string{"a|b", "c\nd"}},
			"CRITICAL - bad\na/b\nc d\n"},
		{"a pipe and a line end in the summary", health.Result{Status: health.Unknown, Summary: "x|y\r\nz"},
			"UNKNOWN - x/y  z\n"},
		{"critical only", health.Result{Summary: "s", Figures: []health.Figure{{Label: "alarms", Critical: "0"}}},
			"OK - s | alarms=0;;0;0\n"},
		{"label to quote", health.Result{Summary: "s", Figures: []health.Figure{{Label: "it's = a label", Value: 1.5}}},
			"OK - s | 'it''s _ a label'=1.5\n"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.r.Nagios()); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

func TestPrometheus(t *testing.T) {
	r := health.Result{Status: health.Critical, Summary: "not in it", Figures: []health.Figure{
		{Label: "rabbit@a_free", Value: 19e9, Unit: "B"}, {Label: "q\"\\\n", Value: 0.25}}}
	want := `# HELP rabbitctl_check_status Verdict of the check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
# TYPE rabbitctl_check_status gauge
rabbitctl_check_status{check="check_disk"} 2
# HELP rabbitctl_check_figure What the check measured; unit B is bytes.
# TYPE rabbitctl_check_figure gauge
rabbitctl_check_figure{check="check_disk",label="rabbit@a_free",unit="B"} 19000000000
rabbitctl_check_figure{check="check_disk",label="q\"\\\n",unit=""} 0.25
`
	if diff := cmp.Diff(want, r.Prometheus("check_disk")); diff != "" {
		t.Error(diff)
	}
}

// perfdata reads a first line by the Monitoring Plugins guidelines: what follows the first pipe is
// 'label'=value[UOM];[warn];[crit];[min];[max], separated by blanks; a quote in a quoted label is doubled.
func perfdata(line string) ([]health.Figure, error) {
	_, data, found := strings.Cut(line, "|")
	if !found {
		return nil, nil
	}
	if strings.Contains(data, "|") {
		return nil, errors.New("a second pipe")
	}
	var out []health.Figure
	for data = strings.TrimLeft(data, " "); data != ""; data = strings.TrimLeft(data, " ") {
		var f health.Figure
		if data[0] == '\'' {
			data = data[1:]
			for {
				i := strings.IndexByte(data, '\'')
				if i < 0 {
					return nil, errors.New("unended quote")
				}
				f.Label += data[:i]
				data = data[i+1:]
				if !strings.HasPrefix(data, "'") {
					break
				}
				f.Label += "'"
				data = data[1:]
			}
		} else {
			i := strings.IndexAny(data, "= '")
			if i < 0 || data[i] != '=' {
				return nil, fmt.Errorf("label in %q", data)
			}
			f.Label, data = data[:i], data[i:]
		}
		if f.Label == "" || strings.Contains(f.Label, "=") {
			return nil, fmt.Errorf("label %q", f.Label)
		}
		rest, ok := strings.CutPrefix(data, "=")
		if !ok {
			return nil, fmt.Errorf("no value in %q", data)
		}
		var word string
		word, data, _ = strings.Cut(rest, " ")
		fields := strings.Split(word, ";")
		value := regexp.MustCompile(`^(-?[0-9]+(?:\.[0-9]+)?)(s|us|ms|%|B|KB|MB|TB|c|)$`).FindStringSubmatch(fields[0])
		if value == nil {
			return nil, fmt.Errorf("value %q", fields[0])
		}
		f.Value, _ = strconv.ParseFloat(value[1], 64)
		f.Unit = value[2]
		ranges := regexp.MustCompile(`^(@?((~|-?[0-9]+(\.[0-9]+)?)?:)?(-?[0-9]+(\.[0-9]+)?)?)$`)
		bound := regexp.MustCompile(`^(-?[0-9]+(\.[0-9]+)?)?$`)
		for i, field := range fields[1:] {
			switch _, err := health.ParseRange(field); {
			case i > 3:
				return nil, fmt.Errorf("too many fields in %q", word)
			case i < 2 && (!ranges.MatchString(field) || err != nil):
				return nil, fmt.Errorf("range %q: %w", field, err)
			case i >= 2 && !bound.MatchString(field):
				return nil, fmt.Errorf("minimum or maximum %q", field)
			case i == 0:
				f.Warning = field
			case i == 1:
				f.Critical = field
			}
		}
		if slices.ContainsFunc(out, func(o health.Figure) bool { return o.Label == f.Label }) {
			return nil, fmt.Errorf("label %q twice", f.Label)
		}
		out = append(out, f)
	}
	return out, nil
}

// sample is a line of the Prometheus text format.
type sample struct {
	name   string
	labels map[string]string
	value  float64
}

// exposition reads the Prometheus text format strictly. It accepts only valid names and the three escapes. One HELP and
// one TYPE must come before the first sample of a family, the samples of a family must stand together, and no sample
// may occur twice.
func exposition(text string) ([]sample, error) {
	if text != "" && !strings.HasSuffix(text, "\n") {
		return nil, errors.New("the last line does not end")
	}
	typed, helped := map[string]bool{}, map[string]bool{}
	family := ""
	seen := map[string]bool{}
	var out []sample
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if word := strings.Fields(line); strings.HasPrefix(line, "# ") {
			if len(word) < 4 || word[1] != "HELP" && word[1] != "TYPE" {
				return nil, fmt.Errorf("comment %q", line)
			}
			of := helped
			if word[1] == "TYPE" {
				of = typed
				if len(word) != 4 || !slices.Contains([]string{"counter", "gauge", "histogram", "summary", "untyped"}, word[3]) {
					return nil, fmt.Errorf("type %q", line)
				}
			}
			if of[word[2]] {
				return nil, fmt.Errorf("%s of %s twice", word[1], word[2])
			}
			of[word[2]] = true
			family = word[2]
			continue
		}
		brace := strings.IndexByte(line, '{')
		if brace < 0 {
			return nil, fmt.Errorf("no labels in %q", line)
		}
		s := sample{name: line[:brace], labels: map[string]string{}}
		if s.name != family || !helped[s.name] || !typed[s.name] || !regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`).
			MatchString(s.name) {
			return nil, fmt.Errorf("name %q", s.name)
		}
		rest := line[brace+1:]
		for !strings.HasPrefix(rest, "}") {
			name, after, ok := strings.Cut(rest, `="`)
			if !ok || !regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`).MatchString(name) {
				return nil, fmt.Errorf("label in %q", rest)
			}
			var value strings.Builder
			closed := false
			for i := 0; i < len(after) && !closed; i++ {
				switch c := after[i]; {
				case c == '\\':
					i++
					plain, known := map[byte]byte{'\\': '\\', '"': '"', 'n': '\n'}[after[min(i, len(after)-1)]]
					if !known {
						return nil, fmt.Errorf("escape in %q", after)
					}
					value.WriteByte(plain)
				case c == '"':
					closed = true
					rest = strings.TrimPrefix(after[i+1:], ",")
				default:
					value.WriteByte(c)
				}
			}
			if !closed {
				return nil, fmt.Errorf("unended value in %q", line)
			}
			if _, twice := s.labels[name]; twice {
				return nil, fmt.Errorf("label %q twice", name)
			}
			s.labels[name] = value.String()
		}
		if series := s.name + fmt.Sprint(s.labels); seen[series] {
			return nil, fmt.Errorf("%s twice", series)
		} else {
			seen[series] = true
		}
		var err error
		if s.value, err = strconv.ParseFloat(strings.TrimPrefix(rest, "} "), 64); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func FuzzTextsParseBack(f *testing.F) {
	f.Add("all is well", "detail", "rabbit@a_free", 12.5, "B", uint8(0))
	f.Add("a|b\nc", "d|e", "it's = x", -1.0, "", uint8(2))
	f.Add("", "", `\" n`, 1e18, "%", uint8(3))
	f.Add("0", "0", "|", 55.0, "B", uint8(1))
	f.Fuzz(func(t *testing.T, summary, detail, label string, value float64, unit string, status uint8) {
		if label == "" || label == "second" || math.IsNaN(value) || math.IsInf(value, 0) ||
			!regexp.MustCompile(`^(s|%|B|c|)$`).MatchString(unit) || !utf8.ValidString(label) {
			t.Skip()
		}
		fig := health.Figure{Label: label, Value: value, Unit: unit, Warning: "2:", Critical: "1:"}
		r := health.Result{Status: health.Status(status % 4), Summary: summary, Details: []string{detail},
			Figures: []health.Figure{fig, {Label: "second", Value: 1}}}

		lines := strings.Split(strings.TrimSuffix(r.Nagios(), "\n"), "\n")
		if len(lines) != 2 || strings.Contains(lines[1], "|") {
			t.Fatalf("one line and one detail expected: %q", lines)
		}
		if !strings.HasPrefix(lines[0], r.Status.String()+" - ") {
			t.Errorf("the status does not lead: %q", lines[0])
		}
		got, err := perfdata(lines[0])
		if err != nil {
			t.Fatalf("%q: %v", lines[0], err)
		}
		readable := strings.NewReplacer("=", "_", "\n", " ", "\r", " ", "|", "/").Replace(label)
		want := fig
		want.Label = readable
		if diff := cmp.Diff([]health.Figure{want, {Label: "second", Value: 1}}, got); diff != "" {
			t.Errorf("%q: %s", lines[0], diff)
		}

		samples, err := exposition(r.Prometheus("check_disk"))
		if err != nil {
			t.Fatalf("%s: %v", r.Prometheus("check_disk"), err)
		}
		wantSamples := []sample{
			{"rabbitctl_check_status", map[string]string{"check": "check_disk"}, float64(r.Status)},
			{"rabbitctl_check_figure", map[string]string{"check": "check_disk", "label": label, "unit": unit}, value},
			{"rabbitctl_check_figure", map[string]string{"check": "check_disk", "label": "second", "unit": ""}, 1},
		}
		if diff := cmp.Diff(wantSamples, samples, cmp.AllowUnexported(sample{})); diff != "" {
			t.Error(diff)
		}
	})
}
