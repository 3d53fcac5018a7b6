package survey

import (
	"math"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// sameVolume helps to recognize a volume by its free space. If the free space seen here and the free space that the
// broker reports differ by at most this share, both count as the same volume. The broker's figure is some seconds old,
// so they can differ.
const sameVolume = 0.05

// volumes returns the sizes in bytes of the volumes with the data of those nodes that are on this machine. A node is on
// this machine if its data directory exists here with as much free space as the node reports. For a node behind a
// tunnel, that directory is missing here or is another one. The API does not report the size of a volume.
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
