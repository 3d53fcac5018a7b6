package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// otherFlag is a flag of other tools that means the same as one of ours. It is accepted, but no help shows it.
type otherFlag struct {
	name, letter string
	// ours is the flag that it sets to value, or to the given value if value is "".
	ours, value string
}

// everywhere are other tools' names for flags that every command has.
func everywhere() []otherFlag {
	return []otherFlag{
		{name: "json", ours: "formatter", value: "json"},
		{name: "user", ours: "username"},
		{name: "hostname", letter: "H", ours: "host"},
	}
}

// whereOursIs are other tools' names for flags that some commands have.
func whereOursIs() []otherFlag {
	return []otherFlag{
		{name: "virtual-host", letter: "V", ours: "vhost"},
		{name: "no-headers", ours: "no-table-headers", value: "true"},
		{name: "arg", ours: "argument"},
		{name: "filter", ours: "where"},
		{name: "preview", ours: "dry-run", value: "true"},
	}
}

// addOthersFlags adds the flags that every command has.
func addOthersFlags(flags *pflag.FlagSet) {
	for _, o := range everywhere() {
		o.add(flags)
	}
}

// addOwnOthers adds other tools' names for the command's own flags.
func addOwnOthers(cmd *cobra.Command) {
	for _, o := range whereOursIs() {
		o.add(cmd.Flags())
	}
}

// add adds the flag if the flag that it sets exists and its own name is free.
func (o otherFlag) add(flags *pflag.FlagSet) {
	if flags.Lookup(o.ours) == nil || flags.Lookup(o.name) != nil {
		return
	}
	f := flags.VarPF(setter{flags, o}, o.name, o.letter, "the same as --"+o.ours)
	f.Hidden = true
	if o.value != "" {
		f.NoOptDefVal = "true"
	}
}

// setter is the value of a flag that sets another one.
type setter struct {
	flags *pflag.FlagSet
	other otherFlag
}

func (s setter) String() string { return "" }

func (s setter) Set(text string) error {
	if s.other.value != "" {
		if text != "true" {
			return nil
		}
		text = s.other.value
	}
	return s.flags.Set(s.other.ours, text)
}

func (s setter) Type() string { return "VALUE" }

// notAFlag says what to use instead of a flag that only other tools have; "" for any other flag.
func notAFlag(name string) string {
	return map[string]string{
		"all":            "listings show everything, of all virtual hosts unless -p names one; check takes --all",
		"all-namespaces": "listings show all virtual hosts unless -p names one",
		"output":         "-o json, csv and others choose the format; > FILE writes into a file",
		"format":         "-o json, csv and others choose the format",
		"page":           "--sort and --limit choose rows",
		"page-size":      "--sort and --limit choose rows",
		"sort-by":        "--sort COLUMN, or --sort -COLUMN from high to low",
		"columns":        "columns go after the command: rabbitctl list_queues name messages",
		"ssl":            "--tls, or a URL with https",
		"use-tls":        "--tls, or a URL with https",
		"node":           "this program asks the API at --host or --url; rabbitctl as rabbitmqctl -n NODE takes a node name",
		"follow":         "--watch 5s repeats a listing",
	}[name]
}
