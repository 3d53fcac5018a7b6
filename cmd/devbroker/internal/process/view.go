package process

// View is what a program sees of the file system.
type View struct {
	// Root is the folder that the program sees as /; empty for the machine's own.
	Root string `json:"root,omitempty"`
	// Shared are folders of the machine that the program sees at the same path inside Root.
	Shared []string `json:"shared,omitempty"`
}
