package messages_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// everyType has a header of every type that the AMQP client knows.
func everyType() amqp091.Table {
	flat := amqp091.Table{
		"bool": true, "false": false, "int8": int8(-128), "uint8": uint8(255), "int16": int16(-32768), "uint16": uint16(65535),
		"int32": int32(math.MinInt32), "uint32": uint32(math.MaxUint32), "int64": int64(1<<53 + 1),
		"lowest": int64(math.MinInt64), "float": float32(0.1), "double": 0.1, "huge": 1e308, "tiny": 5e-324,
		"minus zero": math.Copysign(0, -1), "inf": math.Inf(-1), "finf": float32(math.Inf(1)),
		"decimal": amqp091.Decimal{Scale: 2, Value: -314}, "text": "a\x00b\u202e\"\\\n", "latin1": "caf\xe9", "empty": "",
		"bytes": []byte{0, 1, 0xff}, "no bytes": []byte{}, "time": time.Unix(1700000000, 0), "early": time.Unix(-1, 0),
		"far": time.Unix(1<<40, 0), "epoch": time.Unix(0, 0), "nil": nil, "": "empty key", "key\xff": "raw key",
		"key\xfe": int32(1), "long": strings.Repeat("ä", 35000), "<html>&": "<&>",
	}
	nested := amqp091.Table{}
	list := []any{}
	for name, v := range flat {
		nested[name] = v
		list = append(list, v)
	}
	flat["table"], flat["list"] = nested, list
	flat["deep"] = []any{[]any{amqp091.Table{"a": amqp091.Table{"b": []any{int64(1)}}}}, []any{}, amqp091.Table{}}
	return flat
}

func everyProperty() *messages.Message {
	return &messages.Message{Publishing: amqp091.Publishing{
		Headers: everyType(), ContentType: "text/plain", ContentEncoding: "gzip", DeliveryMode: 2, Priority: 9,
		CorrelationId: "c-1", ReplyTo: "amq.rabbitmq.reply-to", Expiration: "60000", MessageId: "m\xff\x00",
		Timestamp: time.Unix(1700000000, 0), Type: "t", UserId: "guest", AppId: "app", Body: []byte("body\x00\xff"),
	}, Exchange: "ex\xff", RoutingKey: "key.ü\n", Redelivered: true, Number: 1}
}

func clock() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// disk is a file in memory that counts the calls of Sync. Sync returns the error in the field full.
type disk struct {
	bytes.Buffer
	synced int
	full   error
}

func (d *disk) Sync() error { d.synced++; return d.full }

