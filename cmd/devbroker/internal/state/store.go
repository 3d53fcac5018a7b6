package state

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// brokerFile is the file in a broker's folder that says what the broker is.
const brokerFile = "broker.json"

// Store is the folder that holds the brokers, each in a folder of its own.
type Store struct{ Dir string }

// Locate returns the store of the environment: DEVBROKER_STATE, else a folder in XDG_STATE_HOME, else one in the home
// folder.
func Locate(getenv func(string) string) (Store, error) {
	dir := getenv("DEVBROKER_STATE")
	if dir == "" && getenv("XDG_STATE_HOME") != "" {
		dir = filepath.Join(getenv("XDG_STATE_HOME"), "rabbitctl-devbroker")
	}
	if dir == "" {
		if getenv("HOME") == "" {
			return Store{}, fail.New(fail.Config,
				"neither DEVBROKER_STATE nor HOME is set, so there is no folder for the state of brokers")
		}
		dir = filepath.Join(getenv("HOME"), ".local", "state", "rabbitctl-devbroker")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Store{}, err
	}
	return Store{Dir: dir}, nil
}

// Folder is the folder of the broker of that name.
func (s Store) Folder(name string) string { return filepath.Join(s.Dir, name) }

// Names lists the brokers, sorted, also incomplete ones that Load does not find.
func (s Store) Names() ([]string, error) {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() && CheckName(entry.Name()) == nil {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// All reads every broker, sorted by name, except incomplete ones.
func (s Store) All() ([]Broker, error) {
	names, err := s.Names()
	if err != nil {
		return nil, err
	}
	var all []Broker
	for _, name := range names {
		b, err := s.Load(name)
		if fail.KindOf(err) == fail.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}

// Load reads the broker of that name. If it does not exist, the error is NotFound.
func (s Store) Load(name string) (Broker, error) {
	if err := CheckName(name); err != nil {
		return Broker{}, err
	}
	path := filepath.Join(s.Folder(name), brokerFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Broker{}, fail.New(fail.NotFound, "there is no broker %s", name).
			Next("devbroker status lists the brokers, devbroker up starts one")
	}
	if err != nil {
		return Broker{}, err
	}
	var b Broker
	if err := json.Unmarshal(text, &b); err != nil {
		return Broker{}, fail.New(fail.Config, "%s cannot be read: %w", path, err).
			Next("end its nodes, and remove the folder %s yourself", s.Folder(name))
	}
	b.Dir = s.Folder(name)
	return b, nil
}

// RemoveEmpty removes the folder of a broker that was never made: an empty folder. A folder with files but without
// broker.json belongs to somebody else, for example because DEVBROKER_STATE names a wrong folder. RemoveEmpty keeps
// that folder and returns an error.
func (s Store) RemoveEmpty(name string) error {
	dir := s.Folder(name)
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		return fail.New(fail.Config, "%s is not the folder of a broker: it has no broker.json, and nothing in it was removed", dir).
			Next("check DEVBROKER_STATE, or remove that folder yourself")
	}
	if err = os.Remove(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Remove removes the folder of a broker. broker.json goes last, so that a removal that was cut short can be repeated.
func Remove(b Broker) error {
	entries, err := os.ReadDir(b.Dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == brokerFile {
			continue
		}
		if err := os.RemoveAll(filepath.Join(b.Dir, entry.Name())); err != nil {
			return err
		}
	}
	return os.RemoveAll(b.Dir)
}

// Create assigns ports and Erlang names to the broker and saves it. The caller must have locked the broker's folder.
// No two brokers of a store get the same port, not even stopped ones.
func (s Store) Create(b Broker, nodes int, free func(port int) bool) (Broker, error) {
	lock, err := lockFolder(s.Dir)
	if err != nil {
		return Broker{}, err
	}
	defer lock.Unlock()
	all, err := s.All()
	if err != nil {
		return Broker{}, err
	}
	each := 5
	if b.TLS {
		each = 6
	}
	ports, err := choosePorts(all, 1+each*nodes, firstPort(), free)
	if err != nil {
		return Broker{}, err
	}
	b.EpmdPort, ports = ports[0], ports[1:]
	b.Dir, b.Nodes = s.Folder(b.Name), nil
	for index := 1; index <= nodes; index++ {
		p := ports[each*(index-1):]
		n := Node{
			Index: index,
			Node:  NodeName(b.Name, index),
			Ports: Ports{AMQP: p[0], Management: p[1], Prometheus: p[2], Stream: p[3], Dist: p[4]},
		}
		if b.TLS {
			n.Ports.AMQPS = p[5]
		}
		b.Nodes = append(b.Nodes, n)
	}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return Broker{}, err
	}
	return b, process.WriteFile(filepath.Join(b.Dir, brokerFile), append(text, '\n'), 0o600)
}
