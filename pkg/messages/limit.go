package messages

import "github.com/rabbitctl/rabbitctl/pkg/release"

// HighestBody is the highest max_message_size that a broker can have (3.10's schema).
const HighestBody = 512 << 20

// LargestBody returns how many bytes a body may have if max_message_size has the release's default: 128 MiB on 3.10, 16
// MiB on 4.0 and 4.3. An administrator can have changed max_message_size, and no API reports it.
func LargestBody(version string) int64 {
	if release.AtLeast(version, 4, 0) {
		return 16 << 20
	}
	return 128 << 20
}
