package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// stateFile is the file in which a check keeps its reading for the next run. kind stands in the file, for example
// "rabbitctl check_queues state 1": the check overwrites only a file with its own kind.
type stateFile[T any] struct{ path, kind string }

func stateOf[T any](check, path string) stateFile[T] {
	return stateFile[T]{path, "rabbitctl " + check + " state 1"}
}

// read returns the state that an earlier run has written, or nil if the file does not exist. A file of another kind is
// an error, since the check must not overwrite it.
func (f stateFile[T]) read(ask verb.Ask) (*T, error) {
	data, err := ask.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var marked struct {
		Kind string `json:"kind"`
	}
	state := new(T)
	if err := json.Unmarshal(data, &marked); err != nil || marked.Kind != f.kind || json.Unmarshal(data, state) != nil {
		check := strings.Fields(f.kind)[1]
		return nil, fail.New(fail.Config, "%s is not a state file of %s, so it is not overwritten", f.path, check).
			Next("name another file with --state, or remove this one")
	}
	return state, nil
}

// write replaces the file with the new state, completely or not at all.
func (f stateFile[T]) write(ask verb.Ask, state T) error {
	body, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return ask.Replace(f.path, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "{\"kind\":%q,%s\n", f.kind, bytes.TrimPrefix(body, []byte("{")))
		return err
	})
}
