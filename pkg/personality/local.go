package personality

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/pbe"
)

// localCommands returns the commands that the tools run themselves, without a node. Where the releases differ, the
// commands follow 4.3.
func localCommands() []command {
	all := []command{
		sealing("encode", "Encrypting value to be used in advanced.config..."),
		unsealing("decode", "Decrypting an advanced.config (Erlang term) value..."),
		sealing("encrypt_conf_value", "Encrypting value to be used in rabbitmq.conf..."),
		unsealing("decrypt_conf_value", "Decrypting a rabbitmq.conf string value..."),
		known("list_ciphers", "Listing supported ciphers ...", pbe.Ciphers),
		known("list_hashes", "Listing supported hash algorithms ...", pbe.Hashes),
		{name: "erlang_cookie_sources", banner: say("Listing Erlang cookie sources used by CLI tools..."),
			run: cookieSources},
	}
	for i := range all {
		all[i].local = true
	}
	return all
}

// known lists the ciphers or hashes of this program. A local Erlang may have more.
func known(name, banner string, all func() []string) command {
	return command{name: name, usage: name, banner: say(banner), run: func(_ context.Context, c *call) (answer, error) {
		out := erlang.List{}
		for _, one := range all() {
			out = append(out, erlang.Atom(one))
		}
		fmt.Fprintln(c.app.IO.Err, "note: this lists what this program supports by itself, without Erlang")
		return answer{text: erlang.Lines(out, 1, 0), data: object("node", erlang.Atom(c.node), "result", erlang.Atom("ok"),
			"value", out)}, nil
	}}
}

func methods() switches { return switches{"cipher": text, "hash": text, "iterations": integer} }

// method returns the method of encryption that the options choose.
func (c *call) method() pbe.Method {
	usual := pbe.Usual()
	return pbe.Method{Cipher: c.option("cipher", usual.Cipher), Hash: c.option("hash", usual.Hash),
		Iterations: c.number("iterations", usual.Iterations)}
}

// usable returns a function that refuses an unknown method in the words of the tools. These differ by command: the text
// in stop ends the sentence about the cipher, and the text in more ends the sentence about the iterations.
func usable(stop, more string) func(c *call) *fault {
	return func(c *call) *fault {
		m, usual := c.method(), pbe.Usual()
		switch {
		case pbe.Method{Cipher: m.Cipher, Hash: usual.Hash, Iterations: 1}.Check() != nil:
			return c.bad("The requested cipher is not supported%s", stop)
		case pbe.Method{Cipher: usual.Cipher, Hash: m.Hash, Iterations: 1}.Check() != nil:
			return c.bad("The requested hash is not supported")
		case m.Check() != nil:
			return c.bad("The requested number of iterations is incorrect%s", more)
		}
		return nil
	}
}

// given returns the argument at that position. If the argument is missing, given prints the question and reads a line.
// With --formatter json it prints the question only if it can prompt.
func (c *call) given(ctx context.Context, at int, question string) (string, error) {
	if len(c.args) > at {
		return c.args[at], nil
	}
	if c.app.IO.CanPrompt() {
		return c.app.AskSecret(ctx, question)
	}
	if !c.machine() {
		if err := c.print(question + "\n"); err != nil {
			return "", err
		}
	}
	line, err := c.app.ReadLine(ctx, "it")
	if errors.Is(err, io.EOF) || err == nil && line == "" {
		return "", no(fail.Unavailable, "not_enough_args")
	}
	return line, err
}

// seen prints a warning if the passphrase is on the command line.
func (c *call) seen() {
	if len(c.args) > 1 {
		fmt.Fprintln(c.app.IO.Err, "note: the passphrase is on the command line, which every user of this machine can read with "+
			"ps; rabbitctl "+c.command+" reads it from a file or asks for it")
	}
}

