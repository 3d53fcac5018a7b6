package change

import (
	"context"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// deletion is one run of delete_messages.
type deletion struct {
	exporting
	noBackup bool
}

// DeleteMessages removes chosen messages from a queue. It first saves them in a file, unless --no-backup is given.
func DeleteMessages() Op {
	d := &deletion{exporting: exporting{taking: taking{remove: true}}}
	return Op{
		Name: "delete_messages", Noun: "queue", Scoped: true, AMQP: true, Lasting: true, Loses: true,
		Params: append([]Param{Arg("queue", &d.queue, QueueNames),
			Flag("backup", "new `FILE` that keeps the messages (default deleted-QUEUE-TIME.jsonl in this folder)", &d.file).OfFile(),
			Switch("no-backup", "keep no copy of the deleted messages", &d.noBackup),
			d.expect.Param("the queue holds")}, d.params("delete")...),
		Check: func() error {
			switch {
			case d.where == "":
				return fail.Usagef("--where is missing").
					Next("give --where EXPRESSION; to drop all ready messages instead: rabbitctl purge_queue")
			case d.noBackup && d.file != "":
				return fail.Usagef("--backup and --no-backup exclude each other")
			}
			return d.taking.check()
		},
		Plan: d.plan,
	}
}

func (d *deletion) plan(ctx context.Context, at Site) (*Plan, error) {
	if d.file == "" && !d.noBackup {
		d.file = backupName(d.queue, at)
	}
	if d.file != "" && at.Files.Exists(d.file) {
		return nil, fail.New(fail.Output, "refused: %s exists already, and is not overwritten", d.file).
			Next("name a new file, or remove that one")
	}
	if err := d.look(ctx, at); err != nil {
		return nil, err
	}
	e, err := d.reach(ctx)
	if err != nil {
		return nil, err
	}
	if d.ready == 0 {
		return d.nothing(), nil
	}
	free, err := d.looksAreFree(ctx)
	if err != nil {
		return nil, err
	}
	what := d.amount()
	if free {
		chosen, err := d.chosen(ctx, e)
		if err != nil {
			return nil, err
		}
		if what = prose.Plural(int(chosen), "message", "messages"); chosen == 0 {
			return &Plan{Done: &Outcome{Word: "unchanged", Notes: []string{fmt.Sprintf("none of %s was chosen",
				prose.Plural(int(d.ready), "message", "messages"))}}}, nil
		}
	}
	does := "delete"
	if d.file != "" {
		does = "keep in " + d.file + ", and delete,"
	}
	action := fmt.Sprintf("%s %s of queue %s in virtual host %s", does, what, d.queue, at.VHost)
	plan := Once(action, "deleted", nil)
	plan.Hits, plan.Notes = d.source.hits(), d.told()
	plan.Steps[0].Do = d.do
	return plan, nil
}

// backupName returns the name of the file that keeps the deleted messages if the command line names none.
func backupName(queue string, at Site) string {
	kept := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}
	return "deleted-" + strings.Map(kept, queue) + "-" + at.Now().UTC().Format("20060102T150405.000Z") + ".jsonl"
}

func (d *deletion) do(ctx context.Context) (Outcome, error) {
	if !d.noBackup {
		o, err := d.exporting.do(ctx)
		if o.Word == "taken" {
			o.Word = "deleted"
		}
		switch o.Word {
		case "deleted":
			o.Notes = append(o.Notes, fail.Command("import_messages", d.file)+" brings them back")
		case "incomplete":
			o.Notes = append(o.Notes, d.file+" has those that were deleted")
		}
		return o, err
	}
	e, err := messages.ReachToChange(ctx, d.at.Broker, d.at.AMQP, d.at.VHost)
	if err != nil {
		return Outcome{}, err
	}
	source, err := messages.TakeQueue(ctx, e, d.from())
	if err != nil {
		return Outcome{}, err
	}
	counts, err := d.transfer(ctx, source, &messages.Nowhere{}, "deleted", nil)
	return d.outcome(ctx, e, "deleted", counts, err), nil
}
