package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// otherFlag is a flag of another tool that means the same as one of rabbitctl's flags. rabbitctl accepts it, but does
// not show it in any help.
type otherFlag struct {
	name, letter string
	// ours is rabbitctl's flag. The other flag sets it to value or, if value is "", to the value that the user gives.
	ours, value string
}

// everywhere returns other tools' names for flags that all commands have.
func everywhere() []otherFlag {
	return []otherFlag{
		{name: "json", ours: "formatter", value: "json"},
		{name: "user", ours: "username"},
		{name: "hostname", letter: "H", ours: "host"},
	}
}

// whereOursIs returns other tools' names for flags that only some commands have.
func whereOursIs() []otherFlag {
	return []otherFlag{
		{name: "virtual-host", letter: "V", ours: "vhost"},
		{name: "no-headers", ours: "no-table-headers", value: "true"},
		{name: "arg", ours: "argument"},
		{name: "filter", ours: "where"},
		{name: "preview", ours: "dry-run", value: "true"},
	}
}

// addOthersFlags adds other tools' names for flags that all commands have.
func addOthersFlags(flags *pflag.FlagSet) {
	for _, o := range everywhere() {
		o.add(flags)
	}
}

// addOwnOthers adds other tools' names for flags that the command itself has.
func addOwnOthers(cmd *cobra.Command) {
	for _, o := range whereOursIs() {
		o.add(cmd.Flags())
	}
}

// add adds the flag o.name, if the flag o.ours exists and no flag is called o.name yet.
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

// setter is the value of a flag that sets another flag.
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
