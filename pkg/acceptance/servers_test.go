//go:build acceptance

package acceptance

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// The servers in this file run at an address where a user expects a broker. Each function returns the address, and the
// server ends with the test.

func tlsServer(t *testing.T) string {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

func htmlServer(t *testing.T, status int) string {
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<!doctype html>\n<html><head><title>Sign in</title></head>\n<body>%d</body></html>\n", status)
	})
}

func redirectingServer(t *testing.T, to string) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
}

// truncatingServer announces a longer body than it sends.
func truncatingServer(t *testing.T) string {
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "100000")
		io.WriteString(w, twoQueues)
	})
}

// stallingServer sends two rows and a part of a third, and then nothing more.
func stallingServer(t *testing.T) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, twoQueues)
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
}

const twoQueues = `[{"name":"first","messages":1},{"name":"second","messages":2},{"name":"thi`

func serve(t *testing.T, handle http.HandlerFunc) string {
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL
}

// silentServer accepts connections and never answers.
func silentServer(t *testing.T) string {
	return listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
}

// closingServer closes a connection as soon as it has received something.
func closingServer(t *testing.T) string {
	return listen(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) })
}

// babblingServer answers in a protocol other than HTTP.
func babblingServer(t *testing.T) string {
	return listen(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096))
		_, _ = io.WriteString(c, "220 mail.example.org ESMTP\r\n")
	})
}

func listen(t *testing.T, talk func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				talk(c)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}
