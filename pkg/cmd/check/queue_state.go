package check

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// stateKind marks a file as one that check_queues may write over.
const stateKind = "rabbitctl check_queues state 1"

type queueState struct {
	Kind string `json:"kind"`
	health.QueueReading
}

// readState reads the reading that an earlier run left; nil when there is none yet. Any other file is an error: it is
// not ours to write over.
func readState(ask verb.Ask, path string) (*health.QueueReading, error) {
	data, err := ask.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var s queueState
	if err := json.Unmarshal(data, &s); err != nil || s.Kind != stateKind {
		return nil, fail.New(fail.Config, "%s is no state of check_queues, and is left as it is", path).
			Next("name another file with --state, or remove this one")
	}
	return &s.QueueReading, nil
}

func writeState(ask verb.Ask, path string, r health.QueueReading) error {
	return ask.Replace(path, func(w io.Writer) error {
		return json.NewEncoder(w).Encode(queueState{stateKind, r})
	})
}
