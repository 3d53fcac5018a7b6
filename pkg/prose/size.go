package prose

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Bytes is a size in units of 1000, as brokers read and write sizes: "83.6 GB".
func Bytes(n float64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	u := 0
	for ; math.Abs(n) >= 999.95 && u < len(units)-1; u++ {
		n /= 1000
	}
	return Rounded(n) + " " + units[u]
}

// Rounded is a number with one decimal, unless that is 0 or the number has four digits before it.
func Rounded(n float64) string {
	if math.Abs(n) >= 999.95 {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0")
}

// Limit is a size limit of ours, which is a multiple of 1024: "64 KiB", "1 MiB".
func Limit(bytes int64) string {
	if bytes >= 1<<20 && bytes%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%d KiB", bytes>>10)
}
