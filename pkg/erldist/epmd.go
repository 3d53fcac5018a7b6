package erldist

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// The requests to epmd, and the answer to portPlease.
const (
	portPlease = 122
	namesReq   = 110
	portResp   = 119
)

// mostNames is how many bytes of epmd's list of names are read.
const mostNames = 16 << 10

// lookup asks epmd at which port the node listens.
func (t Target) lookup(ctx context.Context) (port int, err error) {
	conn, err := t.ask(ctx, append([]byte{portPlease}, t.name()...))
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	var head [2]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil || head[0] != portResp {
		return 0, t.epmdSilent(ctx)
	}
	if head[1] != 0 {
		return 0, t.unknown(ctx)
	}
	var rest [2]byte
	if _, err := io.ReadFull(conn, rest[:]); err != nil {
		return 0, t.epmdSilent(ctx)
	}
	return int(binary.BigEndian.Uint16(rest[:])), nil
}

func (t Target) name() string {
	name, _ := t.parts()
	return name
}

// ask sends one request to epmd, and returns the connection on which the answer comes. The caller must close it.
func (t Target) ask(ctx context.Context, request []byte) (net.Conn, error) {
	conn, err := t.dial(ctx, t.epmd())
	if err != nil {
		return nil, t.epmdDown(ctx, err)
	}
	packet := append(binary.BigEndian.AppendUint16(nil, uint16(len(request))), request...)
	if _, err := conn.Write(packet); err != nil {
		conn.Close()
		return nil, t.epmdSilent(ctx)
	}
	return conn, nil
}

// names returns the names of the nodes that epmd knows; nil if epmd cannot be asked.
func (t Target) names(ctx context.Context) []string {
	conn, err := t.ask(ctx, []byte{namesReq})
	if err != nil {
		return nil
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	text, _ := io.ReadAll(io.LimitReader(conn, mostNames)) //nolint:errcheck // what came counts
	if len(text) < 4 {
		return nil
	}
	var names []string
	for line := range strings.Lines(string(text[4:])) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "name" {
			names = append(names, fields[1])
		}
	}
	return names
}

// unknown returns the error for a node name that epmd does not know.
func (t Target) unknown(ctx context.Context) error {
	err := unreachable("no node named %s runs there: epmd at %s does not know it", t.name(), t.epmd())
	names := t.names(ctx)
	const shown = 5
	switch {
	case len(names) == 0:
		return err.Next("start RabbitMQ").Do(fail.GiveNode)
	case len(names) > shown:
		names = append(names[:shown], "…")
	}
	return err.Next("epmd knows %s", strings.Join(names, ", ")).Do(fail.GiveNode)
}
