package topology

import "github.com/rabbitctl/rabbitctl/pkg/fail"

// Property is the property that an error is about, for errors.Is. A caller that read the property from a flag or a file
// adds where it was read, and how to write it there.
type Property string

const (
	Type       Property = "type"
	Durable    Property = "durable"
	AutoDelete Property = "auto_delete"
	Form       Property = "form" // the form of a pair KEY[:TYPE]=VALUE
)

func (p Property) Error() string { return string(p) }

// about makes a usage error that errors.Is finds by the property.
func about(p Property, format string, args ...any) *fail.Error {
	err := fail.Usagef(format, args...)
	err.Err = p
	return err
}
