package cli

// aliases are further names of commands: what the official tools call the same thing, by the name that it has here. A name
// stands here only where the answer is to the same question; how it is printed, and with which exit code, is this
// program's. rabbitctl as TOOL has the official ones.
func aliases() map[string][]string {
	return map[string][]string{
		"await_ready":           {"await_startup"},
		"check_running":         {"is_running"},
		"list_federation_links": {"federation_status"},
		"list_shovels":          {"shovel_status"},
	}
}
