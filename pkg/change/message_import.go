package change

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// importing is one run of import_messages.
type importing struct {
	file, queue      string
	limit            int
	partial, anySize bool
	at               Site
	facts            messages.FileFacts
	// done is how many messages an earlier run has imported.
	done int64
}

// imported is the content of the progress file of an interrupted import. All fields but Imported stay the same during
// an import, and show which import the file belongs to.
type imported struct {
	VHost    string `json:"vhost"`
	Queue    string `json:"queue"`
	Messages int64  `json:"messages"`
	Started  string `json:"started,omitempty"`
	Imported int64  `json:"imported"`
}

// ImportMessages publishes the messages of a file to a queue.
func ImportMessages() Op {
	m := &importing{}
	return Op{
		Name: "import_messages", Noun: "queue", Scoped: true, AMQP: true, Lasting: true,
		Params: []Param{FreeArg("file", "file", &m.file).OfFile(),
			{Name: "queue", Help: "import into this `QUEUE`, and not into that of the file's first line", Role: Option, Free: true,
				Names: QueueNames, Set: textInto(&m.queue)},
			WholeFlag("limit", "import `N` messages at most in this run; 0 for all", &m.limit),
			Switch("partial", "import even a file that was not written to its end or was changed since", &m.partial),
			Switch("any-size", "import even a file with a body above the release's default max_message_size, which is "+
				"refused otherwise; the broker may refuse the body", &m.anySize)},
		Check: func() error {
			switch {
			case m.limit < 0:
				return fail.Usagef("--limit %d is below 0", m.limit)
			case m.file == "":
				return fail.Usagef("the name of the file is empty").Next("- is standard input")
			case m.file == "-" && m.queue == "":
				return fail.Usagef("for messages from standard input, --queue must name the queue to import into").
					Next("--queue QUEUE")
			}
			return nil
		},
		Read: func(ctx context.Context, at Site) error {
			m.at = at
			return m.verify(ctx)
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			m.at = at
			return m.plan(ctx)
		},
	}
}

func (m *importing) piped() bool { return m.file == "-" }

func (m *importing) plan(ctx context.Context) (*Plan, error) {
	if err := m.noted(ctx); err != nil {
		return nil, err
	}
	destination, err := destinationOf(ctx, m.at, m.queue)
	if err != nil {
		return nil, err
	}
	if err := m.sized(ctx); err != nil {
		return nil, err
	}
	dangers, err := destination.perils(ctx, m.at, m.queue)
	if err != nil {
		return nil, err
	}
	if err := noAlarm(ctx, m.at); err != nil {
		return nil, err
	}
	e, err := messages.Reach(ctx, m.at.Broker, m.at.AMQP, m.at.VHost)
	if err != nil {
		return nil, err
	}
	there, err := messages.Ready(ctx, e, m.queue)
	if err == nil {
		err = destination.room(m.at, m.queue, there, m.most())
	}
	if err != nil {
		return nil, err
	}
	what := "the messages of standard input"
	if !m.piped() {
		what = prose.Plural(int(m.arriving()), "message", "messages") + " of " + m.file
	}
	plan := Once(fmt.Sprintf("import %s into queue %s in virtual host %s", what, m.queue, m.at.VHost), "imported", nil)
	plan.Hits, plan.Notes, plan.Dangers = titled("destination", destination.hits()), m.told(), dangers
	plan.Steps[0].Do = m.do
	return plan, nil
}

// verify reads the whole file before anything is published, and takes the queue from its first line unless --queue
// names one. It does nothing for standard input, which can be read only once.
func (m *importing) verify(ctx context.Context) error {
	if m.piped() {
		return nil
	}
	f, err := m.at.Files.OpenLarge(ctx, m.file)
	if err != nil {
		return err
	}
	defer f.Close()
	m.facts, err = messages.VerifyFile(ctx, &readSoFar{Reader: f, tell: func(n int64) {
		m.at.Waiting("reading %s: %s so far", m.file, prose.Bytes(float64(n)))
	}}, m.options())
	switch {
	case err != nil && m.facts.Fault != nil:
		return fail.New(fail.Data, "%w", err).
			Next("nothing was imported; --partial imports what can be read of the file, even if it was changed")
	case err != nil:
		return err
	}
	if m.queue == "" && m.facts.Header != nil {
		m.queue = m.facts.Header.Queue
	}
	if m.queue == "" {
		return fail.Usagef("%s does not say which queue its messages came from", m.file).
			Next("--queue QUEUE names the queue to import into")
	}
	return nil
}

