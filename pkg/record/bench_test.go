package record_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// listing returns the answer of a broker with n queues, about 300 bytes for each queue.
func listing(n int) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"arguments":{"x-queue-type":"classic"},"auto_delete":false,"durable":true,"exclusive":false,`+
			`"message_stats":{"publish":%d,"publish_details":{"rate":1.5}},"messages":%d,"messages_ready":%d,"messages_unacknowledged":0,`+
			`"name":"orders.%06d","node":"rabbit@a","state":"running","type":"classic","vhost":"/"}`, i, i, i, i)
	}
	b.WriteByte(']')
	return b.Bytes()
}

func TestStream_everyRowOnce(t *testing.T) {
	const n = 1000
	columns := []record.Column{{Name: "name"}, {Name: "messages"}}
	var got [][2]string
	for row, err := range record.Stream(bytes.NewReader(listing(n)), columns) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, [2]string{row[0].Text(), row[1].Text()})
	}
	var want [][2]string
	for i := range n {
		want = append(want, [2]string{fmt.Sprintf("orders.%06d", i), fmt.Sprint(i)})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// counted is a reader that counts the bytes that were read.
type counted struct {
	*bytes.Reader
	most int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.most += n
	return n, err
}

func TestStream_stopsReadingWhenNobodyWantsMore(t *testing.T) {
	body := &counted{Reader: bytes.NewReader(listing(10_000))}
	rows := 0
	for _, err := range record.Stream(body, []record.Column{{Name: "name"}}) {
		if err != nil {
			t.Fatal(err)
		}
		if rows++; rows == 3 {
			break
		}
	}
	if rows != 3 || body.most > 256<<10 {
		t.Errorf("%d rows, %d bytes read of a listing of %d", rows, body.most, body.Size())
	}
}

func benchmarkStream(b *testing.B, columns ...record.Column) {
	body := listing(100_000)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		rows := 0
		for _, err := range record.Stream(bytes.NewReader(body), columns) {
			if err != nil {
				b.Fatal(err)
			}
			rows++
		}
		if rows != 100_000 {
			b.Fatalf("%d rows", rows)
		}
	}
}

func BenchmarkStream_nameAndMessages(b *testing.B) {
	benchmarkStream(b, record.Column{Name: "name"}, record.Column{Name: "messages", Kind: record.Count})
}

func BenchmarkStream_defaultColumns(b *testing.B) {
	var columns []record.Column
	for _, name := range []string{"vhost", "name", "type", "state", "messages_ready", "messages_unacknowledged",
		"messages"} {
		columns = append(columns, record.Column{Name: name})
	}
	benchmarkStream(b, columns...)
}

func BenchmarkStream_nestedRate(b *testing.B) {
	benchmarkStream(b, record.Column{Name: "name"}, record.Column{Name: "message_stats.publish_details.rate",
		Kind: record.Rate})
}
