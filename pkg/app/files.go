package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// NewFile is a file that is written, or standard output.
type NewFile struct {
	io.Writer
	f        *os.File
	terminal bool
}

// Terminal reports whether the text goes to a terminal.
func (n NewFile) Terminal() bool { return n.terminal }

// Sync makes sure that everything that was written is on the disk. For standard output it does nothing.
func (n NewFile) Sync() error {
	if n.f == nil {
		return nil
	}
	return n.f.Sync()
}

// Close closes the file. Standard output stays open.
func (n NewFile) Close() error {
	if n.f == nil {
		return nil
	}
	return n.f.Close()
}

// Discard closes the file and removes it. For standard output it does nothing.
func (n NewFile) Discard() error {
	if n.f == nil {
		return nil
	}
	return errors.Join(n.f.Close(), os.Remove(n.f.Name()))
}

// onTerminal writes text to a terminal, and shows control characters instead of sending them.
type onTerminal struct{ to io.Writer }

// Write implements io.Writer. If p has only a part of a character, the bytes of that part are shown.
func (t onTerminal) Write(p []byte) (int, error) {
	if _, err := io.WriteString(t.to, render.EscapeLines(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// CreateFile makes a file that only its owner can read, and never overwrites a file. "-" is standard output; at a
// terminal control characters are shown, not sent.
func (a *App) CreateFile(path string) (NewFile, error) {
	if path == "-" && a.IO.OutTTY {
		return NewFile{Writer: onTerminal{a.IO.Out}, terminal: true}, nil
	}
	if path == "-" {
		return NewFile{Writer: a.IO.Out}, nil
	}
	f, err := file.Create(path)
	if err != nil {
		return NewFile{}, err
	}
	return NewFile{Writer: f, f: f}, nil
}

// Folder makes a folder that only its owner can open, and returns the names in it. A folder that exists already is not
// an error, and keeps its mode.
func (a *App) Folder(path string) ([]string, error) { return file.Folder(path) }

// Entries are the names in a folder, sorted; folder is false if the path is not a folder, or does not exist.
func (a *App) Entries(path string) (names []string, folder bool, err error) {
	if info, err := os.Stat(path); path == "-" || err != nil || !info.IsDir() {
		return nil, false, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, true, fail.New(fail.Config, "%s cannot be read: %w", path, err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, true, nil
}

// OpenNotes opens a small file of rabbitctl's own.
func (a *App) OpenNotes(path string) (*file.Notes, error) { return file.OpenNotes(path) }

// OpenFile opens a file to read. Its reads end with the context. "-" is standard input.
func (a *App) OpenFile(ctx context.Context, path string) (io.ReadCloser, error) {
	r, err := a.open(ctx, path)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (a *App) open(ctx context.Context, path string) (*endingReader, error) {
	if path == "-" {
		return &endingReader{ctx: ctx, from: io.NopCloser(a.IO.In)}, nil
	}
	f, err := file.Await(ctx, func() (*os.File, error) { return os.Open(path) })
	var pathErr *fs.PathError
	switch k := fail.KindOf(err); {
	case k == fail.Timeout || k == fail.Canceled:
		e := fail.New(k, "%s cannot be read: %w", path, err)
		e.Hint = fail.HintOf(fail.InWords(err))
		return nil, e
	case errors.As(err, &pathErr):
		return nil, fail.New(fail.Config, "%s cannot be read: %w", path, pathErr.Err)
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fail.New(fail.Timeout, "%s could not be opened in time", path).
			Advise(fail.Say("check that a program writes to it, or ").Do(fail.WaitLonger))
	case fail.Ended(ctx) != nil:
		return nil, fail.Ended(ctx)
	case err != nil:
		return nil, fail.New(fail.Config, "%s cannot be read: %w", path, err)
	}
	return &endingReader{ctx: ctx, from: f}, nil
}

// OpenLarge opens a file to read all of it. For a regular file the time budget bounds each single read, so the whole
// file may take longer. For anything else, such as a pipe, which may have no end, the budget bounds all reads together.
func (a *App) OpenLarge(ctx context.Context, path string) (io.ReadCloser, error) {
	limit := a.timeLimit()
	bounded, cancel := ctx, context.CancelFunc(func() {})
	if limit > 0 {
		bounded, cancel = context.WithTimeout(ctx, limit)
	}
	r, err := a.open(bounded, path)
	if err != nil {
		cancel()
		return nil, err
	}
	if f, is := r.from.(*os.File); is {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			r.ctx, r.patience, r.name = ctx, limit, path
		}
	}
	return closing{r, cancel}, nil
}

// closing is a reader whose Close also calls a function.
type closing struct {
	io.ReadCloser
	also func()
}

// Close calls the function, and closes the reader.
func (c closing) Close() error {
	c.also()
	return c.ReadCloser.Close()
}

// endingReader ends a waiting read, for example from a pipe, when the context ends.
type endingReader struct {
	ctx  context.Context
	from io.ReadCloser
	// patience is how long one read may take; 0 means until the context ends. name is the name of the file, for the error
	// about a read that takes longer.
	patience time.Duration
	name     string
	// waiting receives the result of the read that is running; nil means that none is running.
	waiting chan chunk
	buffer  []byte
	left    []byte
}

type chunk struct {
	n   int
	err error
}

// Read implements io.Reader.
func (r *endingReader) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		if r.waiting == nil {
			if r.buffer == nil {
				r.buffer = make([]byte, 128<<10)
			}
			r.waiting = make(chan chunk, 1)
			go func(into chan<- chunk) {
				n, err := r.from.Read(r.buffer)
				into <- chunk{n, err}
			}(r.waiting)
		}
		var late <-chan time.Time
		if r.patience > 0 {
			timer := time.NewTimer(r.patience)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case <-late:
			return 0, fail.New(fail.Timeout, "%s: nothing could be read for %s", r.name, r.patience).
				Advise(fail.Say("check the disk, or ").Do(fail.WaitLonger))
		case c := <-r.waiting:
			r.waiting = nil
			if c.n == 0 && c.err != nil {
				return 0, c.err
			}
			r.left = r.buffer[:c.n]
		case <-r.ctx.Done():
			return 0, fail.Ended(r.ctx)
		}
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// Close closes the file.
func (r *endingReader) Close() error { return r.from.Close() }
