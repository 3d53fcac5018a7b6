package config

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/timespan"
)

// check says why text is not a value of the kind; the error does not name the option.
func (k Kind) check(text string) error {
	var err error
	switch k {
	case Bool:
		_, err = parseBool(text)
	case Int:
		_, err = parseInt(text)
	case Duration:
		_, err = parseDuration(text)
	case AMQPAddress:
		err = checkAMQPAddress(text)
	}
	return err
}

// checkAMQPAddress says what is wrong with an AMQP address. It never quotes what may be a password.
func checkAMQPAddress(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "amqp" && u.Scheme != "amqps":
		return problem("is not an AMQP address").Next("write it as amqp://HOST:5672 or amqps://HOST:5671")
	case u.User != nil:
		return problem("has a user in it").
			Next("leave user and password out: AMQP uses the login of the management API")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return problem("has a path or options").Next("the virtual host is given by -p")
	}
	return nil
}

func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "t", "yes", "on", "1":
		return true, nil
	case "false", "f", "no", "off", "0":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", text)
}

func parseInt(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number", text)
	}
	return n, nil
}

// parseDuration reads a plain integer as seconds, as rabbitmqctl does, and "infinity" as 0, which means no limit.
func parseDuration(text string) (time.Duration, error) {
	if text == "infinity" {
		return 0, nil
	}
	d, err := timespan.Parse(text)
	if seconds, intErr := strconv.ParseInt(text, 10, 64); intErr == nil {
		if seconds > math.MaxInt64/int64(time.Second) {
			return 0, fmt.Errorf("%q is too long", text)
		}
		d, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration such as 60, 500ms or 2m", text)
	}
	if d <= 0 {
		return 0, errors.New("a duration must be more than 0; infinity means no limit")
	}
	return d, nil
}
