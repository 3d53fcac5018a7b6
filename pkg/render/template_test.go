package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func TestTemplate(t *testing.T) {
	columns := []record.Column{{Name: "name"}, {Name: "messages", Kind: record.Count}, {Name: "rate", Kind: record.Rate},
		{Name: "arguments", Kind: record.Map}}
	rows := []record.Row{
		raw(`"a"`, `12`, `0.5`, `{"x-max-length":5,"list":[1,null]}`),
		raw(`"b\u001b[31m<i>"`, ``, `null`, `{}`),
	}
	tests := []struct {
		text     string
		terminal bool
		want     string
	}{
		{"{{.name}} has {{.messages}}", false, "a has 12\nb\x1b[31m<i> has \n"},
		{"{{.name}}", true, "a\nb\\x1b[31m<i>\n"},
		{`{{index .arguments "x-max-length"}} {{json .arguments}}`, false,
			"5 {\"list\":[1,\"\"],\"x-max-length\":5}\n<no value> {}\n"},
		{`{{if .messages}}{{if gt .messages 10}}{{.name}}: {{.rate}}/s{{end}}{{end}}`, false, "a: 0.5/s\n\n"},
		{`{{range $k, $v := .arguments}}{{$k}} {{end}}`, false, "list x-max-length \n\n"},
		{`{{with .arguments}}{{.list}}{{end}}`, false, "[1 ]\n\n"},
	}
	for _, tt := range tests {
		f, err := ParseFormat("template=" + tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := string(listing(t, f, Options{Terminal: tt.terminal}, columns, rows)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestTemplate_mistakes(t *testing.T) {
	columns := []record.Column{{Name: "name"}, {Name: "messages"}}
	for text, want := range map[string]string{
		"template":                  "the output format template has no text",
		"template=":                 "the output format template has no text",
		"template={{.name":          "the template cannot be read: :1: unclosed action",
		"template={{nosuch .name}}": `the template cannot be read: :1: function "nosuch" not defined`,
		"template={{.nmae}}":        `the template uses .nmae, which is not a column of this listing, did you mean "name"?`,
		"template={{if .name}}{{.consumers}}{{end}}": "the template uses .consumers, which is not a column of this listing",
		"template={{range .x}}{{end}}":               "the template uses .x, which is not a column of this listing",
		"template={{with .y}}{{end}}":                "the template uses .y, which is not a column of this listing",
	} {
		f, err := ParseFormat(text)
		if err == nil {
			_, err = New(f, &bytes.Buffer{}, columns, Options{})
		}
		if fail.KindOf(err) != fail.Usage || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	// Some errors show only when a row is written.
	w, err := New(Template+"={{index .messages 3}}", &bytes.Buffer{}, columns, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = w.Row(raw(`"a"`, `5`))
	if fail.KindOf(err) != fail.Usage || w.Close() == nil || strings.Contains(err.Error(), "\n") {
		t.Error(err)
	}
}

// FuzzTemplate: no text of a template makes the program panic.
func FuzzTemplate(f *testing.F) {
	f.Add("{{.name}} {{json .}}")
	f.Add("{{range .}}{{.}}{{end}}{{with $x := .name}}{{$x}}{{end}}")
	f.Add("{{define \"a\"}}{{.b}}{{end}}{{template \"a\" .}}")
	f.Fuzz(func(t *testing.T, text string) {
		format, err := ParseFormat("template=" + text)
		if err != nil {
			return
		}
		w, err := New(format, &bytes.Buffer{}, []record.Column{{Name: "name"}}, Options{})
		if err != nil {
			return
		}
		if w.Row(raw(`"a"`)) == nil && w.Close() != nil {
			t.Error("a good row, and no good end")
		}
	})
}
