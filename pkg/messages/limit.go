package messages

import "github.com/rabbitctl/rabbitctl/pkg/release"

// LargestBody is how many bytes a body may have by the settings that a release comes with: 128 MiB on 3.10, 16 MiB on
// 4.0 and 4.3. An administrator can have set max_message_size, and no API tells that.
func LargestBody(version string) int64 {
	if release.AtLeast(version, 4, 0) {
		return 16 << 20
	}
	return 128 << 20
}
