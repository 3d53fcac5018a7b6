package brokertest

import (
	"encoding/json"
	"net/url"
	"strings"
)

// Identified puts into the object that a test answers a request with what every broker sends there and clients insist on: the
// member that says which object it is. So a test need only say what it is about. What is no object stays as it is; how
// clients take an object without identity is tried with a faultproxy, or with Handle.
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

// identity are the members that identify what is at a path, and values for them.
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
