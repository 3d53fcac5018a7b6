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