type readSoFar struct {
	io.Reader
	n    int64
	tell func(n int64)
}

// Read implements io.Reader. After each call it calls r.tell with the number of bytes read so far.
func (r *readSoFar) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += int64(n)
	r.tell(r.n)
	return n, err
}

func (m *importing) options() messages.FileOptions {
	return messages.FileOptions{Name: sourceName(m.file), Partial: m.partial, Skip: m.done,
		Republish: messages.Republish{User: m.at.Broker.Username()}}
}

// arriving returns how many messages this run is going to publish.
func (m *importing) arriving() int64 {
	n := m.facts.Count - m.done
	if m.limit > 0 {
		n = min(n, int64(m.limit))
	}
	return n
}

// most returns how many messages this run can publish at most. The number of messages in a pipe is not known, so for a
// pipe only --limit bounds it.
func (m *importing) most() int64 {
	switch {
	case m.piped() && m.limit > 0:
		return int64(m.limit)
	case m.piped():
		return unlimited
	}
	return m.arriving()
}

// notesPath returns the path of the file that records the progress of the import.
func (m *importing) notesPath() string { return m.file + ".progress" }

// state returns the content of the progress file for this import.
func (m *importing) state() imported {
	s := imported{VHost: m.at.VHost, Queue: m.queue, Messages: m.facts.Count, Imported: m.done}
	if h := m.facts.Header; h != nil {
		s.Started = h.Started.String()
	}
	return s
}

// noted reads from the progress file how many messages an interrupted run has imported. It refuses the progress file of
// another import, and does nothing for standard input or without a progress file.
func (m *importing) noted(ctx context.Context) error {
	if m.piped() {
		return nil
	}
	f, err := m.at.Files.OpenFile(ctx, m.notesPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(text)) == "" { // the run was killed before it published a message
		return nil
	}
	var was imported
	if err := json.Unmarshal(text, &was); err != nil || was.Imported < 0 || was.Imported > m.facts.Count {
		return fail.New(fail.Data, "refused: %s is not from an interrupted run of this command", m.notesPath()).
			Next("remove it, and all of %s is imported", m.file)
	}
	same := was
	same.Imported = m.done
	if same != m.state() {
		return fail.New(fail.Data, "refused: %s is from another, interrupted import: that import was to put %d "+
			"messages into queue %s in virtual host %s",
			m.notesPath(), was.Messages, was.Queue, was.VHost).
			Next("first finish that import, with its file, queue and virtual host; or remove %s: then all of %s is "+
				"imported, from the first message on", m.notesPath(), m.file)
	}
	m.done = was.Imported
	return nil
}

// sized refuses a file with a body larger than the release of the broker accepts by default. With --any-size it refuses
// nothing.
func (m *importing) sized(ctx context.Context) error {
	if m.anySize || m.facts.Largest <= messages.LargestBody("4.0.0") {
		return nil
	}
	overview, err := m.at.Broker.Overview(ctx)
	if err != nil {
		return err
	}
	version := overview.At("rabbitmq_version").Text()
	if most := messages.LargestBody(version); m.facts.Largest > most {
		return tooLarge(fmt.Sprintf("the body of message %d of %s", m.facts.LargestAt, m.file), m.facts.Largest, version,
			most)
	}
	return nil
}

