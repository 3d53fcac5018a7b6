package survey

import (
	"math"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// sameVolume is how far the free space seen here and that of the broker may be apart for the two to be of one volume, as
// a share: the broker's figure is some seconds old.
const sameVolume = 0.05

// volumes are the sizes in bytes of the volumes that nodes on this machine keep their data on. A node counts as one of
// this machine when its folder is here with as much free space as the node reports: behind a tunnel the folder would be
// another one, or none. The API itself does not say how large a volume is.
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
