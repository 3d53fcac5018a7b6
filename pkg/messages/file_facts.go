package messages

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
)

// FileFacts is what is known of a file once all of it was read.
type FileFacts struct {
	// Header is nil for a file of another program.
	Header *FileHeader
	// Format is which program wrote it: rabbitctl, rabtap, rmq-dump, management API, or JSON.
	Format string
	// Count is how many messages it has.
	Count int64
	// Largest is the size of the largest body, LargestAt the number of its message.
	Largest, LargestAt int64
	// Unfit is how many messages have headers that a stream cannot hold. UnfitAt is the first, and UnfitWhy says why.
	Unfit, UnfitAt int64
	UnfitWhy       string
	// Changes are what publishing them is going to change.
	Changes Changes
	// Unused are names of members that say nothing of a message, a few at most.
	Unused []string
	// Fault is what is wrong with it, where a part of a file is accepted.
	Fault error
}

// TypesLost reports whether the types of headers are a guess.
func (f FileFacts) TypesLost() bool { return f.Header == nil }

// VerifyFile reads a whole file and publishes nothing of it. It fails as a FileSource does.
func VerifyFile(ctx context.Context, r io.Reader, o FileOptions) (FileFacts, error) {
	o.Skip, o.Done = 0, nil
	s, err := newFileSource(r, o, false)
	if err != nil {
		return FileFacts{}, err
	}
	facts := FileFacts{Header: s.Header()}
	for {
		m, err := s.Next(ctx)
		if err != nil {
			facts.Format, facts.Fault = s.format, s.fault
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return facts, err
		}
		_, changes := o.Republish.Of(m)
		facts.Changes.Add(changes)
		facts.add(m, s.decoder.found.unused)
	}
}

func (f *FileFacts) add(m *Message, unused []string) {
	f.Count++
	if n := int64(len(m.Body)); n > f.Largest {
		f.Largest, f.LargestAt = n, m.Number
	}
	if why := StreamUnfit(m); why != "" {
		if f.Unfit++; f.Unfit == 1 {
			f.UnfitAt, f.UnfitWhy = m.Number, why
		}
	}
	for _, name := range unused {
		if len(f.Unused) < 5 && !slices.Contains(f.Unused, name) {
			f.Unused = append(f.Unused, name)
		}
	}
}

// program is which program writes such objects.
func (f found) program() string {
	switch {
	case f.typed:
		return "rabbitctl"
	case f.rabtap:
		return "rabtap"
	case f.payload:
		return "management API"
	case f.queue && f.properties:
		return "rmq-dump"
	}
	return "JSON"
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
