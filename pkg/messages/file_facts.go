package messages

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
)

// FileFacts has the facts about a file after all of it was read.
type FileFacts struct {
	// Header is nil for a file of another program.
	Header *FileHeader
	// Format says which program wrote the file: rabbitctl, rabtap, rmq-dump, management API, or JSON.
	Format string
	// Count is how many messages the file has.
	Count int64
	// Largest is the size of the largest body in bytes, and LargestAt is the number of the message with that body.
	Largest, LargestAt int64
	// Unfit is how many messages have headers that a stream cannot hold. UnfitAt is the number of the first such message,
	// and UnfitWhy is the reason for it.
	Unfit, UnfitAt int64
	UnfitWhy       string
	// Changes counts the messages that would be changed if they were published.
	Changes Changes
	// Unused are names of members that the JSON objects have and that are not a part of a message: at most five names.
	Unused []string
	// Fault says that the file was cut off or changed after it was written; nil if no such fault was found. Without
	// FileOptions.Partial, VerifyFile also returns the fault as its error.
	Fault error
}

// TypesLost reports whether the file lacks the first line that rabbitctl writes. The types of the headers in such a
// file are guessed, except in messages with the member XRabbitctl.
func (f FileFacts) TypesLost() bool { return f.Header == nil }

// VerifyFile reads a whole file and publishes nothing. It returns the same errors as a FileSource.
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

// program returns the name of the program that writes objects with these members.
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
