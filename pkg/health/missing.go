package health

import (
	"fmt"
	"strings"
)

// ParseStatus reads the name of a verdict, as flags such as --missing take it: ok, warning, critical, unknown.
func ParseStatus(text string) (Status, error) {
	for s := OK; s <= Unknown; s++ {
		if strings.EqualFold(text, s.String()) {
			return s, nil
		}
	}
	return Unknown, fmt.Errorf("%q is not one of ok, warning, critical, unknown", text)
}
