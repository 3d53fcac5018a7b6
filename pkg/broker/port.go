package broker

import (
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// PortOf returns the port number of a listener that a broker lists, as text. A port that is not a number from 1 to
// 65535 is an error.
func PortOf(listener record.Value) (string, error) {
	port := listener.At("port")
	n, err := strconv.ParseUint(port.Text(), 10, 16)
	if err != nil || n == 0 {
		return "", fail.New(fail.Data, "the overview lists a listener of node %s for %s at port %q, which is not a port "+
			"number",
			listener.At("node").Text(), listener.At("protocol").Text(), port.Text()).
			Next("is a proxy or another program in between? ").Do(fail.SeeRequests)
	}
	return strconv.FormatUint(n, 10), nil
}
