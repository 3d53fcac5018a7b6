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

// stateFile is where a check keeps what it saw for its next run. kind marks a file as one that the check may write
// over: "rabbitctl check_queues state 1".
type stateFile[T any] struct{ path, kind string }

func stateOf[T any](check, path string) stateFile[T] {
	return stateFile[T]{path, "rabbitctl " + check + " state 1"}
}

// read is what an earlier run left; nil when there is none yet. Any other file is an error: it is not ours to write
// over.
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

// write keeps the state, whole or not at all.
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
