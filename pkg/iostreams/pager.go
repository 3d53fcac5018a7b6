package iostreams

import (
	"os"
	"os/exec"
	"os/signal"
	"strings"
)

// CanPage reports whether a pager can show a text: all three streams are a terminal with control sequences.
func (s *Streams) CanPage() bool {
	return s.page != nil && s.InTTY && s.OutTTY && s.ErrTTY && !s.Dumb && s.Height > 0
}

// Page shows a text with a pager. command is a shell command; "" means less, if less is installed. Call it only if
// CanPage is true. Page returns false if the pager could not be started, so that the text was not shown.
func (s *Streams) Page(command, text string) bool { return s.page(command, text) }

// pageWith runs a pager on the terminal of the process. From then on this program ignores Ctrl-C, so only the pager
// handles it.
func pageWith(command, text string) bool {
	if command == "" {
		if _, err := exec.LookPath("less"); err != nil {
			return false
		}
		command = "less"
	}
	cmd := exec.Command("sh", "-c", command) //nolint:noctx // a pager ends when its reader ends it
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(text), os.Stdout, os.Stderr
	cmd.Env = os.Environ()
	if os.Getenv("LESS") == "" {
		// F: quit if the text fits the screen; R: show colours; X: leave the text on the screen.
		cmd.Env = append(cmd.Env, "LESS=FRX")
	}
	signal.Ignore(os.Interrupt)
	// The shell exits with 127 when the command does not exist. Other exit codes depend on what the person did in the
	// pager.
	if err := cmd.Run(); err != nil && (cmd.ProcessState == nil || cmd.ProcessState.ExitCode() == 127) {
		return false
	}
	return true
}
