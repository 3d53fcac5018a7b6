package personality

// Changes are the official commands that change something, with whether a change of package change makes them.
func Changes() map[string]bool {
	all := map[string]bool{}
	for _, d := range commands() {
		if d.changes {
			all[d.name] = d.op
		}
	}
	return all
}

// Distant are the commands that are done over Erlang distribution.
func Distant() []string {
	var names []string
	for _, c := range commands() {
		if c.distant {
			names = append(names, c.name)
		}
	}
	return names
}

// Has tells whether a tool has the command.
func Has(tool, command string) bool {
	_, ok := find(toolNamed(tool), command)
	return ok
}