func sinkOn(t testing.TB, d *disk, gzip bool) *messages.FileSink {
	t.Helper()
	s, err := messages.NewFileSink(messages.FileTarget{Writer: d, Disk: d, Gzip: gzip, Name: "orders.jsonl", Now: clock},
		messages.FileHeader{Program: "rabbitctl test", Queue: "orders"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func written(t testing.TB, gzip bool, all ...*messages.Message) []byte {
	t.Helper()
	d := &disk{}
	s := sinkOn(t, d, gzip)
	for _, m := range all {
		if err := s.Put(context.Background(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return d.Bytes()
}

// read reads all messages. The error is nil if the reader ended with io.EOF.
func read(text []byte, o messages.FileOptions) ([]*messages.Message, *messages.FileSource, error) {
	o.Name = "orders.jsonl"
	s, err := messages.NewFileSource(bytes.NewReader(text), o)
	if err != nil {
		return nil, nil, err
	}
	var all []*messages.Message
	for {
		m, err := s.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return all, s, nil
		}
		if err != nil {
			return all, s, err
		}
		all = append(all, m)
	}
}

// sameTypes compares two messages. Values of headers must have the same Go type, and floats the same bits.
func sameTypes(t *testing.T, want, got *messages.Message) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool {
		return math.Float64bits(a) == math.Float64bits(b)
	}), cmp.Comparer(func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })); diff != "" {
		t.Error(diff)
	}
}

func TestFile_keepsEverything(t *testing.T) {
	t.Parallel()
	odd := &messages.Message{Publishing: amqp091.Publishing{Headers: amqp091.Table{}, Timestamp: time.Unix(1<<50, 0),
		Body: []byte{}}, Number: 2}
	epoch := &messages.Message{Publishing: amqp091.Publishing{Timestamp: time.Unix(0, 0), Body: []byte("x")}, Number: 3}
	nan := &messages.Message{Publishing: amqp091.Publishing{Body: []byte{}, Headers: amqp091.Table{
		"f": math.Float32frombits(0x7fc00001), "d": math.Float64frombits(0x7ff8000000000123)}}, Number: 4}
	large := &messages.Message{Publishing: amqp091.Publishing{Body: bytes.Repeat([]byte{0xfb, 0xef}, 20_000)}, Number: 5}
	all := []*messages.Message{everyProperty(), odd, epoch, nan, large}
	for _, gzip := range []bool{false, true} {
		text := written(t, gzip, all...)
		got, s, err := read(text, messages.FileOptions{})
		if err != nil || len(got) != len(all) {
			t.Fatalf("gzip %v: %d messages, %v", gzip, len(got), err)
		}
		for i := range all {
			sameTypes(t, all[i], got[i])
		}
		if h := s.Header(); h == nil || h.Queue != "orders" || h.Format != messages.FileFormat {
			t.Errorf("%+v", h)
		}
	}
}

// TestFile_text: the plain members have the names that rabtap gives them, and each line is valid JSON by itself.
func TestFile_text(t *testing.T) {
	t.Parallel()
	m := &messages.Message{Publishing: amqp091.Publishing{Headers: amqp091.Table{"n": int64(7), "b": []byte("hi"),
		"k\xff": "v\xff", "d": amqp091.Decimal{Scale: 1, Value: 15}, "t": time.Unix(0, 0), "l": []any{int32(1), nil},
		"f": float32(1.5), "inf": math.Inf(1)},
		MessageId: "1", DeliveryMode: 2, Timestamp: time.Unix(0, 0), AppId: "a\xff", Body: []byte("hello")},
		RoutingKey: "orders", Number: 41}
	want := `{"XRabbitctlFile":{"format":1,"program":"rabbitctl test","queue":"orders","started":"0001-01-01T00:00:00Z"}}
{"XRabbitctl":{"seq":1,"headers":{"t":"F","v":{"b":{"t":"x","x":"aGk="},"d":{"t":"D","v":[1,15]},"f":{"t":"f","v":1.5},` +
		`"inf":{"t":"d","x":"f/AAAAAAAAA="},"l":{"t":"A","v":[{"t":"I","v":1},{"t":"V"}]},"n":{"t":"l","v":"7"},` +
		`"t":{"t":"T","v":"0"}},"x":{"a/8=":{"t":"S","x":"dv8="}}},"bytes":{"AppID":"Yf8="}},` +
		`"Headers":{"b":"aGk=","d":{"Scale":1,"Value":15},"f":1.5,"inf":null,"k` + "\ufffd" + `":"v` + "\ufffd" +
		`","l":[1,null],"n":7,"t":"1970-01-01T00:00:00Z"},"MessageID":"1","AppID":"a` + "\ufffd" + `","RoutingKey":"orders",` +
		`"DeliveryMode":2,"Timestamp":"1970-01-01T00:00:00Z","Body":"aGVsbG8="}
{"XRabbitctlEnd":{"count":1,"sha256":"HASH","finished":"2026-01-02T03:04:05Z"}}
`
	got := string(written(t, false, m))
	_, hash, _ := strings.Cut(got, `"sha256":"`)
	if diff := cmp.Diff(strings.Replace(want, "HASH", hash[:64], 1), got); diff != "" {
		t.Error(diff)
	}
}

func TestFileSink_safe(t *testing.T) {
	t.Parallel()
	for _, gzip := range []bool{false, true} {
		d := &disk{}
		s := sinkOn(t, d, gzip)
		put := func(number int64) {
			if err := s.Put(t.Context(), &messages.Message{Number: number}); err != nil {
				t.Fatal(err)
			}
		}
		put(5)
		put(9)
		if safe, err := s.Settle(t.Context(), 2); len(safe) != 0 || err != nil || d.synced != 0 {
			t.Errorf("%v, %v, synced %d times", safe, err, d.synced)
		}
		safe, err := s.Settle(t.Context(), 1)
		if diff := cmp.Diff([]int64{5, 9}, safe); diff != "" || err != nil || d.synced != 1 {
			t.Errorf("%s, %v, synced %d times", diff, err, d.synced)
		}
		// Settled messages can be read back, although the file has no end line yet.
		got, r, err := read(d.Bytes(), messages.FileOptions{Partial: true})
		if len(got) != 2 || err != nil || r.Fault() == nil {
			t.Errorf("gzip %v: %d messages, %v, %v", gzip, len(got), err, r.Fault())
		}
		put(10)
		d.full = errors.New("no space left on device")
		safe, err = s.Settle(t.Context(), 0)
		if len(safe) != 0 || fail.KindOf(err) != fail.Output || !strings.Contains(err.Error(), "orders.jsonl") {
			t.Errorf("%v, %v", safe, err)
		}
		d.full = nil
		// After an error the sink refuses all messages: otherwise the file could have a gap before a later message.
		if s.Put(t.Context(), &messages.Message{}) == nil || s.Close() == nil {
			t.Error("it goes on after an error")
		}
	}
}

func TestFileSink_refusesUnknownTypes(t *testing.T) {
	t.Parallel()
	d := &disk{}
	s := sinkOn(t, d, false)
	deep := any("x")
	for range 100 {
		deep = []any{deep}
	}
	for _, v := range []any{struct{}{}, uint64(1), []any{map[string]any{}}, amqp091.Table{"a": make(chan int)}, deep} {
		err := s.Put(t.Context(), &messages.Message{Number: 3,
			Publishing: amqp091.Publishing{Headers: amqp091.Table{"h": v}}})
		if fail.KindOf(err) != fail.Data || !strings.Contains(err.Error(), "message 3") {
			t.Errorf("%T: %v", v, err)
		}
	}
	if err := s.Put(t.Context(), &messages.Message{Number: 4}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, _, err := read(d.Bytes(), messages.FileOptions{}); len(got) != 1 || err != nil {
		t.Errorf("%d messages, %v", len(got), err)
	}
}

func TestFileSource_faults(t *testing.T) {
	t.Parallel()
	whole := string(written(t, false, &messages.Message{Publishing: amqp091.Publishing{Body: []byte("one")}},
		&messages.Message{Publishing: amqp091.Publishing{Body: []byte("two")}}))
	lines := strings.SplitAfter(whole, "\n")
	zipped := string(written(t, true, &messages.Message{Publishing: amqp091.Publishing{Body: []byte("one")}}))
	join := func(l ...string) string { return strings.Join(l, "") }
	for name, c := range map[string]struct {
		text, want string
		// partial is how many messages are read with the option Partial; -1 means that reading fails even with it.
		partial int
	}{
		"no end":  {join(lines[:3]...), "orders.jsonl ends at line 3 without the line that marks its end, so its last part is missing", 2},
		"cut":     {whole[:len(join(lines[:2]...))+30], "orders.jsonl, line 3 is cut off, so the file was not written to its end", 1},
		"cut end": {whole[:len(whole)-30], "orders.jsonl, line 4 is cut off, so the file was not written to its end", 2},
		"one less": {join(lines[0], lines[2], lines[3]),
			"orders.jsonl, line 3 says that there are 2 messages before it, but there are 1", 1},
		"changed": {strings.Replace(whole, "dHdv", "dHdw", 1),
			"orders.jsonl, line 4 has a checksum that does not match, so the file was changed after it was written", 2},
		"order": {join(lines[0], lines[2], lines[1], lines[3]),
			"orders.jsonl, line 4 has a checksum that does not match, so the file was changed after it was written", 2},
		"more": {whole + lines[1], "orders.jsonl, line 5 comes after line 4, which marks the end of the file", 2},
		"no JSON": {join(lines[0], lines[1], "oops\n", lines[3]),
			`orders.jsonl, line 3: invalid character 'o' at start of value`, -1},
		"empty line":    {join(lines[0], "\n", lines[1]), `orders.jsonl, line 2: the JSON ends too early`, -1},
		"half":          {join(lines[0], `{"Body":`+"\n", lines[1]), `orders.jsonl, line 2: the JSON ends too early`, -1},
		"no base64":     {strings.Replace(whole, "dHdv", "?Hdv", 1), "orders.jsonl, line 3: illegal base64 data", -1},
		"no body":       {strings.Replace(whole, "Body", "Bodi", 1), "orders.jsonl, line 2: a message needs a body", -1},
		"only a header": {lines[0], "orders.jsonl ends at line 1 without the line that marks its end, so its last part is missing", 0},
		"half a header": {lines[0][:30], "orders.jsonl, line 1: the file's first line is cut off", -1},
		"format": {strings.Replace(whole, `"format":1`, `"format":2`, 1),
			"orders.jsonl has format 2, and this release of rabbitctl reads format 1 only", -1},
		"empty":     {"", "orders.jsonl is empty", -1},
		"gzip cut":  {zipped[:len(zipped)-60], "orders.jsonl, line 3 is cut off, so the file was not written to its end", 1},
		"only gzip": {"\x1f\x8b", "orders.jsonl begins like a gzip file, but is not one", -1},
	} {
		_, _, err := read([]byte(c.text), messages.FileOptions{})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || fail.KindOf(err) != fail.Data || errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
		got, s, err := read([]byte(c.text), messages.FileOptions{Partial: true})
		if c.partial < 0 && err == nil || c.partial >= 0 && (err != nil || len(got) != c.partial || s.Fault() == nil) {
			t.Errorf("%s, with a part: %d messages, %v", name, len(got), err)
		}
	}
}

func TestFileSource_resumes(t *testing.T) {
	t.Parallel()
	var all []*messages.Message
	for i := range 5 {
		all = append(all, &messages.Message{Publishing: amqp091.Publishing{Body: fmt.Append(nil, i)}})
	}
	var done []int64
	o := messages.FileOptions{Skip: 2, Done: func(n int64) error { done = append(done, n); return nil }}
	got, s, err := read(written(t, false, all...), o)
	if err != nil || len(got) != 3 || got[0].Number != 3 || string(got[0].Body) != "2" {
		t.Fatalf("%d messages, %v", len(got), err)
	}
	for _, r := range []struct {
		number int64
		before bool
	}{{1, true}, {3, true}, {3, true}, {5, false}, {4, false}} { // 4 is not done when 5 is: it may have been refused
		if err := s.Remove(r.number, r.before); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]int64{3, 4}, done); diff != "" {
		t.Error(diff)
	}
	broken := errors.New("disk full")
	_, s, _ = read(written(t, false, all...), messages.FileOptions{Done: func(int64) error { return broken }})
	if err := s.Remove(1, true); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestFileSource_endsWithItsContext(t *testing.T) {
	t.Parallel()
	s, err := messages.NewFileSource(bytes.NewReader(written(t, false, everyProperty())), messages.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Next(ctx); fail.KindOf(err) != fail.Canceled {
		t.Error(err)
	}
	// The cancelled call has lost no message.
	if m, err := s.Next(t.Context()); err != nil || m.Number != 1 {
		t.Error(m, err)
	}
}

func TestVerifyFile(t *testing.T) {
	t.Parallel()
	text := written(t, false, everyProperty(), &messages.Message{Publishing: amqp091.Publishing{Body: make([]byte, 1000)}},
		&messages.Message{Publishing: amqp091.Publishing{Headers: amqp091.Table{"x-death": []any{}}}})
	got, err := messages.VerifyFile(t.Context(), bytes.NewReader(text), messages.FileOptions{Name: "f", Skip: 2})
	if err != nil || got.TypesLost() {
		t.Fatal(err)
	}
	got.Header = nil
	want := messages.FileFacts{Format: "rabbitctl", Count: 3, Largest: 1000, LargestAt: 2, Unfit: 2, UnfitAt: 1,
		Changes:  messages.Changes{UserID: 1, Expiration: 1},
		UnfitWhy: `header "decimal" has a decimal, and a broker closes the connection that sends one to a stream`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	cut := bytes.NewReader(text[:len(text)-9])
	if _, err := messages.VerifyFile(t.Context(), cut, messages.FileOptions{}); err == nil {
		t.Error("a file that is cut off passes")
	}
}

// TestFileSource_large: a body of many MiB is read correctly, and so are the messages after it.
func TestFileSource_large(t *testing.T) {
	t.Parallel()
	for _, size := range []int{3<<20 + 1, 3<<20 + 2} {
		body := make([]byte, size)
		for i := range body {
			body[i] = byte(i >> 8 * i)
		}
		text := written(t, false, &messages.Message{Publishing: amqp091.Publishing{Body: body, AppId: "large"}},
			&messages.Message{Publishing: amqp091.Publishing{Body: []byte("small"), AppId: "small"}})
		got, _, err := read(text, messages.FileOptions{})
		if err != nil || len(got) != 2 || !bytes.Equal(got[0].Body, body) || string(got[1].Body) != "small" ||
			got[0].AppId != "large" {
			t.Errorf("%d bytes: %d messages, %v", size, len(got), err)
		}
		facts, err := messages.VerifyFile(t.Context(), bytes.NewReader(text), messages.FileOptions{})
		if err != nil || facts.Largest != int64(size) {
			t.Errorf("%d bytes: %+v, %v", size, facts, err)
		}
	}
}
