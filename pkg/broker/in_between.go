package broker

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"
)

// InBetween reports whether something between rabbitctl and the broker answered in place of the broker, such as a
// proxy, which may reach the broker at a later try. Such an answer has the status of a gateway, or is a page where an
// error was expected.
func InBetween(err error) bool {
	switch Status(err) {
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return true // no broker answers with these
	}
	return isForeign(err) && !IsNoAPI(err)
}

// IsNoAPI reports whether the answer came from something else than a broker's management API: a page with a status
// below 400, a redirect, another protocol, or a certificate that does not fit.
func IsNoAPI(err error) bool {
	var (
		record    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	if status := Status(err); status != 0 {
		return status < http.StatusBadRequest
	}
	if errors.As(err, &record) || errors.As(err, &authority) || errors.As(err, &hostname) || errors.As(err, &invalid) {
		return true
	}
	cause := errors.Unwrap(err)
	return cause != nil && (strings.Contains(cause.Error(), "malformed HTTP") || strings.Contains(cause.Error(),
		"server gave HTTP response to HTTPS client"))
}
