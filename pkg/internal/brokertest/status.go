package brokertest

import (
	"net/http"
	"strconv"
)

// StatusOf splits a body that begins with a status, a space and at least one more character, such as "401 {}". For any
// other body it returns 200 and the whole body.
func StatusOf(body string) (status int, rest string) {
	if len(body) > 4 && body[3] == ' ' {
		if status, err := strconv.Atoi(body[:3]); err == nil {
			return status, body[4:]
		}
	}
	return http.StatusOK, body
}
