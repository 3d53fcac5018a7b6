package topology

import "github.com/rabbitctl/rabbitctl/pkg/fail"

// Property is what an error is about, for errors.Is. The caller that read it from a flag or a file adds where, and how
// to write it there.
type Property string

const (
	Type       Property = "type"
	Durable    Property = "durable"
	AutoDelete Property = "auto_delete"
	Form       Property = "form" // the form of a pair KEY[:TYPE]=VALUE
)

func (p Property) Error() string { return string(p) }

// about is a usage error about a property.
func about(p Property, format string, args ...any) *fail.Error {
	err := fail.Usagef(format, args...)
	err.Err = p
	return err
}
