package survey

import (
	"math"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// sameVolume is how far the free space seen here and that of the broker may be apart for the two to be of one volume,
// as a share: the broker's figure is some seconds old.
const sameVolume = 0.05

// volumes are the sizes in bytes of the volumes with the data of nodes on this machine. A node is on this machine if
// its data directory exists here with as much free space as the node reports: behind a tunnel, it would be missing or
// another one. The API does not report the size of a volume.
func volumes(nodes []health.Node) map[string]float64 {
	sizes := map[string]float64{}
	for _, n := range nodes {
		if n.DataDir == "" || !n.DiskFree.Known {
			continue
		}
		size, free, ok := volume(n.DataDir)
		if ok && math.Abs(free-n.DiskFree.Value) <= sameVolume*n.DiskFree.Value {
			sizes[n.Name] = size
		}
	}
	return sizes
}
