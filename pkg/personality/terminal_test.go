package personality

import (
	"bytes"
	"regexp"
	"testing"
	"testing/iotest"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

func TestOnScreen(t *testing.T) {
	t.Parallel()
	text := "name\tmessages\nq\x1b[31m\u009b\u202e 日本é\t1\n\x1b(0lqqk\x1b(B\n\x1b[1mNodes\x1b[0m\n\x1b(0x\x1b[1m\u202e\x1b[0m\nbad \xe6\x97"
	for terminal, want := range map[bool]string{
		false: text,
		true: "name\tmessages\nq\\x1b[31m\\u009b\\u202e 日本é\t1\n\x1b(0lqqk\x1b(B\n\x1b[1mNodes\x1b[0m\n" +
			`\x1b(0x\x1b[1m\u202e\x1b[0m` + "\n" + `bad \xe6\x97`,
	} {
		for size := 1; size < 9; size++ {
			streams, out, _ := iostreams.Test("")
			streams.OutTTY = terminal
			a := app.New(streams, nil, "test")
			end := onScreen(a)
			for rest := []byte(text); len(rest) > 0; {
				n := min(size, len(rest))
				if _, err := a.IO.Out.Write(bytes.Clone(rest[:n])); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			end()
			if out.String() != want || a.IO != streams {
				t.Errorf("terminal %v, %d bytes at once:\n%q\nwant\n%q", terminal, size, out.String(), want)
			}
		}
	}
}

// If the terminal is lost, the command fails, because screen returns the error of its writer.
func TestOnScreen_error(t *testing.T) {
	t.Parallel()
	if _, err := (&screen{to: failing{}, own: regexp.MustCompile("x")}).Write([]byte("y\n")); err == nil {
		t.Error("a failure was not told")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, iotest.ErrTimeout }
