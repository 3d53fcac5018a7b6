package nodetest

import "github.com/rabbitctl/rabbitctl/pkg/erlang"

// Says returns functions, each of which always returns the same value. values maps a function's name to its value, in
// the syntax of an Erlang term.
func Says(values map[string]string) map[string]func(*Call) erlang.Term {
	calls := map[string]func(*Call) erlang.Term{}
	for name, text := range values {
		value, err := erlang.Parse(text)
		if err != nil {
			panic(err)
		}
		calls[name] = func(*Call) erlang.Term { return value }
	}
	return calls
}

// Keeps adds a function to calls, under the name in set. Its argument becomes the value that the function with the name
// in get returns.
func Keeps(calls map[string]func(*Call) erlang.Term, set, get string) {
	now := calls[get]
	calls[set] = func(c *Call) erlang.Term {
		value := c.Args[0]
		now = func(*Call) erlang.Term { return value }
		return erlang.Atom("ok")
	}
	calls[get] = func(c *Call) erlang.Term { return now(c) }
}
