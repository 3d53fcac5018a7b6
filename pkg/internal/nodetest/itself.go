package nodetest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// Itself returns the functions of a single node that rabbitctl calls when the API does not answer and it asks the node
// itself. more adds functions, or replaces their results.
func Itself(more map[string]string) map[string]func(*Call) erlang.Term {
	values := map[string]string{"rabbit:is_running/0": "true", "rabbit_misc:version/0": `"4.3.6"`,
		"rabbit_disk_monitor:get_disk_free/0": "8000000000", "rabbit_disk_monitor:get_disk_free_limit/0": "2000000000",
		"vm_memory_monitor:get_process_memory/0": "150000000", "vm_memory_monitor:get_memory_limit/0": "4000000000",
		"rabbit_alarm:get_alarms/0": "[]", "rabbit_nodes:all/0": "[rabbit@localhost]",
		"rabbit_nodes:all_running/0": "[rabbit@localhost]", "sys:get_state/1": DiskWatch(true)}
	maps.Copy(values, more)
	return Says(values)
}

// DiskWatch returns the state of a node's disk monitor, in the form that 3.10 and 4.3 have. on says whether monitoring
// is enabled.
func DiskWatch(on bool) string {
	const text = `{state,"/data",2000000000,8000000000,100,10000,undefined,false,%v,10,120000,{unix,linux},port}`
	return fmt.Sprintf(text, on)
}

// Env returns the environment variables with which rabbitctl reaches the node. It writes the cookie to a file.
func (n *Node) Env(t testing.TB) []string {
	t.Helper()
	cookie := filepath.Join(t.TempDir(), "cookie")
	if err := os.WriteFile(cookie, []byte(n.Cookie+"\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	return []string{"RABBITCTL_ERLANG_COOKIE_FILE=" + cookie, fmt.Sprintf("ERL_EPMD_PORT=%d", n.EpmdPort),
		"RABBITCTL_NODE=rabbit"}
}
