package erlang_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// TestParse_recorded: text that a node printed is parsed to the same term.
func TestParse_recorded(t *testing.T) {
	t.Parallel()
	for _, r := range recordings(t, "4.3") {
		if strings.HasPrefix(r.Text, "#") && r.Text[1] != '{' || strings.HasPrefix(r.Text, "<0.") {
			continue // a reference to an object of the node; here it has no meaning
		}
		term, err := erlang.Parse(r.Text)
		if err != nil {
			t.Errorf("%s: %v", r.Text, err)
			continue
		}
		if got, err := erlang.Encode(term); err != nil || hex.EncodeToString(got) != r.External {
			t.Errorf("%s is read as %x, want %s: %v", r.Text, got, r.External, err)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		" [ {a , \"b\"} | [c] ] . ":       `[{a,"b"},c]`,
		`<<"é">>`:                         `<<"é">>`,
		`<<"é"/utf8>>`:                    `<<"Ã©">>`,
		`<<"a",1:1>>`:                     "<<97,1:1>>",
		`<<"",7:8>>`:                      `<<7>>`,
		`'it\'s'`:                         `'it\'s'`,
		"16#ff":                           "255",
		"-2#101":                          "-5",
		"1_000":                           "1000",
		"1.50":                            "1.5",
		"1.0e+3":                          "1.0e3",
		"$a":                              "97",
		`$\n`:                             "10",
		`"\x{e9}\x41\101\^A\e"`:           `[233,65,65,1,27]`,
		"#{a=>1,<<\"b\">> => []}":         `#{a => 1,<<"b">> => []}`,
		"fun lists:map/2":                 "fun lists:map/2",
		"<rabbit@my.host.1664.560.7>":     "<0.560.7>",
		"rabbit@localhost":                "rabbit@localhost",
		"{a,{}}":                          "{a,{}}",
		"[1|2]":                           "[1|2]",
		"[a|\"b\"]":                       "[a,98]",
		"{mem_relative,0.4}":              "{mem_relative,0.4}",
		"\"日本\"":                          "[26085,26412]",
		"123456789012345678901234567890.": "123456789012345678901234567890",
		"'and'":                           "'and'",
	} {
		if term, err := erlang.Parse(text); err != nil || erlang.Text(term) != want {
			t.Errorf("%s is read as %v, %v; want %s", text, term, err, want)
		}
	}
	want := erlang.Pid{Node: "rabbit@my.host", Creation: 1664, ID: 560, Serial: 7}
	if p, _ := erlang.Parse(want.Name()); p != want {
		t.Errorf("%#v", p)
	}
}

func TestParse_refuses(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                       "a term is missing",
		".":                      `"." where a term was expected`,
		"Var":                    `"Var" where a term was expected`,
		"a b":                    `at character 3: "b" where the end of the text was expected`,
		"[a,":                    "a term is missing",
		"[a":                     `"," or "]" is missing`,
		"{a]":                    `"]" where "," or "}" was expected`,
		"#{a}":                   `"}" where "=>" was expected`,
		"#a":                     `"a" where "{" was expected`,
		"\"a":                    `" is not closed`,
		"'a":                     "' is not closed",
		"\"\\x{110000}\"":        "escape",
		"\"\\":                   "escape",
		"$":                      "a character is missing",
		"<<256>>":                "256 is not between 0 and 255",
		"<<1:9>>":                "9 is not between 1 and 8",
		"<<\"日\">>":              "/utf8",
		"<<\"a\"/utf16>>":        `"utf16" where utf8 was expected`,
		"<<1":                    `"," or ">>" is missing`,
		"<0.1.2>":                "<node.creation.id.serial>",
		"<a.b.c.d>":              "<node.creation.id.serial>",
		"<a":                     "not closed",
		"1e5":                    "where a number was expected",
		"1.0e999":                "where a number was expected",
		"37#1":                   "where a number was expected",
		"12ab":                   "where a number was expected",
		"-":                      "where",
		"fun(X) -> X end":        `"(" where`,
		"fun a:b/256":            "256 is not between",
		"and":                    `"and" where a term was expected`,
		strings.Repeat("[", 2e3): "nested",
		strings.Repeat("a", 256): "an atom of more than 255",
		"\"\xff\"":               "UTF-8",
	} {
		if term, err := erlang.Parse(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.30s: %v, %v; want %s", text, term, err, says)
		}
	}
}

// FuzzParse: parsing any text ends. A parsed term can be encoded, and its printed form can be parsed again.
func FuzzParse(f *testing.F) {
	for _, r := range recordings(f, "4.3") {
		f.Add(r.Text)
		f.Add(r.Expression)
	}
	f.Fuzz(func(t *testing.T, text string) {
		term, err := erlang.Parse(text)
		if err != nil {
			return
		}
		sent, err := erlang.Encode(term)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if _, err := erlang.Decode(sent); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if printed := erlang.Lines(term, 1, 0); !strings.Contains(printed, "<0.") {
			if _, err := erlang.Parse(printed); err != nil {
				t.Errorf("%q, printed %q: %v", text, printed, err)
			}
		}
	})
}