// told returns the notes about the file, for the plan.
func (m *importing) told() []string {
	notes := m.facts.Changes.Told()
	if m.piped() {
		return append(notes, "standard input is published as it is read: whether it is complete is known only at its end")
	}
	if h := m.facts.Header; h != nil && h.VHost != m.at.VHost {
		notes = append(notes, fmt.Sprintf("the messages come from virtual host %s", h.VHost))
	}
	if m.facts.TypesLost() {
		notes = append(notes, fmt.Sprintf("%s was written by another program (%s), and does not say which types headers have",
			m.file, m.facts.Format))
	}
	if len(m.facts.Unused) > 0 {
		notes = append(notes, "members that say nothing of a message are left out: "+strings.Join(m.facts.Unused, ", "))
	}
	if m.facts.Fault != nil {
		notes = append(notes, m.facts.Fault.Error())
	}
	if m.done > 0 {
		notes = append(notes, fmt.Sprintf("an interrupted run has imported %d of %d; up to %d more may be in the queue already",
			m.done, m.facts.Count, messages.Window))
	}
	return notes
}

func (m *importing) do(ctx context.Context) (Outcome, error) {
	e, err := messages.ReachToChange(ctx, m.at.Broker, m.at.AMQP, m.at.VHost)
	if err != nil {
		return Outcome{}, err
	}
	f, err := m.at.Files.OpenFile(ctx, m.file)
	if err != nil {
		return Outcome{}, err
	}
	defer f.Close()
	o := m.options()
	var notes Notes
	if !m.piped() {
		if notes, err = m.at.Files.OpenNotes(m.notesPath()); err != nil {
			return Outcome{}, err
		}
		defer notes.Close()
		o.Done = func(number int64) error { return m.note(notes, number) }
	}
	source, err := messages.NewFileSource(f, o)
	if err != nil {
		return Outcome{}, err
	}
	sink, err := messages.NewPublisher(ctx, e, func(*messages.Message) (string, string) { return "", m.queue })
	if err != nil {
		return Outcome{}, err
	}
	changes := messages.Changes{}
	counts, err := messages.Transfer{From: source, To: sink, Limit: int64(m.limit),
		Alter: func(one *messages.Message) *messages.Message {
			out, changed := o.Republish.Of(one)
			changes.Add(changed)
			return out
		},
		Progress: func(c messages.Counts) {
			of := ""
			if all := m.arriving(); all > 0 { // not known for standard input
				of = fmt.Sprintf(" of %d", all)
			}
			m.at.Waiting("imported %d%s messages into queue %s", c.Safe, of, m.queue)
		}}.Run(ctx)
	if notes != nil && err == nil && (m.limit == 0 || m.done+counts.Safe == m.facts.Count) {
		err = notes.Remove()
	}
	return m.outcome(counts, changes, readyNow(ctx, e, m.queue), source.Fault(), err), nil
}

// note writes into the progress file how many messages, counted from the first message of the file, are in the queue.
// The number only grows, so the text never becomes shorter: Notes.Set requires that.
func (m *importing) note(notes Notes, number int64) error {
	s := m.state()
	s.Imported = number
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return notes.Set(string(text) + "\n")
}

func (m *importing) outcome(c messages.Counts, changes messages.Changes, ready record.Value, fault, err error) Outcome {
	figure := func(name string, v record.Value) record.Field {
		return record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: v}
	}
	o := Outcome{Word: "imported", Notes: changes.Told(), Facts: record.Document{record.Fields("",
		figure("messages", record.Of(c.Safe)), figure("destination_ready", ready))}}
	if fault != nil && err == nil {
		o.Notes = append(o.Notes, fault.Error())
	}
	if err != nil {
		o.Word = "incomplete"
		text := fmt.Sprintf("imported %s: %s", prose.Plural(int(c.Safe), "message", "messages"), err)
		if n := c.Doubtful(); n > 0 {
			text += fmt.Sprintf("; up to %s may be in the queue", prose.Plural(int(n), "more message", "more messages"))
		}
		failure := fail.New(fail.Incomplete, "%s", text)
		failure.Hint, failure.Err = fail.HintOf(err), err
		if !m.piped() && len(failure.Hint) == 0 {
			failure = failure.Next("run the same command again: it continues after the last message that is known to be stored")
		}
		o.Failed = failure
	}
	return o
}
