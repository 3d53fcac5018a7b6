package personality

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// share is the memory that a node uses for one purpose: in bytes, and as a percentage of the largest of the three
// totals.
type share struct {
	name       string
	bytes      int64
	percentage float64
}

// sharesOf returns the shares, the largest first. total is the total by the node's own strategy of calculation.
func sharesOf(memory record.Value) (all []share, total int64) {
	largest, strategy := int64(0), memory.At("strategy").Text()
	for name, v := range memory.At("total").Members() {
		n, _ := v.Int()
		largest = max(largest, n)
		if name == strategy {
			total = n
		}
	}
	for name, v := range memory.Members() {
		if n, ok := v.Int(); ok && name != "total" {
			all = append(all, share{name, n, math.Round(10000*float64(n)/float64(max(largest, 1))) / 100})
		}
	}
	slices.SortStableFunc(all, func(a, b share) int { return -cmp.Compare(a.bytes, b.bytes) })
	return all, total
}

// unitBytes returns how many bytes a unit has, and whether --unit accepts this word.
func unitBytes(unit string) (float64, bool) {
	bytes, ok := map[string]float64{"bytes": 1, "mb": 1e6, "mib": 1 << 20, "gb": 1e9, "gib": 1 << 30, "tb": 1e12,
		"tib": 1 << 40}[strings.ToLower(unit)]
	return bytes, ok
}

// inUnit returns a number of bytes in a unit, as the official tools write it.
func inUnit(bytes int64, unit string) string {
	size, _ := unitBytes(unit)
	if size == 1 {
		return strconv.FormatInt(bytes, 10)
	}
	return float(math.Round(10000*float64(bytes)/size) / 10000)
}

// knownUnit refuses a unit that is not in the list. Each command has its own list.
func knownUnit(units ...string) func(*call) *fault {
	return func(c *call) *fault {
		if unit := c.option("unit", "gb"); !slices.Contains(units, strings.ToLower(unit)) {
			return c.invalid(strconv.Quote("unit '" + unit + "' is not supported. Please use one of: " + strings.Join(units,
				", ")))
		}
		return nil
	}
}

func reportMemory(ctx context.Context, c *call) (answer, error) {
	body, err := c.client.NodeMemory(ctx, c.node)
	if err != nil {
		return answer{}, err
	}
	all, _ := sharesOf(body.At("memory"))
	if len(all) == 0 {
		return answer{}, fail.New(fail.Incomplete, "%s does not report what the memory of node %s is used for",
			c.client.BaseURL(), c.node).
			Next("try again, or run %s on the broker's own machine", c.tool)
	}
	switch c.option("formatter", "") {
	case "csv":
		return answer{table: shareTable(all), format: "csv"}, nil
	case "erlang":
		terms := erlang.List{}
		for _, s := range all {
			terms = append(terms, erlang.Tuple{erlang.Atom(s.name), s.term()})
		}
		return answer{printed: true}, c.print(erlang.Lines(terms, 1, 0) + "\n")
	}
	unit := strings.ToLower(c.option("unit", "gb"))
	var text []string
	var data []any
	for _, s := range all {
		text = append(text, s.name+": "+inUnit(s.bytes, unit)+" "+unit+" ("+float(s.percentage)+"%)")
		data = append(data, s.name, s.term())
	}
	return answer{text: strings.Join(text, "\n") + "\n", data: object(data...)}, nil
}

func (s share) term() erlang.Map {
	return object("bytes", erlang.Int(s.bytes), "percentage", erlang.Number(float(s.percentage)))
}

// shareTable returns a table with all shares in one row, in reverse alphabetical order.
func shareTable(all []share) *table {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b share) int { return cmp.Compare(b.name, a.name) })
	t := &table{rows: [][]erlang.Term{nil}}
	for _, s := range all {
		t.names = append(t.names, s.name+".percentage", s.name+".bytes")
		t.rows[0] = append(t.rows[0], erlang.Number(float(s.percentage)), erlang.Int(s.bytes))
	}
	return t
}

// float returns a number in the form in which Erlang writes it with the fewest digits: 0.05, 4.295, 1.0e5.
func float(f float64) string {
	text := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	sign := ""
	if strings.HasPrefix(mantissa, "-") {
		sign, mantissa = "-", mantissa[1:]
	}
	digits := strings.Replace(mantissa, ".", "", 1)
	e, _ := strconv.Atoi(exponent)
	place, length := e+1, len(digits)
	if f == 0 {
		return "0.0"
	}
	cost := len(strconv.Itoa(e)) + 2
	if length == 1 {
		cost++
	}
	scientific := func() string {
		fraction := digits[1:]
		if fraction == "" {
			fraction = "0"
		}
		return sign + digits[:1] + "." + fraction + "e" + strconv.Itoa(e)
	}
	switch {
	case place <= 0 && 2-place > cost, place >= length && place-length+2 > cost:
		return scientific()
	case place <= 0:
		return sign + "0." + strings.Repeat("0", -place) + digits
	case place >= length:
		return sign + digits + strings.Repeat("0", place-length) + ".0"
	}
	return sign + digits[:place] + "." + digits[place:]
}