func sealing(name, banner string) command {
	return command{
		name: name, usage: name + " value passphrase [--cipher <cipher>] [--hash <hash>] [--iterations <iterations>]", max: 2,
		switches: methods(), valid: usable(".", ""), banner: say(banner),
		run: func(ctx context.Context, c *call) (answer, error) {
			c.seen()
			value, err := c.given(ctx, 0, "Value to encode: ")
			if err != nil {
				return answer{}, err
			}
			passphrase, err := c.given(ctx, 1, "Passphrase: ")
			if err != nil {
				return answer{}, err
			}
			term, err := erlang.Parse(value)
			if err != nil {
				return answer{}, no(fail.Unavailable, "Error during cipher operation")
			}
			sealed, err := c.method().Encrypt(passphrase, term)
			if err != nil {
				return answer{}, err
			}
			pair := erlang.Tuple{erlang.Atom("encrypted"), erlang.Binary(sealed)}
			data := func(value erlang.Term) erlang.Term {
				return object("node", erlang.Atom(c.node), "result", erlang.Atom("ok"), "value", value)
			}
			if name == "encode" {
				return answer{text: erlang.Lines(pair, 1, 0), data: data(pair)}, nil
			}
			return answer{text: "encrypted:" + sealed, data: data(pair[1])}, nil
		},
	}
}

func unsealing(name, banner string) command {
	return command{
		name: name, usage: name + " value passphrase [--cipher <cipher>] [--hash <hash>] [--iterations <iterations>]", max: 2,
		switches: methods(),
		valid: func(c *call) *fault {
			if len(c.args) == 0 {
				return c.invalid("not enough arguments: Please provide a value to decode and a passphrase")
			}
			return usable("", " (must be a positive integer)")(c)
		},
		banner: say(banner),
		run: func(ctx context.Context, c *call) (answer, error) {
			c.seen()
			passphrase, err := c.given(ctx, 1, "Passphrase: ")
			if err != nil {
				return answer{}, err
			}
			// The tools accept only an Erlang term. Neither base64 by itself nor encrypted:BASE64 without quotes is a term.
			_, err = erlang.Parse(c.args[0])
			var value erlang.Term
			if err == nil {
				value, err = c.method().Decrypt(passphrase, pbe.Sealed(c.args[0]))
			}
			if err != nil {
				return answer{}, no(fail.Unavailable, "Failed to decrypt the value. Things to check: is the passphrase correct? "+
					"Are the cipher and hash algorithms the same as those used for encryption?")
			}
			return answer{text: erlang.Lines(value, 1, 0), data: object("node", erlang.Atom(c.node), "result", erlang.Atom("ok"),
				"value", value)}, nil
		},
	}
}

// cookieSources prints where this program gets the Erlang cookie from, in the form of the tools. The cookie is not
// shown.
func cookieSources(ctx context.Context, c *call) (answer, error) {
	user, home := c.app.Getenv("USER"), c.app.Getenv("HOME")
	if user == "" {
		user = "(none)"
	}
	path := strings.TrimSuffix(home, "/") + "/.erlang.cookie"
	_, from, err := c.app.CookieHash(ctx)
	if strings.HasPrefix(from, "/") {
		path = from
	}
	content, unread := c.app.ReadFile(path)
	kind, access, size := "regular", "read_write", strconv.Itoa(len(content))
	if unread != nil {
		kind, access, size = "(none)", "(none)", "(none)"
	}
	typed, variable := c.option("erlang-cookie", ""), c.app.Getenv("RABBITMQ_ERLANG_COOKIE")
	length := func(text string) []string { return []string{strconv.FormatBool(text != ""), strconv.Itoa(len(text))} }
	of, env := length(typed), length(variable)
	text := strings.Join([]string{"Cookie File", "Effective user: " + user, "Effective home directory: " + home,
		"Cookie file path: " + path, "Cookie file exists? " + strconv.FormatBool(c.app.Exists(path)),
		"Cookie file type: " + kind, "Cookie file access: " + access, "Cookie file size: " + size, "",
		"Cookie CLI Switch", "--erlang-cookie value set? " + of[0], "--erlang-cookie value length: " + of[1], "",
		"Env variable  (Deprecated)", "RABBITMQ_ERLANG_COOKIE value set? " + env[0],
		"RABBITMQ_ERLANG_COOKIE value length: " + env[1]}, "\n")
	switch {
	case err != nil:
		fmt.Fprintln(c.app.IO.Err, "note: this program finds no cookie: "+fail.InWords(err).Error())
	case from != path:
		fmt.Fprintln(c.app.IO.Err, "note: this program uses the cookie from "+from)
	}
	if typed != "" || variable != "" {
		fmt.Fprintln(c.app.IO.Err, "note: this program uses neither --erlang-cookie nor "+
			"RABBITMQ_ERLANG_COOKIE as its cookie")
	}
	return answer{text: text}, nil
}
