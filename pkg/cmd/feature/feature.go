// Package feature has the commands about feature flags and deprecated features.
package feature

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command { return []verb.Command{listFlags(), enable(), listDeprecated()} }

func listFlags() verb.List {
	return verb.List{
		Name:  "list_feature_flags",
		Short: "List feature flags and their state",
		Long: `List feature flags and their state. All stable ones must be enabled before an upgrade to the next release
series. Before 3.13 the command needs the tag administrator.`,
		Example: `  rabbitctl list_feature_flags
  rabbitctl list_feature_flags name stability --where 'state == "disabled"'`,
		Group: "state",
		Table: record.Table{
			Noun:    "feature flags",
			Default: []string{"name", "state"},
			Columns: []record.Column{
				{Name: "name", Kind: record.Text, Help: "the feature flag"},
				{Name: "state", Kind: record.Text, Help: "enabled, disabled, state_changing or unavailable"},
				{Name: "stability", Kind: record.Text, Help: "required, stable or experimental"},
				{Name: "provided_by", Kind: record.Text, Help: "the plugin that has it, rabbit for the core"},
				{Name: "desc", Kind: record.Text, Help: "what it is about"},
				{Name: "doc_url", Kind: record.Text, Help: "where to read more"},
			},
		},
		Rows: verb.OfBroker((*broker.Client).FeatureFlags),
	}
}

func listDeprecated() verb.List {
	return verb.List{
		Name:  "list_deprecated_features",
		Short: "List deprecated features",
		Long: "List features that will be removed or are removed already, and whether they are still permitted. The " +
			"command needs RabbitMQ 3.13 or later.",
		Example: `  rabbitctl list_deprecated_features
  rabbitctl list_deprecated_features name deprecation_phase doc_url -o json`,
		Group: "deprecation_phase",
		Table: record.Table{
			Noun:    "deprecated features",
			Default: []string{"name", "deprecation_phase", "state"},
			Columns: []record.Column{
				{Name: "name", Kind: record.Text, Help: "the feature"},
				{Name: "deprecation_phase", Kind: record.Text,
					Help: "permitted_by_default, denied_by_default, disconnected or removed"},
				{Name: "state", Kind: record.Text, Help: "permitted or denied on this cluster; empty before 4.1.3"},
				{Name: "provided_by", Kind: record.Text, Help: "the plugin that has it, rabbit for the core"},
				{Name: "desc", Kind: record.Text, Help: "what it is about"},
				{Name: "doc_url", Kind: record.Text, Help: "where to read more"},
			},
		},
		Rows: verb.OfBroker((*broker.Client).DeprecatedFeatures),
	}
}
