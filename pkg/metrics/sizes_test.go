package metrics

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestMessageSizes(t *testing.T) {
	const text = `# TYPE rabbitmq_message_size_bytes histogram
rabbitmq_message_size_bytes_bucket{protocol="amqp091",le="100"} 3
rabbitmq_message_size_bytes_bucket{protocol="amqp091",le="1000"} 5
rabbitmq_message_size_bytes_bucket{protocol="amqp091",le="+Inf"} 6
rabbitmq_message_size_bytes_count{protocol="amqp091"} 6
rabbitmq_message_size_bytes_bucket{protocol="amqp10",le="100"} 1
rabbitmq_message_size_bytes_bucket{protocol="amqp10",le="1000"} 1
rabbitmq_message_size_bytes_bucket{protocol="amqp10",le="+Inf"} 1
rabbitmq_message_size_bytes_bucket{protocol="broken",le="100"
`
	sums := map[string]int64{}
	if err := eachSize(strings.NewReader(text+told), func(limit string, n int64) { sums[limit] += n }); err != nil {
		t.Fatal(err)
	}
	if want := map[string]int64{"100": 4, "1000": 6, "+Inf": 7}; !maps.Equal(sums, want) {
		t.Errorf("%v, want %v", sums, want)
	}
	if got, want := separated(sums), []SizeBucket{{"100", 4}, {"1000", 2}, {"+Inf", 1}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
