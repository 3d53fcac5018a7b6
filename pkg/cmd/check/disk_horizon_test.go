package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// nodeWith returns a listing with one node that has this many bytes free. Its alarm comes at 2 GB.
func nodeWith(free string) string {
	return `[{"name":"rabbit@a","running":true,"disk_free":` + free + `,"disk_free_limit":2000000000,"partitions":[]}]`
}

// The broker's own history is enough for a verdict in the first run.
func TestCheckDisk_horizon(t *testing.T) {
	t.Parallel()
	still := []float64{12e9, 12e9, 12e9, 12e9, 12e9, 12e9, 12e9, 12e9, 12e9, 12e9, 12e9}
	sent := []float64{1, 21, 41, 61, 81, 101, 121, 141, 161, 181, 201}
	tests := []struct {
		name, words, history, published string
		status                          fail.Kind
		want                            string
	}{
		{"falls", "--horizon 8h", brokertest.DiskHistory("rabbit@a", brokertest.Falling(12e9, 0.1e9)...),
			brokertest.Published(1, 2, 3), fail.Warning,
			"WARNING - rabbit@a 12 GB free, alarm at 2 GB (6.00x); it falls 6 GB/h: alarm in 1h40m | rabbit@a_free=12000000000B;4000000000:;2400000000:;0 rabbit@a_limit=2000000000B rabbit@a_alarm_in=6000s;28800:;;0\nlooked at: the trend by what the broker remembers of the last hour\n"},
		{"falls fast", "--horizon 8h,2h", brokertest.DiskHistory("rabbit@a", brokertest.Falling(12e9, 0.1e9)...),
			brokertest.Published(1, 2, 3), fail.Critical, "CRITICAL - rabbit@a 12 GB free"},
		{"lasts by seconds", "--horizon 3600", brokertest.DiskHistory("rabbit@a", brokertest.Falling(12e9, 0.1e9)...),
			brokertest.Published(1, 2, 3), "", "alarm in 1h40m"},
		{"falls within a day", "--horizon 1d", brokertest.DiskHistory("rabbit@a", brokertest.Falling(12e9, 0.1e9)...),
			brokertest.Published(1, 2, 3), fail.Unknown, "are only 10m apart, and 30m are needed"},
		{"lasts", "--horizon 1h", brokertest.DiskHistory("rabbit@a", brokertest.Falling(12e9, 0.1e9)...),
			brokertest.Published(1, 2, 3), "",
			"OK - rabbit@a 12 GB free, alarm at 2 GB (6.00x); it falls 6 GB/h: alarm in 1h40m"},
		{"stands", "--horizon 8h", brokertest.DiskHistory("rabbit@a", brokertest.Falling(12e9, 0)...), brokertest.Published(1,
			2, 3), "", "OK - rabbit@a 12 GB free, alarm at 2 GB (6.00x); it did not fall steadily in 10m"},
		{"doubtful", "--horizon 8h", brokertest.DiskHistory("rabbit@a", still...), brokertest.Published(sent...),
			fail.Unknown, "doubtful: it has not changed by a byte for 10m, while 200 messages were published; the broker's disk monitor may be off"},
		{"young", "--horizon 8h", brokertest.DiskHistory("rabbit@a", 12e9), brokertest.Published(1), fail.Unknown,
			"its trend is unknown: there is only one reading so far"},
		{"no statistics", "--horizon 8h", `[{"name":"rabbit@a"}]`, "", fail.Unknown,
			"its trend is unknown: there is no reading of the node's free space"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(brokertest.AskHistory, 200, tt.history)
			if tt.published != "" {
				s.JSON(brokertest.AskPublished, 200, tt.published)
			}
			s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
			s.JSON(brokertest.AskNodes, 200, nodeWith("12000000000"))
			got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, append([]string{"check_disk"},
				strings.Fields(tt.words)...)...)
			if kindOf(got.Error) != tt.status || !strings.Contains(got.Out, tt.want) {
				t.Errorf("%v\n%s\nwant %s", got.Error, got.Out, tt.want)
			}
		})
	}
	t.Run("three readings", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
		for _, free := range []string{"12200000000", "12100000000", "12000000000"} {
			s.JSON(brokertest.AskNodes, 200, nodeWith(free))
		}
		got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_disk", "--horizon", "1h", "--sample", "30s")
		if want := "it falls 24 GB/h: alarm in 25m"; kindOf(got.Error) != fail.Warning || !strings.Contains(got.Out, want) {
			t.Errorf("%v\n%s\nwant %s", got.Error, got.Out, want)
		}
	})
	t.Run("table", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskHistory, 200, brokertest.DiskHistory("rabbit@a", brokertest.Falling(12e9, 0.1e9)...))
		s.JSON(brokertest.AskPublished, 200, brokertest.Published(1, 2, 3))
		s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
		s.JSON(brokertest.AskNodes, 200, nodeWith("12000000000"))
		run(t, "check_disk/horizon table", cmdtest.Run{}, s, "check_disk", "--horizon", "8h", "-o", "table")
	})
	for name, words := range map[string]string{
		"no time": "--horizon soon", "too short": "--horizon 30s", "order": "--horizon 1h,8h", "sample alone": "--sample 30s",
		"both":             "--horizon 8h --sample 30s --state x",
		"sample too short": "--horizon 8h --sample 20s", "no room": "--horizon 8h --sample 30s --timeout 20",
	} {
		t.Run("usage "+name, func(t *testing.T) {
			t.Parallel()
			got := cmdtest.Run{Commands: check.Commands()}.Do(t, brokertest.New(t), append([]string{"check_disk"},
				strings.Fields(words)...)...)
			if kindOf(got.Error) != fail.Usage || len(got.Requests) > 0 {
				t.Errorf("%v %q", got.Error, got.Requests)
			}
		})
	}
}

