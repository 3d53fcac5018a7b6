package survey

import (
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// glance reads the overview. Rates are those of the last statistics interval.
func glance(overview record.Value) (diagnose.Overview, error) {
	row, err := record.NewPicker(named("cluster_name", "node", "rabbitmq_version", "erlang_version", "rates_mode", "disable_stats",
		"object_totals.connections", "churn_rates.connection_created_details.rate", "churn_rates.connection_closed_details.rate",
		"churn_rates.channel_created_details.rate", "message_stats.drop_unroutable_details.rate", "message_stats.return_unroutable_details.rate")).Pick(overview)
	if err != nil {
		return diagnose.Overview{}, err
	}
	off, _ := row[5].Bool()
	return diagnose.Overview{Name: row[0].Text(), Node: row[1].Text(), Version: row[2].Text(), Erlang: row[3].Text(), RatesMode: row[4].Text(),
		StatsOff: off, Connections: Reading(row[6]), ConnectionsOpened: Reading(row[7]), ConnectionsClosed: Reading(row[8]),
		ChannelsOpened: Reading(row[9]), Dropped: Reading(row[10]), Returned: Reading(row[11])}, nil
}
