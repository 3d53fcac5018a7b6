package cli

// aliases maps commands to the names that the official tools have for them. Under such a name, a command answers the
// same question, but prints and exits as rabbitctl does. (rabbitctl as TOOL prints and exits as the official tool.) Not
// all names are official: declare_super_stream is in the map because other commands are called declare_ too.
func aliases() map[string][]string {
	return map[string][]string{
		"add_super_stream":      {"declare_super_stream"},
		"await_ready":           {"await_startup"},
		"check_running":         {"is_running"},
		"list_federation_links": {"federation_status"},
		"list_shovels":          {"shovel_status"},
		"reset_statistics":      {"reset_stats_db"},
	}
}
