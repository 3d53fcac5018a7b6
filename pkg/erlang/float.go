package erlang

import (
	"math"
	"strconv"
	"strings"
)

// Float returns a float as Erlang prints it since its release 25: with the fewest digits that identify the number, in
// the shorter of the two notations. From 2^53 on, where the last digit of the plain notation means nothing, it is
// always the notation with an exponent. For an infinity, and for what is not a number, Float returns "".
func Float(f float64) Number {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return ""
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	power, _ := strconv.Atoi(exponent)
	short := mantissa + "e" + strconv.Itoa(power)
	plain := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(plain, ".") {
		plain += ".0"
	}
	if len(plain) <= len(short) && math.Abs(f) < 1<<53 {
		return Number(plain)
	}
	return Number(short)
}
