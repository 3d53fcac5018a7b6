package query

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// names is the filter of --match and --exclude. A nil names passes every row.
type names struct {
	place          int
	match, exclude []*regexp.Regexp
}

// compileNames compiles the patterns, which apply to the table's NameColumn.
func compileNames(match, exclude []string, p *picker) (*names, error) {
	if len(match) == 0 && len(exclude) == 0 {
		return nil, nil
	}
	column, ok := p.table.NameColumn()
	if !ok {
		return nil, fail.Usagef("--match and --exclude: %s have no name to match", p.table.Noun)
	}
	n := &names{place: p.place(column)}
	var err error
	if n.match, err = compilePatterns("--match", match); err != nil {
		return nil, err
	}
	if n.exclude, err = compilePatterns("--exclude", exclude); err != nil {
		return nil, err
	}
	return n, nil
}

// Names returns a function that tells whether the patterns of --match and --exclude let a name pass. A bad pattern is a
// usage error.
func Names(match, exclude []string) (passes func(name string) bool, err error) {
	n := &names{}
	if n.match, err = compilePatterns("--match", match); err != nil {
		return nil, err
	}
	n.exclude, err = compilePatterns("--exclude", exclude)
	return n.passes, err
}

// pass reports whether the row's name matches none of the --exclude patterns and, if there are --match patterns, at
// least one of these. An unknown name counts as "".
func (n *names) pass(row record.Row) bool {
	if n == nil {
		return true
	}
	return n.passes(at(row, n.place).Text())
}

func (n *names) passes(name string) bool {
	wanted := len(n.match) == 0
	for _, re := range n.match {
		wanted = wanted || re.MatchString(name)
	}
	for _, re := range n.exclude {
		wanted = wanted && !re.MatchString(name)
	}
	return wanted
}

func compilePatterns(flag string, patterns []string) ([]*regexp.Regexp, error) {
	var compiled []*regexp.Regexp
	for _, pattern := range patterns {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, patternError(flag, pattern, err)
		}
		compiled = append(compiled, re)
	}
	return compiled, nil
}

func patternError(flag, pattern string, err error) error {
	for _, look := range []string{"(?!", "(?<!", "(?=", "(?<="} {
		if i := strings.Index(pattern, look); i >= 0 {
			return fail.Usagef("%s %q: no look-ahead or look-behind in these regular expressions (character %d)", flag, pattern,
				runes(pattern[:i])+1).
				Next("to leave out what matches, use --exclude")
		}
	}
	var s *syntax.Error
	if !errors.As(err, &s) {
		return fail.Usagef("%s %q: %s", flag, pattern, err)
	}
	if i := strings.Index(pattern, s.Expr); i >= 0 && s.Expr != pattern {
		return fail.Usagef("%s %q: %s: %q (character %d)", flag, pattern, s.Code, s.Expr, runes(pattern[:i])+1)
	}
	return fail.Usagef("%s %q: %s", flag, pattern, s.Code)
}

func runes(s string) int { return len([]rune(s)) }
