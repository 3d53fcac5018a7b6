package install

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// archive is one package archive of apt, from a one-line entry or a deb822 stanza.
type archive struct {
	Types, URIs, Suites, Components []string
	// SignedBy are keyring files, or the lines of a key inside the stanza; empty when apt's own trusted keys are used.
	SignedBy string
	// Trusted means that the machine does not check signatures of this archive.
	Trusted bool
}

// mirror is the mirror of the machine's distribution.
type mirror struct {
	URI      string
	SignedBy string
	Trusted  bool
}

// archives reads the archives of the apt whose files are below root. It skips files that it cannot read.
func archives(root string) []archive {
	var all []archive
	lists, _ := filepath.Glob(filepath.Join(root, "etc/apt/sources.list.d/*.list"))
	for _, path := range append([]string{filepath.Join(root, "etc/apt/sources.list")}, lists...) {
		if text, err := os.ReadFile(path); err == nil {
			all = append(all, parseList(string(text))...)
		}
	}
	stanzas, _ := filepath.Glob(filepath.Join(root, "etc/apt/sources.list.d/*.sources"))
	for _, path := range stanzas {
		if text, err := os.ReadFile(path); err == nil {
			all = append(all, parseStanzas(string(text))...)
		}
	}
	return all
}

// parseList reads one-line entries: deb [option=value …] URI suite component….
func parseList(text string) []archive {
	line := regexp.MustCompile(`^(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:\s+\S+)*)$`)
	var all []archive
	for raw := range strings.Lines(text) {
		raw, _, _ = strings.Cut(raw, "#")
		m := line.FindStringSubmatch(strings.TrimSpace(raw))
		if m == nil {
			continue
		}
		a := archive{Types: []string{m[1]}, URIs: []string{m[3]}, Suites: []string{m[4]}, Components: strings.Fields(m[5])}
		for _, option := range strings.Fields(m[2]) {
			name, value, _ := strings.Cut(option, "=")
			switch strings.ToLower(name) {
			case "signed-by":
				a.SignedBy = value
			case "trusted":
				a.Trusted = yes(value)
			}
		}
		all = append(all, a)
	}
	return all
}

// parseStanzas reads deb822 stanzas: fields with continuation lines, stanzas separated by empty lines, comment lines
// anywhere.
func parseStanzas(text string) []archive {
	var all []archive
	fields, last := map[string]string{}, ""
	end := func() {
		if len(fields) > 0 && !strings.EqualFold(strings.TrimSpace(fields["enabled"]), "no") {
			all = append(all, archive{
				Types: strings.Fields(fields["types"]), URIs: strings.Fields(fields["uris"]),
				Suites:     strings.Fields(fields["suites"]),
				Components: strings.Fields(fields["components"]),
				SignedBy:   strings.TrimSpace(fields["signed-by"]), Trusted: yes(fields["trusted"]),
			})
		}
		fields, last = map[string]string{}, ""
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.TrimSpace(line) == "":
			end()
		case line[0] == ' ' || line[0] == '\t':
			if last != "" {
				fields[last] += "\n" + line
			}
		default:
			name, value, ok := strings.Cut(line, ":")
			if !ok {
				last = ""
				continue
			}
			last = strings.ToLower(strings.TrimSpace(name))
			fields[last] = value
		}
	}
	end()
	return all
}

func yes(value string) bool {
	value = strings.ToLower(strings.TrimSpace(value))
	return value == "yes" || value == "true" || value == "1"
}

// mirrorOf picks the archive of the distribution itself. That archive has binary packages and the component main. The
// name of its suite has no - (as in bookworm-updates and bookworm-security) and no / (as in ./, a flat folder).
func mirrorOf(all []archive) (mirror, bool) {
	for _, a := range all {
		if !slices.Contains(a.Types, "deb") || !slices.Contains(a.Components, "main") {
			continue
		}
		if !slices.ContainsFunc(a.Suites, func(s string) bool { return !strings.ContainsAny(s, "-/") }) {
			continue
		}
		for _, uri := range a.URIs {
			if scheme, _, ok := strings.Cut(uri, ":"); ok && slices.Contains([]string{"http", "https", "file"}, scheme) {
				return mirror{URI: uri, SignedBy: a.SignedBy, Trusted: a.Trusted}, true
			}
		}
	}
	return mirror{}, false
}

// keyring returns the file with the keys for the mirror's signatures: the one .gpg file that SignedBy names, else the
// keyring of Debian.
func (m mirror) keyring(root string) string {
	files := strings.Fields(m.SignedBy)
	if len(files) == 1 && strings.HasSuffix(files[0], ".gpg") && filepath.IsAbs(files[0]) {
		return files[0]
	}
	return filepath.Join(root, "usr/share/keyrings/debian-archive-keyring.gpg")
}
