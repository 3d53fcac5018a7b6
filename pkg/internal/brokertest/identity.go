package brokertest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// Identified adds to the object in a test's answer the members that identify the object. Every broker sends these
// members, and the client checks them. A test therefore gives only the members that it is about. Identified changes
// only objects that answer a GET below /api/, also with an error status; other bodies stay as they are. To test an
// answer without identity, use faultproxy or Handle.
func Identified(request, body string) string {
	path, isGet := strings.CutPrefix(request, "GET /api/")
	if !isGet || !strings.HasPrefix(strings.TrimSpace(body), "{") {
		return body
	}
	path, query, _ := strings.Cut(path, "?")
	var has map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &has) != nil {
		return body
	}
	missing := ""
	for _, m := range identity(strings.Split(path, "/"), query) {
		if _, there := has[m[0]]; !there {
			missing += `"` + m[0] + `":` + m[1] + ","
		}
	}
	rest := strings.TrimSpace(body)[1:]
	if missing != "" && strings.TrimSpace(rest) == "}" {
		missing = strings.TrimSuffix(missing, ",")
	}
	return "{" + missing + rest
}

// identity returns the members that identify the object at a path, each as a name and a value.
func identity(words []string, query string) (members [][2]string) {
	text := func(i int) string {
		word, err := url.PathUnescape(words[i])
		if err != nil {
			word = words[i]
		}
		b, _ := json.Marshal(word)
		return string(b)
	}
	kind := fmt.Sprintf("%s/%d", words[0], len(words))
	if words[0] == "overview" && strings.Contains(query, "columns=") {
		kind = "overview of columns"
	}
	switch kind {
	case "overview of columns":
		return [][2]string{{"disable_stats", "false"}}
	case "overview/1":
		return [][2]string{{"rabbitmq_version", `"4.3.0"`}}
	case "whoami/1", "cluster-name/1":
		return [][2]string{{"name", `"fake"`}}
	case "definitions/1", "definitions/2":
		return [][2]string{{"rabbit_version", `"4.3.0"`}, {"queues", "[]"}, {"exchanges", "[]"}, {"bindings", "[]"}}
	case "parameters/4":
		return [][2]string{{"component", text(1)}, {"vhost", text(2)}, {"name", text(3)}, {"value", "{}"}}
	case "stream/4":
		return [][2]string{{"offsets", "{}"}, {"writers", "{}"}}
	case "queues/3":
		return [][2]string{{"vhost", text(1)}, {"name", text(2)}, {"durable", "true"}, {"auto_delete", "false"},
			{"arguments", "{}"}}
	case "permissions/3":
		return [][2]string{{"vhost", text(1)}, {"user", text(2)}}
	case "exchanges/3":
		return [][2]string{{"vhost", text(1)}, {"name", text(2)}}
	case "vhosts/2", "users/2", "nodes/2", "connections/2", "global-parameters/2":
		return [][2]string{{"name", text(1)}}
	}
	return nil
}
