package brokertest

import (
	"net/http"
	"strconv"
)

// StatusOf takes the status off a body that begins with one and a blank: "401 {}". Others are answered with 200.
func StatusOf(body string) (status int, rest string) {
	if len(body) > 4 && body[3] == ' ' {
		if status, err := strconv.Atoi(body[:3]); err == nil {
			return status, body[4:]
		}
	}
	return http.StatusOK, body
}
