package prose

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Bytes writes a size in units of 1000, as brokers read and write sizes: "83.6 GB".
func Bytes(n float64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	u := 0
	for ; math.Abs(n) >= 999.95 && u < len(units)-1; u++ {
		n /= 1000
	}
	return Rounded(n) + " " + units[u]
}

// Rounded writes a number with one decimal. It leaves out a decimal of 0, and any decimal of a number of 1000 or more.
func Rounded(n float64) string {
	if math.Abs(n) >= 999.95 {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0")
}

// Limit writes a size limit of this program, which is a multiple of 1024: "64 KiB", "1 MiB".
func Limit(bytes int64) string {
	if bytes >= 1<<20 && bytes%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%d KiB", bytes>>10)
}
