package render

import "github.com/olekukonko/tablewriter/pkg/twwidth"

// ForgetWidths frees the memory in which tablewriter would remember how wide texts are: 0.7 MB from the start of the
// program, and half as much again until garbage is collected. It affects the whole process, so main calls it.
func ForgetWidths() { twwidth.SetCacheCapacity(0) }
