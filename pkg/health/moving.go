package health

import (
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Mover is a shovel or a federation link.
type Mover struct {
	// Name names the shovel or link for people: "orders in virtual host /".
	Name string
	// State is the state as the broker names it: running, starting, terminated, shutdown, error; "" if no node runs it.
	// Since 3.11.5 the management API also gives the state of a running shovel as flow or blocked (see Blocked).
	State string
	// Blocked is flow while the destination is slow, and blocked while it accepts nothing (since 3.11.5); "" or running
	// otherwise.
	Blocked string
	// Why is the reason that the broker reports; "" if it reports none.
	Why string
}

// Movers judges shovels or federation links; thing is the word for one of them. The state running is OK, also in flow
// control, but WARNING while the destination blocks. The state starting is WARNING. Every other state is CRITICAL. If
// found is empty, the verdict is the parameter missing.
func Movers(thing string, found []Mover, missing Status) Result {
	running := 0
	var phrases []phrase
	for _, m := range found {
		text := thing + " " + m.Name
		because := ""
		if m.Why != "" {
			because = " (" + m.Why + ")"
		}
		state := m.State
		if state == "running" && (m.Blocked == "flow" || m.Blocked == "blocked") {
			state = m.Blocked
		}
		switch state {
		case "running", "flow":
			// Flow control means that the destination is slow; it comes and goes by itself.
			running++
		case "blocked":
			phrases = append(phrases, phrase{Warning, text + " is blocked by its destination" + because})
		case "starting":
			phrases = append(phrases, phrase{Warning, text + " is starting: it has no connection yet" + because})
		case "":
			phrases = append(phrases, phrase{Critical, text + " is declared, but no node runs it"})
		default:
			phrases = append(phrases, phrase{Critical, fmt.Sprintf("%s is %s%s", text, stateWords(state), because)})
		}
	}
	if len(found) == 0 {
		return Result{Status: missing, Summary: "there are no " + thing + "s", Figures: []Figure{{Label: thing + "s"},
			{Label: "running"}}}
	}
	r := worstFirst(append(phrases, phrase{OK, fmt.Sprintf("%d of %s running", running, prose.Plural(len(found), thing,
		thing+"s"))}), "")
	r.Figures = []Figure{{Label: thing + "s", Value: float64(len(found))}, {Label: "running", Value: float64(running)}}
	return r
}

// stateWords returns a state as the end of a sentence.
func stateWords(state string) string {
	if state == "error" {
		return "in error"
	}
	return state
}
