package brokertest

import (
	"encoding/json"
	"net/url"
	"strings"
)

// Identified adds to the object in a test's answer the members that identify it, which every broker sends and the
// client checks. So a test need only give the members that it is about. A body that is not an object stays as it is.
// To test an answer without identity, use faultproxy or Handle.
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

// identity returns the members that identify the object at a path, with values.
func identity(words []string, query string) (members [][2]string) {
	text := func(i int) string {
		word, err := url.PathUnescape(words[i])
		if err != nil {
			word = words[i]
		}
		b, _ := json.Marshal(word)
		return string(b)
	}
	switch n, first := len(words), words[0]; {
	case first == "overview" && strings.Contains(query, "columns="):
		return [][2]string{{"disable_stats", "false"}}
	case first == "overview":
		return [][2]string{{"rabbitmq_version", `"4.3.0"`}}
	case first == "whoami", first == "cluster-name":
		return [][2]string{{"name", `"fake"`}}
	case first == "definitions":
		return [][2]string{{"rabbit_version", `"4.3.0"`}, {"queues", "[]"}, {"exchanges", "[]"}, {"bindings", "[]"}}
	case first == "parameters" && n == 4:
		return [][2]string{{"component", text(1)}, {"vhost", text(2)}, {"name", text(3)}, {"value", "{}"}}
	case first == "stream" && n == 4:
		return [][2]string{{"offsets", "{}"}, {"writers", "{}"}}
	case n == 3 && first == "queues":
		return [][2]string{{"vhost", text(1)}, {"name", text(2)}, {"durable", "true"}, {"auto_delete", "false"}, {"arguments", "{}"}}
	case n == 3 && first == "permissions":
		return [][2]string{{"vhost", text(1)}, {"user", text(2)}}
	case n == 3 && first == "exchanges":
		return [][2]string{{"vhost", text(1)}, {"name", text(2)}}
	case n == 2 && (first == "vhosts" || first == "users" || first == "nodes" || first == "connections" || first == "global-parameters"):
		return [][2]string{{"name", text(1)}}
	}
	return nil
}
