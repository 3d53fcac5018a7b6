package verb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Chosen is an object of the kind that a Bulk changes.
type Chosen interface {
	// Names identify the object. vhost is "" for an object that belongs to no virtual host.
	Names() (vhost, name string)
}

// Bulk is a change of those objects of a listing that --match, --where and similar flags select, except the objects
// that Kept protects. Before it asks for confirmation, it lists each selected object with the planned action.
type Bulk[T Chosen] struct {
	// Does is the verb for the change in the infinitive, and Did in the past: delete, deleted.
	Does, Did string
	// Noun names the objects in the singular: queue.
	Noun string
	// Global means that the name alone identifies an object. The preview then shows no virtual host.
	Global bool
	// Table and Rows are the listing of these objects, and Bind reads the facts that are needed about each object.
	Table func() record.Table
	Rows  Rows
	Bind  func(b *record.Binder, one *T)
	// Shown are the columns of the preview besides the names, and Cells returns their values.
	Shown []record.Column
	Cells func(one T) record.Row
	// Kept returns why an object is left unchanged, or "" if it is changed. unsure means that the reason may no longer
	// hold at a later look. If Kept is nil, every object is changed.
	Kept func(one T, now time.Time) (why string, unsure bool)
	// Lag returns how old the figures that Kept uses can be. Bulk waits for the longest of these times, and looks again.
	// nil means that the figures are from this moment.
	Lag func(one T) time.Duration
	// Refuse checks all objects that are to be changed, before the person is asked; nil means that nothing is refused.
	Refuse func(all []T) error
	// NoneSeen is called if no object is to be changed. It returns an error if Rows may have left out objects. If NoneSeen
	// is nil, Rows leaves out none.
	NoneSeen func() error
	// Do changes one object. If the outcome has no Word, Did becomes its Word.
	Do func(ctx context.Context, c *broker.Client, one T) (change.Outcome, error)
	// Look checks at the end whether the changes can be seen; nil means that the answer to each request is enough.
	Look func(ctx context.Context, at change.Site, done []T) error
	// AtOnce is how many objects are changed at the same time.
	AtOnce int
	// IdleHelp is the help of the flag --idle; "" means that the command has no such flag.
	IdleHelp string
	// Paced adds the flags --limit and --delay.
	Paced bool

	// Idle is the value of --idle.
	Idle time.Duration
	spec query.Spec
	// filter holds the columns that --where and --match read.
	filter []record.Column
	limit  int
	delay  time.Duration
	// mu guards done, which holds the changed objects.
	mu     sync.Mutex
	done   []T
	latest latest[T]
}

// Command makes the command. scoped is false for objects that belong to no virtual host. flags, if not nil, adds
// further flags.
func (b *Bulk[T]) Command(name string, about About, scoped bool, flags func(*pflag.FlagSet)) Change {
	return Change{Name: name, Short: about.Short, Long: about.Long, Example: about.Example, Destructive: true,
		Everywhere: scoped, Unscoped: !scoped, Bulk: true, Validate: b.validate, Plan: b.plan,
		Flags: func(fs *pflag.FlagSet) {
			b.flags(fs)
			if flags != nil {
				flags(fs)
			}
		}}
}

// Reached tells whether the changed objects are as many as --limit allows.
func (b *Bulk[T]) Reached(done []T) bool { return b.limit > 0 && len(done) >= b.limit }

func (b *Bulk[T]) many() string { return b.Noun + "s" }

func (b *Bulk[T]) flags(fs *pflag.FlagSet) {
	fs.StringVar(&b.spec.Where, "where", "", "choose "+b.many()+" for which `EXPR` is true")
	fs.StringArrayVar(&b.spec.Match, "match", nil,
		"choose "+b.many()+" whose name matches `REGEX` (may be repeated: one match is enough)")
	fs.StringArrayVar(&b.spec.Exclude, "exclude", nil,
		"leave out "+b.many()+" whose name matches `REGEX` (may be repeated)")
	if b.IdleHelp != "" {
		config.DurationFlag(fs, &b.Idle, "idle", 0, b.IdleHelp)
	}
	if b.Paced {
		fs.IntVar(&b.limit, "limit", 0, b.Does+" at most `N` "+b.many()+", in the order in which the command lists them")
		config.DurationFlag(fs, &b.delay, "delay", 0, "wait this long between two "+b.many()+" (500ms, 2s)")
	}
}

