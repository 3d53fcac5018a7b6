package process

// View is the file system that a program sees.
type View struct {
	// Root is the folder that the program sees as /; empty for the machine's /.
	Root string `json:"root,omitempty"`
	// Shared are folders of the machine that are at the same path inside Root.
	Shared []string `json:"shared,omitempty"`
}
