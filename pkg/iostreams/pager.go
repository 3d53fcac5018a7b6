package iostreams

import (
	"os"
	"os/exec"
	"os/signal"
	"strings"
)

// CanPage tells whether a text can be shown a screen at a time: all three streams are a terminal that is not a dumb one.
func (s *Streams) CanPage() bool {
	return s.page != nil && s.InTTY && s.OutTTY && s.ErrTTY && !s.Dumb && s.Height > 0
}

// Page shows a text with a pager, which is a shell command; "" is less where there is one. It tells whether the text was
// shown: where the pager cannot be started it was not.
func (s *Streams) Page(command, text string) bool { return s.page(command, text) }

// pageWith runs a pager on the process's own terminal. It has the terminal's keys: Ctrl-C is its own meanwhile.
func pageWith(command, text string) bool {
	if command == "" {
		if _, err := exec.LookPath("less"); err != nil {
			return false
		}
		command = "less"
	}
	cmd := exec.Command("sh", "-c", command)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(text), os.Stdout, os.Stderr
	cmd.Env = os.Environ()
	if os.Getenv("LESS") == "" {
		// It ends by itself where the text fits the screen, shows colours, and leaves the text on the screen.
		cmd.Env = append(cmd.Env, "LESS=FRX")
	}
	signal.Ignore(os.Interrupt)
	// 127 is the shell's for a command that is not there. Anything else was up to the person at the pager.
	if err := cmd.Run(); err != nil && (cmd.ProcessState == nil || cmd.ProcessState.ExitCode() == 127) {
		return false
	}
	return true
}
