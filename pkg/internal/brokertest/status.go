package brokertest

import (
	"net/http"
	"strconv"
)

// StatusOf splits a body that begins with a status and a space, such as "401 {}". Without a status it returns 200.
func StatusOf(body string) (status int, rest string) {
	if len(body) > 4 && body[3] == ' ' {
		if status, err := strconv.Atoi(body[:3]); err == nil {
			return status, body[4:]
		}
	}
	return http.StatusOK, body
}
