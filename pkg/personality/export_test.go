package personality

// Changes returns the names of the official commands that change something. The value is true if the command runs a
// change of the package change.
func Changes() map[string]bool {
	all := map[string]bool{}
	for _, d := range commands() {
		if d.changes {
			all[d.name] = d.op
		}
	}
	return all
}

// Distant returns the commands that use Erlang distribution.
func Distant() []string {
	var names []string
	for _, c := range commands() {
		if c.distant {
			names = append(names, c.name)
		}
	}
	return names
}
