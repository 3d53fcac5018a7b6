package change

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// exporting is the part of export_messages, get_messages, delete_messages and tap that writes messages to a file or to
// standard output.
type exporting struct {
	taking
	file string
	// bodies means that only the bodies of the messages are written.
	bodies bool
	// view formats messages for a terminal. Without a view, messages are written to a terminal in the same form as to a
	// file.
	view View
}

// View makes the text that people read at a terminal: Whole shows all of a message, Body only its body. first means
// that this message is the first one shown. all is false if the text leaves out a part of the body.
type View struct {
	Whole, Body func(m *messages.Message, now time.Time, first bool) (text []byte, all bool)
}

// ExportMessages writes messages of a queue to a file or to standard output. With --remove, it then removes them from
// the queue.
func ExportMessages() Op {
	x := &exporting{}
	return Op{
		Name: "export_messages", Noun: "queue", Scoped: true, AMQP: true, Lasting: true,
		Params: append([]Param{Arg("queue", &x.queue, QueueNames), FreeArg("file", "file", &x.file).OfFile(),
			Switch("remove", "remove messages from the queue once they are in the file and on the disk", &x.remove),
			x.expect.Param("the queue holds"), x.offsetFlag()}, x.params("export")...),
		Check: x.check,
		Plan:  x.plan,
	}
}

// GetMessages removes messages from a queue, and prints them or writes them to a file.
func GetMessages(view View) Op {
	x := &exporting{file: "-", view: view, taking: taking{remove: true, limit: 1}}
	return Op{
		Name: "get_messages", Noun: "queue", Scoped: true, AMQP: true, Lasting: true, Loses: true,
		Params: append([]Param{Arg("queue", &x.queue, QueueNames),
			Flag("to", "new `FILE` for the messages; - is standard output", &x.file).OfFile(),
			Switch("body-only", "write only the bodies, each followed by a line end", &x.bodies),
			x.expect.Param("the queue holds")}, x.params("get")...),
		Check: x.check,
		Plan:  x.plan,
	}
}

func (x *exporting) check() error {
	if x.file == "" {
		return fail.Usagef("the name of the file is empty").Next("- is standard output")
	}
	return x.taking.check()
}

func (x *exporting) plan(ctx context.Context, at Site) (*Plan, error) {
	if at.Files.Exists(x.file) && x.file != "-" {
		return nil, fail.New(fail.Output, "refused: %s exists already, and is not overwritten", x.file).
			Next("name a new file, or remove that one")
	}
	err := x.look(ctx, at)
	if err == nil {
		_, err = x.reach(ctx)
	}
	if err != nil {
		return nil, err
	}
	if x.empty() {
		return x.nothing(), nil
	}
	action := fmt.Sprintf("write to %s %s of queue %s in virtual host %s", targetName(x.file), x.amount(), x.queue,
		at.VHost)
	if x.remove {
		action = fmt.Sprintf("export %s of queue %s in virtual host %s to %s, and delete them from the broker", x.amount(), x.queue,
			at.VHost, targetName(x.file))
	}
	plan := Once(action, x.word(), nil)
	plan.Hits, plan.Notes = x.source.hits(), x.told()
	if x.remove {
		plan.Dangers = []string{"what is written is removed from queue " + x.queue}
	}
	plan.Steps[0].Do, plan.Steps[0].Writes = x.do, x.file == "-"
	return plan, nil
}

func (x *exporting) word() string {
	if x.remove {
		return "taken"
	}
	return "exported"
}

func (x *exporting) do(ctx context.Context) (Outcome, error) {
	e, err := messages.ReachToChange(ctx, x.at.Broker, x.at.AMQP, x.at.VHost)
	if err != nil {
		return Outcome{}, err
	}
	file, err := x.at.Files.CreateFile(x.file)
	if err != nil {
		return Outcome{}, err
	}
	source, err := x.open(ctx, e)
	if err != nil {
		_ = file.Discard()
		return Outcome{}, err
	}
	sink, err := x.sink(file)
	if err != nil {
		_ = source.Close()
		_ = file.Discard()
		return Outcome{}, err
	}
	counts, err := x.transfer(ctx, source, sink, "wrote", nil)
	if closed := file.Close(); err == nil {
		err = closed
	}
	o := x.outcome(ctx, e, x.word(), counts, err)
	o.OutTaken = x.file == "-"
	return o, nil
}

// sink returns a sink that writes the messages to the file: with the view if the file is a terminal, as bodies with
// --body-only, and otherwise in the form that import_messages reads.
func (x *exporting) sink(file NewFile) (messages.Sink, error) {
	target := messages.FileTarget{Writer: file, Disk: file, Gzip: strings.HasSuffix(x.file, ".gz"),
		Name: targetName(x.file), Now: x.at.Now}
	text := x.view.Whole
	if x.bodies {
		text = x.view.Body
	}
	switch {
	case file.Terminal() && text != nil:
		return messages.NewTextSink(target, func(m *messages.Message, first bool) ([]byte, error) {
			shown, all := text(m, x.at.Now(), first)
			if !all && x.remove {
				return nil, fail.New(fail.Data, "a terminal cannot show the whole body of message %d, so it stays in the queue",
					m.Number).Next("--to FILE keeps all of it")
			}
			return shown, nil
		}), nil
	case x.bodies:
		return messages.NewTextSink(target, messages.BodyLine), nil
	}
	return messages.NewFileSink(target, messages.FileHeader{Program: "rabbitctl " + x.at.AMQP.Version,
		Broker: x.at.Broker.BaseURL(), VHost: x.at.VHost, Queue: x.queue, Type: x.source.kind.Text(),
		Started: x.at.Now().UTC()})
}

// targetName returns the words that name an output file in a sentence.
func targetName(path string) string {
	if path == "-" {
		return "standard output"
	}
	return path
}
