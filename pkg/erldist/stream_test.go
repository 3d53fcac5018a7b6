package erldist_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

func emit(rows int, end erlang.Term) map[string]func(*nodetest.Call) erlang.Term {
	return map[string]func(*nodetest.Call) erlang.Term{"rabbit:emit/2": func(c *nodetest.Call) erlang.Term {
		for i := range rows {
			c.Send(c.Args[1], erlang.Tuple{c.Args[0], erlang.Int(int64(i)), erlang.Atom("continue")})
		}
		c.Send(c.Args[1], erlang.Tuple{erlang.Atom("log"), erlang.Atom("finished")})
		if end != nil {
			c.Send(c.Args[1], erlang.Tuple{c.Args[0], end})
		}
		return erlang.Atom("ok")
	}}
}

func rowsOf(function string) erldist.Rows {
	return erldist.Rows{Module: "rabbit", Function: function, Args: func(r erlang.Ref, p erlang.Pid) []erlang.Term {
		return []erlang.Term{r, p}
	}}
}

// TestEverywhere: all rows of all nodes arrive, even if there are more than a mailbox holds.
func TestEverywhere(t *testing.T) {
	t.Parallel()
	finished := erlang.Atom("finished")
	one := dial(t, (&nodetest.Node{Calls: emit(1000, finished)}).Start(t))
	two := dial(t, (&nodetest.Node{Calls: emit(500, finished)}).Start(t))
	seen := 0
	rows := []erldist.Rows{rowsOf("emit")}
	from := []erldist.Source{{one, rows}, {two, rows}, {one, rows}}
	err := erldist.Everywhere(t.Context(), from, func(erlang.Term) error {
		seen++
		return nil
	})
	if err != nil || seen != 2500 {
		t.Errorf("%d rows, %v", seen, err)
	}
}

// TestEverywhere_incomplete: missing rows are an error, and never look like the end of the rows.
func TestEverywhere_incomplete(t *testing.T) {
	t.Parallel()
	whole := dial(t, (&nodetest.Node{Calls: emit(3, erlang.Atom("finished"))}).Start(t))
	lame := dial(t, (&nodetest.Node{Calls: emit(3, nil)}).Start(t))
	n := (&nodetest.Node{Calls: emit(3, nil)}).Start(t)
	cut := dial(t, n)
	time.AfterFunc(200*time.Millisecond, n.Cut)
	ours := errors.New("ours")
	for name, c := range map[string]struct {
		link     *erldist.Link
		function string
		each     error
		says     string
	}{
		"no end":      {lame, "emit", nil, "the time budget ended"},
		"cut":         {cut, "emit", nil, "is lost"},
		"no function": {whole, "none", nil, "node rabbit@localhost has no function rabbit:none/2"},
		"our error":   {whole, "emit", ours, "ours"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		rows := []erldist.Rows{rowsOf(c.function)}
		from := []erldist.Source{{whole, rows}, {c.link, rows}}
		err := erldist.Everywhere(ctx, from, func(erlang.Term) error { return c.each })
		cancel()
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %s: %v", name, fail.KindOf(err), err)
		}
	}
}
