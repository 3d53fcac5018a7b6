//go:build acceptance

package acceptance

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// dialled connects to a port of the broker and closes the connection when the test ends.
func dialled(t *testing.T, port int) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return conn, bufio.NewReader(conn)
}

// send writes a packet, and reads an answer with the given number of bytes.
func send(t *testing.T, conn io.Writer, from io.Reader, packet []byte, answer int) []byte {
	t.Helper()
	if _, err := conn.Write(packet); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, answer)
	if n, err := io.ReadFull(from, got); err != nil {
		t.Fatalf("%v after %q", err, got[:n])
	}
	return got
}

// mqttConnect returns the CONNECT packet of MQTT 3.1.1 for a clean session without a keepalive. The user is VHOST:NAME.
func mqttConnect(client, user, password string) []byte {
	body := []byte("\x00\x04MQTT\x04\xc2\x00\x00")
	for _, text := range []string{client, user, password} {
		body = append(binary.BigEndian.AppendUint16(body, uint16(len(text))), text...)
	}
	return append([]byte{0x10, byte(len(body))}, body...)
}

// mqttAccepted is the CONNACK packet by which the broker accepts the client.
const mqttAccepted = "\x20\x02\x00\x00"

// connectMQTT connects an MQTT client, which sends nothing after that.
func connectMQTT(t *testing.T, port int, client, user, password string) {
	t.Helper()
	conn, answers := dialled(t, port)
	if got := send(t, conn, answers, mqttConnect(client, user, password), len(mqttAccepted)); string(got) != mqttAccepted {
		t.Fatalf("MQTT: %q", got)
	}
}

func connectWebMQTT(t *testing.T, port int, client, user, password string) {
	t.Helper()
	conn, answers := dialled(t, port)
	if _, err := fmt.Fprintf(conn, "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	upgraded, err := http.ReadResponse(answers, nil)
	if err != nil || upgraded.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("web MQTT: %v, %v", upgraded, err)
	}
	packet := mqttConnect(client, user, password)
	if len(packet) > 125 {
		t.Fatalf("a frame of %d bytes needs a longer header", len(packet))
	}
	// One binary frame, masked as clients must, with a mask of zeros.
	frame := append([]byte{0x82, 0x80 | byte(len(packet)), 0, 0, 0, 0}, packet...)
	const accepted = "\x82\x04" + mqttAccepted
	if got := send(t, conn, answers, frame, len(accepted)); string(got) != accepted {
		t.Fatalf("web MQTT: %q", got)
	}
}

// connectSTOMP connects a STOMP 1.2 client.
func connectSTOMP(t *testing.T, port int, vhost, user, password string) {
	t.Helper()
	conn, answers := dialled(t, port)
	if _, err := fmt.Fprintf(conn, "CONNECT\naccept-version:1.2\nhost:%s\nlogin:%s\npasscode:%s\n\n\x00", vhost, user,
		password); err != nil {
		t.Fatal(err)
	}
	if got, err := answers.ReadString(0); err != nil || !strings.HasPrefix(got, "CONNECTED\n") {
		t.Fatalf("STOMP: %q, %v", got, err)
	}
}
