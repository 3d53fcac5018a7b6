package change

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// NotASize is the cause of an error about a text that the official tools would not accept as a size.
type NotASize struct{ Text string }

func (n *NotASize) Error() string { return strconv.Quote(n.Text) + " is not a size" }

// bytesOf parses a size: a whole number, alone or with a unit. A number alone is a number of bytes. The units k, M, G
// and T are powers of 1024, and kiB, MiB, GiB and TiB mean the same. The units kB, MB, GB and TB are powers of 1000.
// The official tools do not have T, TiB and TB.
func bytesOf(text string) (int64, error) {
	m := regexp.MustCompile(`^([0-9]+)(|k|kiB|kB|M|MiB|MB|G|GiB|GB|T|TiB|TB)$`).FindStringSubmatch(text)
	if m == nil {
		return 0, fail.Usagef("%w", &NotASize{text}).Next("write 1GB, 500MiB, or a whole number of bytes")
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	base, power := int64(1024), map[string]int{"": 0, "k": 1, "M": 2, "G": 3, "T": 4}
	if len(m[2]) == 2 {
		base = 1000
	}
	unit := m[2]
	if unit != "" {
		unit = unit[:1]
	}
	for range power[unit] {
		if n > math.MaxInt64/base {
			err = strconv.ErrRange
			break
		}
		n *= base
	}
	if err != nil {
		e := fail.Usagef("the size %q is too large", text).Next("the largest size is 9223372TB")
		e.Err = &NotASize{text}
		return 0, e
	}
	return n, nil
}

// sizeForConf returns a size as it has to stand in rabbitmq.conf to mean the same in every release: there k, M and G
// are powers of 1024 before 3.13 and powers of 1000 since then, and many releases do not know T.
func sizeForConf(text string, bytes int64) string {
	if !strings.HasSuffix(text, "B") || strings.Contains(text, "T") {
		return strconv.FormatInt(bytes, 10)
	}
	return text
}

// fractionForConf returns a fraction as rabbitmq.conf accepts it: with a decimal point, and without an exponent. With
// "disk_free_limit.relative = 2" a node does not start (3.10.8, 4.3.6).
func fractionForConf(fraction float64) string {
	text := strconv.FormatFloat(fraction, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// fractionOf parses a finite number. It does not check that the number is between 0 and 1.
func fractionOf(text string) (float64, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fail.Usagef("%q is not a fraction", text).Next("write it as 0.4")
	}
	return f, nil
}
