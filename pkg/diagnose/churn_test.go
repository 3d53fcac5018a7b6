package diagnose_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
)

// watched is a watch of a broker over 31 looks, one a second. The broker opens and closes ten connections a second and
// renews its counters every 5 s. Each look shows one connection that is gone at the next look. Besides, one connection
// stays, one comes and one goes.
func watched(apps bool) *diagnose.ChurnWatch {
	start := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	w := &diagnose.ChurnWatch{}
	for i := range 31 {
		at := start.Add(time.Duration(i) * time.Second)
		// The broker does not renew its counters at the moment of the first look.
		renewed := float64((i + 2) / 5 * 50)
		w.Count(at, diagnose.ChurnCounts{ConnectionsOpened: known(1000 + renewed), ConnectionsClosed: known(990 + renewed),
			ChannelsOpened: known(2 * renewed),
			ChannelsClosed: known(2 * renewed), QueuesDeclared: known(7), QueuesDeleted: known(0)})
		short := diagnose.Connection{Name: fmt.Sprintf("s%d", i), User: "cron", Peer: fmt.Sprintf("10.0.0.1:%d", 5000+i)}
		w.Look(at, "cron", []diagnose.Connection{short})
		stays := []diagnose.Connection{{Name: "steady", User: "app", Peer: "[::1]:4"}}
		if i > 20 {
			stays = append(stays, diagnose.Connection{Name: "comes", User: "app", Peer: "[::1]:5"})
		}
		if i < 10 {
			stays = append(stays, diagnose.Connection{Name: "goes", User: "app", Peer: "[::1]:6"})
		}
		w.Look(at, "app", stays)
		if apps && i%5 == 0 {
			w.Name([]diagnose.Connection{{Name: short.Name, App: "flappy"}})
		}
	}
	return w
}

func TestChurn(t *testing.T) {
	a := watched(false).Answer()
	for name, x := range map[string]struct{ got, want float64 }{"opened": {a.Opened.Value, 10}, "closed": {a.Closed.Value,
		10}, "channels": {a.ChannelsOpened.Value, 20},
		"queues": {a.QueuesDeclared.Value, 0}, "unseen": {a.Unseen.Value, 1 - 31.0/300}} {
		if math.Abs(x.got-x.want) > 0.001 {
			t.Errorf("%s: %v, want %v", name, x.got, x.want)
		}
	}
	if a.Steady != 1 || len(a.Groups) != 2 {
		t.Fatalf("%+v", a)
	}
	cron, app := a.Groups[0], a.Groups[1]
	// Connection s0 existed at the first look, so it was not seen to open. Connection s30 still exists at the last look.
	if cron.User != "cron" || cron.PeerHost != "10.0.0.1" || cron.App != "" || cron.Opened != 30 || cron.Closed != 30 ||
		cron.Open != 1 || cron.Life.Value != 2 || !cron.Share.Known {
		t.Errorf("%+v", cron)
	}
	if app.User != "app" || app.PeerHost != "[::1]" || app.Opened != 1 || app.Closed != 1 || app.Open != 1 ||
		app.Life.Known {
		t.Errorf("%+v", app)
	}
	if named := watched(true).Answer().Groups; len(named) != 3 || named[1].App != "flappy" || named[1].Opened != 6 {
		t.Errorf("%+v", named)
	}
}

func TestChurn_nothing(t *testing.T) {
	w := &diagnose.ChurnWatch{}
	if a := w.Answer(); a.Opened.Known || len(a.Groups) > 0 {
		t.Errorf("%+v", a)
	}
	start := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	// One connection opens in a quiet half minute. Its rate is over the whole time, not over one renewal of the counters.
	for i := range 7 {
		opened := 5.0
		if i > 2 {
			opened = 6
		}
		w.Count(start.Add(time.Duration(5*i)*time.Second), diagnose.ChurnCounts{ConnectionsOpened: known(opened),
			ConnectionsClosed: known(5)})
		w.Look(start.Add(time.Duration(5*i)*time.Second), "app", nil)
	}
	if a := w.Answer(); math.Abs(a.Opened.Value-1.0/30) > 0.001 || a.Closed.Value != 0 || !a.Closed.Known {
		t.Errorf("%+v", a)
	}
	// Counters that the broker does not report stay unknown.
	blind := &diagnose.ChurnWatch{}
	blind.Count(start, diagnose.ChurnCounts{})
	blind.Count(start.Add(time.Minute), diagnose.ChurnCounts{})
	if a := blind.Answer(); a.Opened.Known || a.Unseen.Known {
		t.Errorf("%+v", a)
	}
}
