package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/node"
)

// cacheFolder is the folder for fetched programs: DEVBROKER_CACHE, else a folder in the user's cache folder or, without
// a home folder, in the temporary one.
func cacheFolder(getenv func(string) string) string {
	if dir := getenv("DEVBROKER_CACHE"); dir != "" {
		if abs, err := filepath.Abs(dir); err == nil {
			return abs
		}
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "rabbitctl-devbroker")
}

// watermark is the memory limit of nodes on this machine, in bytes.
func watermark() uint64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return node.Watermark(0)
	}
	return node.Watermark(totalMemory(text))
}

// totalMemory reads the size of the machine's memory, in bytes, from the text of /proc/meminfo. It returns 0 if the
// text does not say the size.
func totalMemory(meminfo []byte) uint64 {
	m := regexp.MustCompile(`(?m)^MemTotal:\s+(\d+) kB$`).FindSubmatch(meminfo)
	if m == nil {
		return 0
	}
	kilobytes, err := strconv.ParseUint(string(m[1]), 10, 64)
	if err != nil {
		return 0
	}
	return kilobytes << 10
}
