package config

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// set changes the section of a context in place. If the context has another form (dotted keys, an inline table), it is
// written again as a section at the end of the file, and so is a new context.
func (e *editor) set(name string, change Change) error {
	d, err := e.document()
	if err != nil {
		return err
	}
	own, sectioned := d.context(name)
	if sectioned {
		e.text = e.setInSection(own, change)
		return nil
	}
	texts := map[string]string{}
	for _, st := range own {
		for _, v := range st.values {
			texts[v.path[2]] = v.text
		}
	}
	if err := e.remove(name); err != nil {
		return err
	}
	for _, key := range change.Unset {
		delete(texts, key)
	}
	maps.Copy(texts, change.Set)
	section := e.header(name)
	for _, key := range orderedKeys(texts) {
		section += e.assignment(key, texts[key])
	}
	if len(e.text) > 0 {
		section = e.eol + section
	}
	e.text = append(slices.Clone(e.text), section...)
	return nil
}

// context returns the statements of the context. sectioned means that they form one section: a header with plain keys
// below it.
func (d *document) context(name string) (own []statement, sectioned bool) {
	for _, st := range d.statements {
		if len(st.path) > 1 && st.path[0] == "contexts" && st.path[1] == name {
			own = append(own, st)
		}
	}
	sectioned = len(own) > 0 && own[0].header
	for _, st := range own[min(1, len(own)):] {
		// Dotted keys of the table [contexts] may stand anywhere, so a context that has any does not form one section.
		sectioned = sectioned && !st.header && len(st.path) == 3 && len(st.values) == 1 && len(st.values[0].path) == 3
	}
	return own, sectioned
}

func (e *editor) setInSection(own []statement, change Change) []byte {
	left := maps.Clone(change.Set)
	added := ""
	type cut struct {
		from, to int
		with     string
	}
	var cuts []cut
	for _, st := range own[1:] {
		key, v := st.path[2], st.values[0]
		if text, ok := left[key]; ok {
			cuts = append(cuts, cut{v.start, v.end, encodeValue(key, text)})
			delete(left, key)
		} else if slices.Contains(change.Unset, key) {
			cuts = append(cuts, cut{st.start, st.end, ""})
		}
	}
	for _, key := range orderedKeys(left) {
		added += e.assignment(key, left[key])
	}
	// Change the text from its end backwards, so that earlier offsets stay valid.
	text := slices.Insert(slices.Clone(e.text), own[len(own)-1].end, []byte(added)...)
	for _, c := range slices.Backward(cuts) {
		text = slices.Replace(text, c.from, c.to, []byte(c.with)...)
	}
	return text
}

// remove deletes all statements of the context, with the comments inside its section and right above it.
func (e *editor) remove(name string) error {
	d, err := e.document()
	if err != nil {
		return err
	}
	for _, st := range d.statements {
		if len(st.path) == 1 && st.inline {
			return fail.New(fail.Config, "%s:%d: contexts is an inline table, which rabbitctl cannot edit", e.path, st.line).
				Next("write every context as a section [contexts.NAME]")
		}
	}
	var text []byte
	kept := 0 // the offset up to which the text is already copied or cut
	for i, st := range d.statements {
		if len(st.path) < 2 || st.path[1] != name || st.start < kept {
			continue
		}
		from, to := st.start, st.end
		if st.header {
			from, to = max(kept, d.commentAbove(st.start)), d.sectionEnd(i)
		}
		text = append(text, e.text[kept:from]...)
		kept = to
	}
	e.text = append(text, e.text[kept:]...)
	return nil
}

// sectionEnd returns the offset where the section of the header ends: at the next header, or at the comment right above
// that header, or at the end of the file.
func (d *document) sectionEnd(header int) int {
	for _, st := range d.statements[header+1:] {
		if st.header {
			return d.commentAbove(st.start)
		}
	}
	return len(d.data)
}

// commentAbove returns the offset of the comment right above the line at offset. If there is no such comment, or if the
// comment opens the file and so is about the whole file, it returns offset itself.
func (d *document) commentAbove(offset int) int {
	from := offset
	for from > 0 {
		start := bytes.LastIndexByte(d.data[:from-1], '\n') + 1
		line := bytes.TrimSpace(d.data[start:from])
		if len(line) == 0 || line[0] != '#' {
			return from
		}
		from = start
	}
	return offset
}

func (e *editor) withoutDefault() []byte {
	d, err := e.document()
	if err != nil {
		return e.text // reparse reports the error
	}
	for _, st := range d.statements {
		if st.path[0] == "default_context" {
			return slices.Delete(slices.Clone(e.text), st.start, st.end)
		}
	}
	return e.text
}

// withDefault returns the text with default_context set: in its old place, else above the first statement.
func (e *editor) withDefault(name string) []byte {
	line := "default_context = " + quote(name) + e.eol
	d, err := e.document()
	if err != nil {
		return e.text // reparse reports the error
	}
	for _, st := range d.statements {
		if st.path[0] == "default_context" {
			return slices.Replace(slices.Clone(e.text), st.values[0].start, st.values[0].end, []byte(quote(name))...)
		}
	}
	if len(d.statements) == 0 {
		return append(slices.Clone(e.text), line...)
	}
	first := d.statements[0]
	if first.header {
		line += e.eol
	}
	return slices.Insert(slices.Clone(e.text), d.commentAbove(first.start), []byte(line)...)
}

func (e *editor) header(name string) string { return "[contexts." + quoteKey(name) + "]" + e.eol }

func (e *editor) assignment(key, text string) string {
	return key + " = " + encodeValue(key, text) + e.eol
}

// orderedKeys lists the map's keys in the order of Options.
func orderedKeys(texts map[string]string) []string {
	var keys []string
	for _, o := range allOptions {
		if _, ok := texts[o.Key]; ok && o.InContext() {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

func encodeValue(key, text string) string {
	o := contextKeys()[key]
	if o.Kind == Bool || o.Kind == Int {
		return normalText(o, text)
	}
	return quote(text)
}

// quote writes a TOML basic string.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func quoteKey(name string) string {
	bare := func(r rune) bool {
		return r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !bare(r) }) {
		return quote(name)
	}
	return name
}