func (b *Bulk[T]) validate(Ask) error {
	switch {
	case b.spec.Where == "" && len(b.spec.Match) == 0 && b.Idle == 0:
		others := "--where"
		if b.IdleHelp != "" {
			others += ", or --idle"
		}
		return fail.Usagef("no %s are chosen", b.many()).
			Next("give --match '^tmp\\.', or %s; to choose all, give --match '.'", others)
	case b.limit < 0:
		return fail.Usagef("--limit %d: a limit cannot be negative", b.limit)
	}
	q, err := query.Compile(b.spec, b.Table(), nil)
	if err == nil {
		b.filter = q.Columns()
	}
	return err
}

// Reads reports whether --where or --match reads one of these columns.
func (b *Bulk[T]) Reads(columns ...string) bool {
	return slices.ContainsFunc(b.filter, func(c record.Column) bool { return slices.Contains(columns, c.Name) })
}

// judged is an object with the reason why it is kept, or with "" if it is changed.
type judged[T Chosen] struct {
	one T
	// cells are the values of the Shown columns when the decision was made.
	cells  record.Row
	why    string
	unsure bool
}

// notChosen is the reason to keep an object that an earlier look found, but that a later look does not find.
const notChosen = "it is gone, or the flags no longer choose it"

// open tells whether a later look can change the decision about the object.
func (j judged[T]) open() bool { return j.why == "" || j.unsure }

func keyOf(one Chosen) string {
	vhost, name := one.Names()
	return vhost + "\x00" + name
}

// Label returns the name of an object, and also its virtual host if the command can affect several.
func Label(one Chosen, scope string) string {
	vhost, name := one.Names()
	if scope != "" || vhost == "" {
		return name
	}
	return vhost + " " + name
}

// read lists the selected objects in the order of their names, each with the reason why it is kept. An incomplete
// listing is an error: objects that are missing in it cannot be judged.
func (b *Bulk[T]) read(ctx context.Context, c *broker.Client, ask Ask) ([]judged[T], error) {
	reader := record.NewReader(b.Bind)
	q, err := query.Compile(b.spec, b.Table(), reader.Columns())
	if err != nil {
		return nil, err
	}
	b.latest.begins(ask.Now())
	defer func() { b.latest.ends(ask.Now()) }()
	var all []judged[T]
	for one, err := range reader.All(q.Rows(b.Rows(ctx, c, ask, q.Columns()))) {
		if err != nil {
			return nil, Explain(ctx, c, err, ask.VHost)
		}
		j := judged[T]{one: one}
		if b.Kept != nil {
			j.why, j.unsure = b.Kept(one, ask.Now())
		}
		all = append(all, j)
	}
	for i := range all {
		all[i].cells = b.Cells(all[i].one)
	}
	slices.SortFunc(all, func(a, b judged[T]) int { return strings.Compare(keyOf(a.one), keyOf(b.one)) })
	return all, nil
}

func (b *Bulk[T]) plan(ctx context.Context, c *broker.Client, ask Ask) (*change.Plan, error) {
	all, err := b.read(ctx, c, ask)
	if err != nil {
		return nil, err
	}
	if err := b.again(ctx, c, ask, all); err != nil {
		return nil, err
	}
	b.limited(all)
	return b.planned(c, ask, all)
}

// again waits if figures can be older than this moment, and then looks again. So it sees everything that was there when
// the command began.
func (b *Bulk[T]) again(ctx context.Context, c *broker.Client, ask Ask, all []judged[T]) error {
	wait := time.Duration(0)
	for _, j := range all {
		if b.Lag != nil && j.open() {
			wait = max(wait, b.Lag(j.one))
		}
	}
	if wait == 0 {
		return nil
	}
	ask.Waiting("waiting %s, since figures of the %s can be out of date", wait, b.many())
	if err := ask.Sleep(ctx, wait); err != nil {
		return err
	}
	second, err := b.read(ctx, c, ask)
	if err != nil {
		return err
	}
	still := map[string]judged[T]{}
	for _, j := range second {
		still[keyOf(j.one)] = j
	}
	for i, j := range all {
		newer, there := still[keyOf(j.one)]
		switch {
		case !j.open(): // it is kept, for the reason that the first look found, with the figures of that look
		case there:
			all[i] = newer
		default:
			all[i].why = notChosen
		}
	}
	return nil
}

// limited marks the objects beyond --limit as kept.
func (b *Bulk[T]) limited(all []judged[T]) {
	left := b.limit
	for i := range all {
		switch {
		case b.limit == 0 || all[i].why != "":
		case left == 0:
			all[i].why = fmt.Sprintf("beyond --limit %d", b.limit)
		default:
			left--
		}
	}
}