// The trend comes from the readings of earlier runs, and the run adds its own reading.
func TestCheckDisk_state(t *testing.T) {
	t.Parallel()
	const (
		mark = `{"kind":"rabbitctl check_disk state 1","broker":"shop","nodes":{"rabbit@a":[`
		old  = `{"taken":"2026-03-04T04:46:07Z","free":16000000000,"published":5},{"taken":"2026-03-04T04:56:07Z","free":14000000000,"published":6}`
		now  = `{"taken":"2026-03-04T05:06:07Z","free":12000000000,"published":9}`
	)
	tests := []struct {
		name, before string
		status       fail.Kind
		want, after  string
	}{
		{"first", "", fail.Unknown, "its trend is unknown: there is only one reading so far", mark + now + "]}}\n"},
		{"third", mark + old + "]}}", fail.Warning, "it falls 12 GB/h: alarm in 50m", mark + old + "," + now + "]}}\n"},
		{"another broker", strings.Replace(mark, "shop", "bank", 1) + old + "]}}", fail.Unknown,
			"there is only one reading so far", mark + now + "]}}\n"},
		{"another check's", `{"kind":"rabbitctl check_queues state 1"}`, fail.Unknown,
			"is not a state file of check_disk, so it is not overwritten", `{"kind":"rabbitctl check_queues state 1"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			if tt.name != "another check's" {
				s.JSON("GET /api/overview", 200, `{"cluster_name":"shop","message_stats":{"publish":9}}`)
				s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
				s.JSON(brokertest.AskNodes, 200, nodeWith("12000000000"))
			}
			file := filepath.Join(t.TempDir(), "disk.state")
			if tt.before != "" {
				put(t, file, tt.before)
			}
			got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_disk", "--horizon", "8h", "--state", file)
			if kindOf(got.Error) != tt.status || !strings.Contains(got.Out, tt.want) {
				t.Errorf("%v\n%s\nwant %s", got.Error, got.Out, tt.want)
			}
			if after, err := os.ReadFile(file); err != nil || string(after) != tt.after {
				t.Errorf("%v, kept is\n%s\nwant\n%s", err, after, tt.after)
			}
		})
	}
}
