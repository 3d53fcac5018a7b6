package broker

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// metricsOf is where a node serves its metrics: URLs without a path, by the node's name. It is what the overview lists,
// with the host that the API is asked at where the node is on the same one. Whose metrics they are, verify says.
func (c *Client) metricsOf(overview record.Value) (map[string]string, error) {
	api, err := url.Parse(c.base)
	if err != nil {
		return nil, fail.New(fail.Internal, "%w", err)
	}
	asked := hostOf(overview.At("node").Text())
	found := map[string]string{}
	var odd error
	overview.At("listeners").Each(func(l record.Value) {
		scheme, ok := strings.CutSuffix(l.At("protocol").Text(), "/prometheus")
		if !ok {
			return
		}
		node := l.At("node").Text()
		host := api.Hostname()
		if h := hostOf(node); h != asked {
			host = h
		}
		port, err := PortOf(l)
		if err != nil {
			odd = err
			return
		}
		found[node] = scheme + "://" + net.JoinHostPort(host, port)
	})
	return found, odd
}

// hostOf is the host part of a node's name.
func hostOf(node string) string {
	_, host, _ := strings.Cut(node, "@")
	return host
}

// sample is one line of metrics about a queue.
type sample struct {
	metric, vhost, queue []byte
	value                int64
}

// metrics reads the families of metrics of a node and calls each with every sample about a queue; what the sample holds
// is good until then only.
func (c *Client) metrics(ctx context.Context, base string, query url.Values, each func(sample)) error {
	body, err := c.scrape(ctx, base, "/metrics/detailed?"+query.Encode())
	if f := (*fail.Error)(nil); errors.As(err, &f) && f.Kind != fail.Timeout {
		return f.Next("is that port open to this machine, and the release not too old? --source api needs the management port only")
	}
	if err != nil {
		return err
	}
	defer body.Close()
	if err := eachSample(timely{ctx, body}, each); err != nil {
		return c.broken(ctx, nil, err)
	}
	return nil
}

// scrape asks a node for metrics. No credentials are sent: the plugin knows no users.
func (c *Client) scrape(ctx context.Context, base, target string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+target, nil)
	if err != nil {
		return nil, fail.New(fail.Data, "the overview lists metrics at %s, which is no address", base)
	}
	resp, err := c.bare.RoundTrip(req)
	if err != nil {
		switch ended := fail.Ended(ctx); fail.KindOf(ended) {
		case fail.Timeout:
			return nil, late(base)
		case fail.Canceled:
			return nil, ended
		}
		return nil, fail.New(fail.Unreachable, "the metrics at %s cannot be read: %s", base, lastPart(oneLine(err.Error()))).
			Next("is that port open to this machine?")
	}
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode != http.StatusOK || media != "text/plain" {
		resp.Body.Close()
		return nil, fail.New(fail.Unavailable, "%s serves no such metrics: it answers with status %d and %s", base, resp.StatusCode, mediaWords(media)).
			Next("its release may be too old, or the port another program's")
	}
	return resp.Body, nil
}

// eachLine calls each with every line of the text format of metrics; a line is good until then only. A text that ends within a
// line, or before it has said which node tells it, is not whole: brokers say so behind everything else, whatever they are asked
// for (3.10 to 4.3).
func eachLine(r io.Reader, each func(line []byte)) error {
	lines := bufio.NewReaderSize(r, 64<<10)
	for told := false; ; {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			// No name is as long as this: it is no line of ours.
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = lines.ReadSlice('\n')
			}
			line = nil
		}
		if err == io.EOF && (len(line) > 0 || !told) {
			return io.ErrUnexpectedEOF
		}
		if err == io.EOF {
			return nil
		}
		told = told || bytes.HasPrefix(line, []byte(identityMetric))
		each(line)
		if err != nil {
			return err
		}
	}
}

// eachSample takes the lines that begin with rabbitmq_detailed_queue_ and are about a queue.
func eachSample(r io.Reader, each func(sample)) error {
	var scratch [2][]byte
	return eachLine(r, func(line []byte) {
		if s, ok := parseSample(line, &scratch); ok {
			each(s)
		}
	})
}

const metricPrefix = "rabbitmq_detailed_queue_"

// parseSample reads one line: rabbitmq_detailed_queue_messages{vhost="/",queue="orders"} 7
func parseSample(line []byte, scratch *[2][]byte) (sample, bool) {
	line, ok := bytes.CutPrefix(line, []byte(metricPrefix))
	if !ok {
		return sample{}, false
	}
	var s sample
	s.metric, line, ok = bytes.Cut(line, []byte("{"))
	if !ok {
		return sample{}, false
	}
	for i, more := 0, true; more; i++ {
		if i == len(scratch) {
			return sample{}, false
		}
		var name, value []byte
		if name, value, line, more, ok = nextLabel(line, &scratch[i]); !ok {
			return sample{}, false
		}
		switch string(name) {
		case "vhost":
			s.vhost = value
		case "queue":
			s.queue = value
		default:
			return sample{}, false
		}
	}
	line, ok = bytes.CutPrefix(line, []byte("} "))
	if !ok || s.vhost == nil || s.queue == nil {
		return sample{}, false
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	s.value = n
	return s, err == nil
}

// nextLabel reads one label, and tells whether there are more behind it.
func nextLabel(line []byte, scratch *[]byte) (name, value, rest []byte, more, ok bool) {
	if name, line, ok = bytes.Cut(line, []byte(`="`)); !ok {
		return nil, nil, nil, false, false
	}
	if value, line, ok = label(line, scratch); !ok {
		return nil, nil, nil, false, false
	}
	rest, more = bytes.CutPrefix(line, []byte(","))
	return name, value, rest, more, true
}

// label reads a label's value up to its closing quote; a backslash stands before a quote and a backslash, and \n is a line
// end.
func label(line []byte, scratch *[]byte) (value, rest []byte, ok bool) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '"':
			return line[:i:i], line[i+1:], true
		case '\\':
			return escapedLabel(line, scratch)
		}
	}
	return nil, nil, false
}

func escapedLabel(line []byte, scratch *[]byte) (value, rest []byte, ok bool) {
	b := (*scratch)[:0]
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '"':
			*scratch = b
			return b, line[i+1:], true
		case line[i] == '\\' && i+1 < len(line):
			i++
			if line[i] == 'n' {
				b = append(b, '\n')
				continue
			}
			b = append(b, line[i])
		default:
			b = append(b, line[i])
		}
	}
	return nil, nil, false
}
