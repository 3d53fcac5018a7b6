package verb

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// oneOf is the key of the annotation of a flag that holds the words that the flag takes.
const oneOf = "rabbitctl.one-of"

// Words sets the words that the flag takes, so that completion offers these words, not the names of files.
func Words(fs *pflag.FlagSet, flag string, words ...string) {
	// The error is ignored: it would mean that the flag does not exist, which the test of completion would find.
	_ = fs.SetAnnotation(flag, oneOf, words)
}

// CompleteWords completes the words that flags take, for a command that is neither a List, a Check nor a Change.
func CompleteWords(cmd *cobra.Command) { completeWords(cmd) }

// completeWords makes flags offer the words that they take.
func completeWords(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if words := f.Annotations[oneOf]; len(words) > 0 {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, completeWordsOf(f, words))
		}
	})
}

// completeWordsOf offers the words that a flag takes. If the flag takes several words separated by commas, it offers
// for the last position the words that were not given before.
func completeWordsOf(f *pflag.Flag, words []string) cobra.CompletionFunc {
	p, is := f.Value.(paramValue)
	if f.Value.Type() != "stringSlice" && !(is && p.listed) {
		return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	}
	return func(_ *cobra.Command, _ []string, prefix string) (out []string, _ cobra.ShellCompDirective) {
		last := strings.LastIndexByte(prefix, ',') + 1
		chosen := strings.Split(prefix[:last], ",")
		for _, word := range words {
			if strings.HasPrefix(word, prefix[last:]) && !slices.Contains(chosen, word) {
				out = append(out, prefix[:last]+word)
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}
