package erlang

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Parse reads a term as Erlang writes it, such as [{a,<<"b">>},1.5], without comments; a full stop may end it. The only
// expression that Parse reads is fun Module:Function/Arity. A process is written as RabbitMQ lists it:
// <node.creation.id.serial>.
func Parse(text string) (Term, error) {
	p := &parser{text: text}
	p.next()
	t := p.term(0)
	if p.err == nil && p.token == "." {
		p.next()
	}
	if p.err == nil && p.token != "" {
		p.unexpected("the end of the text")
	}
	if p.err != nil {
		return nil, p.err
	}
	return t, nil
}

// parser reads terms off the front of a text, one token ahead.
type parser struct {
	text string
	at   int
	// token is the next token, "" at the end. For a token in quotes, or a character such as $a, value is the text that it
	// stands for.
	token, value string
	err          error
}

func (p *parser) fail(format string, args ...any) Term {
	if p.err == nil {
		p.err = fmt.Errorf("at character %d: "+format, append([]any{p.at - len(p.token) + 1}, args...)...)
	}
	p.token, p.at = "", len(p.text)
	return nil
}

func (p *parser) unexpected(wanted string) Term {
	if p.token == "" {
		return p.fail("%s is missing", wanted)
	}
	return p.fail("%q where %s was expected", p.token, wanted)
}

// accept goes past the next token if it is the given one, and reports whether it was.
func (p *parser) accept(token string) bool {
	if p.err != nil || p.token != token {
		return false
	}
	p.next()
	return p.err == nil
}

func (p *parser) expect(token string) bool {
	if !p.accept(token) {
		p.unexpected(strconv.Quote(token))
		return false
	}
	return true
}

func (p *parser) term(depth int) Term {
	if depth > deepest {
		return p.fail("nested more than %d deep", deepest)
	}
	token, value := p.token, p.value
	switch {
	case p.err != nil || token == "":
		return p.unexpected("a term")
	case p.accept("["):
		return p.list(depth)
	case p.accept("{"):
		return Tuple(p.terms("}", depth))
	case p.accept("#"):
		return p.mapOf(depth)
	case token == "<<":
		p.next()
		return p.binary()
	case token == "<":
		return p.pid()
	case token[0] == '"':
		p.next()
		return String(value)
	case token[0] == '\'':
		p.next()
		return p.named(Atom(value))
	case token == "fun":
		p.next()
		return p.export()
	case token[0] == '-' || token[0] == '$' || isDigit(token[0]):
		return p.number()
	case isWord(token) && !strings.Contains(reserved, " "+token+" "):
		p.next()
		return p.named(Atom(token))
	}
	return p.unexpected("a term")
}

// named returns the atom a. It fails if the atom is too long.
func (p *parser) named(a Atom) Term {
	if len([]rune(string(a))) > longestAtom {
		return p.fail("an atom of more than %d characters", longestAtom)
	}
	return a
}

func (p *parser) atom() Atom {
	a, ok := p.term(0).(Atom)
	if !ok {
		p.unexpected("an atom")
	}
	return a
}

// terms reads the terms before the closing bracket, and the bracket.
func (p *parser) terms(closing string, depth int) []Term {
	out := []Term{}
	if p.accept(closing) {
		return out
	}
	for {
		out = append(out, p.term(depth+1))
		if p.err != nil || p.accept(closing) || !p.comma(closing) {
			return out
		}
	}
}

// comma goes past a comma. It fails if there is none: callers look for the closing bracket first.
func (p *parser) comma(closing string) bool {
	if p.accept(",") {
		return true
	}
	p.unexpected(fmt.Sprintf(`"," or %q`, closing))
	return false
}

func (p *parser) list(depth int) Term {
	out := List{}
	if p.accept("]") {
		return out
	}
	for {
		out = append(out, p.term(depth+1))
		switch {
		case p.err != nil || p.accept("]"):
			return out
		case p.accept("|"):
			tail := p.term(depth + 1)
			p.expect("]")
			switch tail := tail.(type) {
			case List:
				return append(out, tail...)
			case String:
				return append(out, characters(string(tail))...)
			case Improper:
				return Improper{append(out, tail.Head...), tail.Tail}
			}
			return Improper{out, tail}
		case !p.comma("]"):
			return out
		}
	}
}

