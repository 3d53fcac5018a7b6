package definitions

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// mostYAML is the largest size of a document in YAML, in bytes. The YAML parser holds the whole document in memory, in
// about twenty times as many bytes.
const mostYAML = 32 << 20

// yaml reads the document from YAML. The text must be a single YAML document of at most mostYAML bytes, or of
// From.Limit if that is less.
func (b *building) yaml(in io.Reader) error {
	text, err := io.ReadAll(&limited{in, min(mostYAML, b.from.Limit) + 1, min(mostYAML, b.from.Limit)})
	if long := (*record.TooLong)(nil); errors.As(err, &long) {
		return fmt.Errorf("it is not JSON, and it is too long for YAML: %w", err)
	}
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	var root, next yaml.Node
	switch err := d.Decode(&root); {
	case errors.Is(err, io.EOF):
		return errors.New("it is nothing but comments")
	case err != nil:
		return fmt.Errorf("it is neither JSON nor YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := d.Decode(&next); !errors.Is(err, io.EOF) {
		return errors.New("there is more text after the end of the first YAML document")
	}
	top := root.Content[0]
	c := converter{left: 4 * len(text)}
	if top.Kind != yaml.MappingNode {
		v, err := c.value(top)
		if err != nil {
			return err
		}
		return fmt.Errorf("it is %s, not an object", wordOf(v))
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		if err := b.yamlMember(&c, top.Content[i], top.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (b *building) yamlMember(c *converter, name, value *yaml.Node) error {
	listed := slices.Contains(memberNames(), name.Value)
	if listed {
		b.list(name.Value, name.Line)
	}
	if !listed || value.Kind != yaml.SequenceNode {
		v, err := c.value(value)
		switch {
		case err != nil:
			return err
		case !listed:
			b.head(name.Value, v, name.Line)
		default:
			b.fault(Place{Line: name.Line, Path: name.Value}, "%s is %s, not a list", name.Value, wordOf(v))
		}
		return nil
	}
	for n, e := range value.Content {
		v, err := c.value(e)
		if err != nil {
			return err
		}
		b.element(name.Value, n, v, e.Line)
		value.Content[n] = nil // frees the memory of a value that has been read
	}
	return nil
}

// converter converts YAML to JSON. Aliases can make the JSON much longer than the YAML, so its length is limited: left
// is about how many more bytes the JSON may have.
type converter struct{ left, depth int }

func (c *converter) value(n *yaml.Node) (record.Value, error) {
	if c.left -= 1 + len(n.Value); c.left < 0 {
		return nil, errors.New("its aliases expand to a document many times as long")
	}
	if c.depth++; c.depth > mostDeep {
		return nil, fmt.Errorf("line %d: objects are nested more than %d deep", n.Line, mostDeep)
	}
	defer func() { c.depth-- }()
	switch n.Kind {
	case yaml.AliasNode:
		return c.value(n.Alias)
	case yaml.MappingNode:
		out := record.Value{'{'}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Tag == "!!merge" {
				return nil, fmt.Errorf("line %d: <<, which merges objects, is not supported", n.Content[i].Line)
			}
			c.left -= len(n.Content[i].Value)
			v, err := c.value(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			if i > 0 {
				out = append(out, ',')
			}
			out = append(append(appendQuoted(out, n.Content[i].Value), ':'), v...)
		}
		return append(out, '}'), nil
	case yaml.SequenceNode:
		out := record.Value{'['}
		for i, e := range n.Content {
			v, err := c.value(e)
			if err != nil {
				return nil, err
			}
			if i > 0 {
				out = append(out, ',')
			}
			out = append(out, v...)
		}
		return append(out, ']'), nil
	}
	return scalar(n), nil
}

// jsonNumber reports whether a number in YAML is also a number in JSON; 0x10, .5 and 1_000 are not.
func jsonNumber(text string) bool {
	return text != "" && (text[0] == '-' || text[0] >= '0' && text[0] <= '9') && jsontext.Value(text).IsValid()
}

// scalar converts a value that holds no other values. A type that JSON does not have, such as a date, becomes text.
func scalar(n *yaml.Node) record.Value {
	switch n.Tag {
	case "!!null":
		return record.Value("null")
	case "!!bool":
		return record.Of(strings.EqualFold(n.Value, "true"))
	case "!!int", "!!float":
		if jsonNumber(n.Value) {
			return record.Value(n.Value) // as written, because 1.0 and 1 are not the same in an AMQP table
		}
		if i, err := strconv.ParseInt(strings.ReplaceAll(n.Value, "_", ""), 0, 64); err == nil {
			return record.Of(i)
		}
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil && f-f == 0 {
			return record.Of(f)
		}
	}
	return quoted(n.Value)
}
