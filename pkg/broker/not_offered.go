package broker

import (
	"errors"
	"net/http"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// missingHere is the cause of an error about something that neither the broker's release nor its enabled plugins have.
type missingHere struct{}

func (missingHere) Error() string { return http.StatusText(http.StatusNotFound) }

// IsNotOffered reports whether the broker does not have what was asked for: its release is too old or too new, or a
// plugin is disabled.
func IsNotOffered(err error) bool { return errors.As(err, &missingHere{}) }

// NotOffered returns the error for something that the broker's release does not have.
func (c *Client) NotOffered(what string) *fail.Error {
	e := fail.New(fail.Unavailable, "%s is not offered by this broker, %s", what, c.base).
		Next("its release does not have it: ").Do(fail.SeeRelease)
	e.Err = missingHere{}
	return e
}

// mayBeNoEndpoint reports whether the release may lack the endpoint. The answer can also mean that the object does not
// exist. Below /queues and /stream 3.10 answers 400 for an endpoint that it does not have, other releases 404 or 405
// (measured).
func mayBeNoEndpoint(err error) bool {
	switch Status(err) {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed:
		return true
	}
	return false
}
