package verb

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// Host gives a command's hooks the clock, files, notes and progress. With it a test can replace all of these, and no
// hook touches the machine directly.
type Host struct {
	app *app.App
	// progress receives what the command waits for; nil means that this is not shown.
	progress func(format string, args ...any)
	// notes receives what people should know besides the result; nil means that notes are dropped.
	notes func(format string, args ...any)
}

// Silent returns a host with the app's clock and files and without notes, for a caller that writes its own notes.
func Silent(a *app.App) Host { return Host{app: a} }

// hostOf returns a host whose notes go to stderr.
func hostOf(a *app.App) Host {
	return Host{app: a, notes: func(format string, args ...any) { note(a, "%s", a.Label()+fmt.Sprintf(format, args...)) }}
}

// Now returns the time of the clock.
func (h Host) Now() time.Time { return h.app.Now() }

// Sleep waits for length. If the context ends before that, it returns the context's error.
func (h Host) Sleep(ctx context.Context, length time.Duration) error { return h.app.Sleep(ctx, length) }

// Until calls look repeatedly until it returns true or the time is over: see app.App.Until.
func (h Host) Until(ctx context.Context, within, first, most time.Duration, look func() (bool, error)) (bool, error) {
	return h.app.Until(ctx, within, first, most, look)
}

// Timeout returns the time budget of the whole command, or 0 if there is none. If the settings cannot be read, it also
// returns 0: their error is reported before the first request.
func (h Host) Timeout() time.Duration {
	s, err := h.app.Settings()
	if err != nil {
		return 0
	}
	return s.Timeout
}

// ReadFile returns the whole content of a file that the command line named, of at most 64 MiB. For a file that does not
// exist, it returns an error for which errors.Is(err, fs.ErrNotExist) is true.
func (h Host) ReadFile(path string) ([]byte, error) { return h.app.ReadFile(path) }

// Program returns the settings with which a command connects over AMQP.
func (h Host) Program(command string) messages.Program {
	p := messages.Program{Command: command, Version: h.app.Version}
	if s, err := h.app.Settings(); err == nil {
		p.URL = s.AMQPURL
	}
	return p
}

// Answers returns an error if --node names another node than the one whose management API answers: a check of the
// answering node would judge the wrong one. Without --node it asks nothing.
func (h Host) Answers(ctx context.Context, c *broker.Client) error {
	s, err := h.app.Settings()
	if err != nil || !strings.HasPrefix(s.Origin("node"), "flag ") || s.Distribution.Node == "" {
		return err
	}
	overview, err := c.Brief(ctx)
	if err != nil {
		return err
	}
	node, named := overview.At("node").Text(), s.Distribution.Node
	if node == named || strings.HasPrefix(node, named+"@") {
		return nil
	}
	return fail.New(fail.Unavailable, "--node names %s, but the management API of node %s answers: --node is asked only if "+
		"no API answers", named, node).Next("give the address of that node's API with --url, or leave --node out")
}

// Agreed refuses a change in a read-only context, and in a protected context unless the command line agrees to it; goOn
// says how to agree. It is for a command that otherwise only reads. It asks no question.
func (h Host) Agreed(yes bool, why, goOn string) error {
	must, err := h.app.MustAsk(app.Intent{Yes: yes, Why: why, GoOn: goOn})
	if !must {
		return err
	}
	s, err := h.app.Settings()
	if err != nil {
		return err
	}
	return fail.Usagef("confirmation needed, because context %s is protected and %s", s.Context, why).Next("%s", goOn)
}

// Replace writes a whole file, new or in place of an old one. If that fails, an old file stays unchanged.
func (h Host) Replace(path string, write func(io.Writer) error) error {
	return h.app.Replace(path, write)
}

// Note writes a line for people on stderr, unless they asked for quiet. Facts that scripts read belong in rows.
func (h Host) Note(format string, args ...any) {
	if h.notes != nil {
		h.notes(format, args...)
	}
}

// Waiting shows at a terminal what the command waits for, if the wait is long.
func (h Host) Waiting(format string, args ...any) {
	if h.progress != nil {
		h.progress(format, args...)
	}
}

// during returns the host with a progress line.
func (h Host) during(progress func(format string, args ...any)) Host {
	h.progress = progress
	return h
}

// keeping returns the host with notes that are added to the list, as lines.
func (h Host) keeping(list *[]string) Host {
	h.notes = func(format string, args ...any) { *list = append(*list, fmt.Sprintf(format, args...)) }
	return h
}

// waitingLine is the progress line that is shown at present, if there is one. It is safe for concurrent use.
type waitingLine struct {
	mu  sync.Mutex
	now *iostreams.Progress
}

func (w *waitingLine) show(p *iostreams.Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = p
}

// update replaces the text of the line.
func (w *waitingLine) update(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now != nil {
		w.now.Update(format, args...)
	}
}

// end clears the line.
func (w *waitingLine) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now != nil {
		w.now.Stop()
		w.now = nil
	}
}

// CreateFile makes a new file that only its owner can read, and never overwrites a file; "-" is standard output.
func (h Host) CreateFile(path string) (change.NewFile, error) { return h.app.CreateFile(path) }

// Exists reports whether there is a file, a folder or anything else at the path.
func (h Host) Exists(path string) bool { return h.app.Exists(path) }

// Entries returns the names in a folder. folder is false if the path is not a folder.
func (h Host) Entries(path string) (names []string, folder bool, err error) {
	return h.app.Entries(path)
}

// OpenFile opens a file to read; "-" is standard input.
func (h Host) OpenFile(ctx context.Context, path string) (io.ReadCloser, error) {
	return h.app.OpenFile(ctx, path)
}

// OpenLarge opens a file that is to be read to its end. The reading of a regular file may take longer than the time
// budget as long as data arrives; a pipe must end within the budget.
func (h Host) OpenLarge(ctx context.Context, path string) (io.ReadCloser, error) {
	return h.app.OpenLarge(ctx, path)
}

// OpenNotes opens a small file of this program, which need not exist.
func (h Host) OpenNotes(path string) (change.Notes, error) {
	n, err := h.app.OpenNotes(path)
	if err != nil {
		return nil, err
	}
	return n, nil
}
