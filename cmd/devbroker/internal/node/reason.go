package node

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// reasonLines is the largest number of log lines to show.
const reasonLines = 8

// logSizes holds the sizes of log files at one moment; 0 for a missing file.
type logSizes map[string]int64

func sizes(paths ...string) logSizes {
	s := logSizes{}
	for _, path := range paths {
		s[path] = 0
		if info, err := os.Stat(path); err == nil {
			s[path] = info.Size()
		}
	}
	return s
}

// since returns the text that was appended to each file after its size was taken.
func (s logSizes) since() []string {
	var texts []string
	// rabbit.log comes before console.log (the reverse order of the names), because the node's log starts later than the
	// console log, and then says more.
	for _, path := range slices.Backward(slices.Sorted(maps.Keys(s))) {
		if text, err := os.ReadFile(path); err == nil && int64(len(text)) > s[path] {
			texts = append(texts, string(text[s[path]:]))
		}
	}
	return texts
}

// Reason says why a node does not answer, in at most eight lines of its logs: the last errors before RabbitMQ's BOOT
// FAILED and the error after it; else the last lines marked as errors; else the last lines of any kind.
func Reason(texts []string) []string {
	whole := func(lines []string) []string { return lines }
	for _, pick := range []func([]string) []string{bootFailure, errorLines, whole} {
		for _, text := range texts {
			if found := unique(pick(strings.Split(strings.TrimSpace(text), "\n"))); len(found) > 0 {
				return tail(found, reasonLines)
			}
		}
	}
	return nil
}

// bootFailure returns up to seven errors before RabbitMQ's BOOT FAILED, and the error after it: an Erlang term, which
// is put on one line.
func bootFailure(lines []string) []string {
	at := slices.IndexFunc(lines, func(line string) bool { return bare(line) == "BOOT FAILED" })
	if at < 0 {
		return nil
	}
	found := tail(errorLines(lines[:at]), reasonLines-1)
	given := ""
	for _, line := range lines[at+1:] {
		text := bare(line)
		if text == "" && given != "" {
			break
		}
		if strings.Trim(text, "=") != "" && text != "BOOT FAILED" {
			given = strings.TrimSpace(given + " " + text)
		}
	}
	if given == "" {
		return found
	}
	if runes := []rune(given); len(runes) > 600 {
		given = string(runes[:600]) + "…"
	}
	return append(found, given)
}

// errorLines returns the lines that RabbitMQ marks as errors, the lines that devbroker wrote before its process became
// the node, and the lines about a port that is in use.
func errorLines(lines []string) []string {
	mark := regexp.MustCompile(`\[(error|critical|alert|emergency)\]|^devbroker:|eaddrinuse`)
	var found []string
	for _, line := range lines {
		if text := bare(line); mark.MatchString(line) && text != "" {
			found = append(found, text)
		}
	}
	return found
}

// bare is a log line without time stamp, level and Erlang process.
func bare(line string) string {
	stamp := regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+[-+]\d\d:\d\d \[\w+\] <[\d.]+> ?`)
	return strings.TrimSpace(stamp.ReplaceAllString(line, ""))
}

func tail(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }

func unique(lines []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		was := seen[line]
		seen[line] = true
		return was
	})
}
