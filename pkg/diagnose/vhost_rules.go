package diagnose

import (
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// vhostStopped finds virtual hosts whose processes do not run on a node: no client can connect to them there. While the
// cause lasts (usually a damaged message store), the broker gives up after some restarts. 4.3 then retries every 30 s,
// 3.10 does not (measured).
func vhostStopped(all []health.VHost) []Finding {
	var out []Finding
	for _, v := range all {
		text := v.Stopped()
		if text == "" {
			continue
		}
		x := Finding{Rule: "virtual-host-stopped", Severity: health.Critical, What: text,
			Hit: "every client of it: none can connect there (541 INTERNAL_ERROR, vhost is down); its classic queues there accept and deliver nothing"}
		for _, node := range v.Down() {
			x.Evidence = append(x.Evidence, fmt.Sprintf("%s says of virtual host %s: stopped", node, v.Name))
			x.Do = append(x.Do, fail.CommandWith([]string{"-p", v.Name, "--node", node}, "restart_vhost"))
		}
		x.Do = append(x.Do, "the log of "+v.Down()[0]+
			" says why it stopped; if it stops again, check its message store (msg_stores/vhosts) and the disk there")
		out = append(out, x)
	}
	return out
}