func (p *parser) mapOf(depth int) Term {
	out := Map{}
	if !p.expect("{") || p.accept("}") {
		return out
	}
	for {
		key := p.term(depth + 1)
		if !p.expect("=>") {
			return out
		}
		out = append(out, Entry{key, p.term(depth + 1)})
		if p.err != nil || p.accept("}") || !p.comma("}") {
			return out
		}
	}
}

// binary reads the bytes and texts of a binary. A text has one byte for each character, unless utf8 follows it; the
// last number may say how many bits it has.
func (p *parser) binary() Term {
	var out []byte
	for first := true; !p.accept(">>"); first = false {
		if !first && !p.comma(">>") {
			return nil
		}
		if p.token != "" && p.token[0] == '"' {
			out = p.binaryText(out)
		} else {
			n := p.integer(0, 255)
			if p.accept(":") {
				if bits := p.integer(1, 8); bits < 8 {
					p.expect(">>")
					return Bits{string(append(out, byte(n<<(8-bits)))), bits}
				}
			}
			out = append(out, byte(n))
		}
		if p.err != nil {
			return nil
		}
	}
	return Binary(out)
}

func (p *parser) binaryText(out []byte) []byte {
	text := p.value
	p.next()
	if p.accept("/") {
		if p.token != "utf8" {
			p.unexpected("utf8")
		}
		p.next()
		return append(out, text...)
	}
	for _, r := range text {
		if r > 0xff {
			p.fail("%q does not fit into one byte: write /utf8 after the text", r)
			return nil
		}
		out = append(out, byte(r))
	}
	return out
}

func (p *parser) integer(least, most int) int {
	n, _ := p.number().(Number)
	v, err := strconv.Atoi(string(n))
	if p.err == nil && (err != nil || v < least || v > most) {
		p.fail("%s is not between %d and %d", n, least, most)
	}
	return v
}

// number reads an integer, a float, or a character such as $a, which is an integer.
func (p *parser) number() Term {
	text := strings.ReplaceAll(p.token, "_", "")
	bare, sign := strings.TrimPrefix(text, "-"), ""
	if bare != text {
		sign = "-"
	}
	switch {
	case bare == "":
		return p.unexpected("a number")
	case bare[0] == '$':
		n := Int(int64([]rune(p.value)[0]))
		p.next()
		return n
	case Number(bare).IsFloat() && !strings.Contains(bare, "#"):
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || Float(f) == "" || !strings.Contains(bare, ".") {
			return p.unexpected("a number")
		}
		p.next()
		return Float(f)
	}
	base := 10
	if head, digits, ok := strings.Cut(bare, "#"); ok {
		base, _ = strconv.Atoi(head)
		bare = digits
	}
	v, ok := new(big.Int), base >= 2 && base <= 36 && len(bare) < longestInteger && bare != ""
	if ok {
		_, ok = v.SetString(sign+bare, base)
	}
	if !ok {
		return p.unexpected("a number")
	}
	p.next()
	return Number(v.String())
}

func (p *parser) export() Term {
	e := Export{Module: p.atom()}
	p.expect(":")
	e.Function = p.atom()
	p.expect("/")
	e.Arity = p.integer(0, 255)
	return e
}

// pid reads <node.creation.id.serial>; the name of a node contains dots too.
func (p *parser) pid() Term {
	// The token is "<", and at is the position directly after it.
	end := strings.IndexByte(p.text[p.at:], '>')
	if end < 0 {
		return p.fail("a process is not closed by >")
	}
	parts := strings.Split(p.text[p.at:p.at+end], ".")
	last := len(parts) - 3
	if last < 1 {
		return p.fail("a process is written <node.creation.id.serial>")
	}
	out := Pid{Node: Atom(strings.Trim(strings.Join(parts[:last], "."), "'"))}
	for i, to := range []*uint32{&out.Creation, &out.ID, &out.Serial} {
		n, err := strconv.ParseUint(parts[last+i], 10, 32)
		if err != nil {
			return p.fail("a process is written <node.creation.id.serial>")
		}
		*to = uint32(n)
	}
	p.at += end + 1
	p.next()
	return p.pidNamed(out)
}

func (p *parser) pidNamed(out Pid) Term {
	if p.named(out.Node) == nil {
		return nil
	}
	return out
}
