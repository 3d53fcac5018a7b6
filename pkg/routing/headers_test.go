package routing

import (
	"bytes"
	"encoding/json"
	"testing"
)

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	if text == "" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return m
}

// The expected results are those of 3.10.8, 4.0.5 and 4.3.6.
func TestMatchHeaders(t *testing.T) {
	tests := []struct {
		arguments, headers string
		exact, loose       match
	}{
		// Which headers must match.
		{`{}`, ``, yes, yes},
		{`{"x-match":"all"}`, `{"a":"1"}`, yes, yes},
		{`{"x-match":"any"}`, `{"a":"1"}`, no, no},
		{`{"x-match":"all-with-x"}`, ``, yes, yes},
		{`{"x-match":"any-with-x"}`, `{"x-match":"any-with-x"}`, no, no},
		{`{"a":"1","b":"2"}`, `{"a":"1"}`, no, no},
		{`{"a":"1","b":"2"}`, `{"a":"1","b":"2","c":"3"}`, yes, yes},
		{`{"x-match":"any","a":"1","b":"2"}`, `{"b":"2"}`, yes, yes},
		{`{"x-match":"any","a":"1","b":"2"}`, `{"b":"1"}`, no, no},
		// Arguments that begin with x- count only with all-with-x and any-with-x.
		{`{"x-match":"all","a":"1","x-b":"2"}`, `{"a":"1"}`, yes, yes},
		{`{"x-match":"all","a":"1","x-b":"2"}`, `{"x-b":"2"}`, no, no},
		{`{"x-match":"all-with-x","a":"1","x-b":"2"}`, `{"a":"1","x-b":"9"}`, no, no},
		{`{"x-match":"all-with-x","a":"1","x-b":"2"}`, `{"a":"1","x-b":"2"}`, yes, yes},
		{`{"x-match":"any","a":"1","x-b":"2"}`, `{"x-b":"2"}`, no, no},
		{`{"x-match":"any-with-x","a":"1","x-b":"2"}`, `{"x-b":"2"}`, yes, yes},
		{`{"x-match":"all","x-b":"2"}`, ``, yes, yes},
		{`{"x-match":"any","x-b":"2"}`, `{"x-b":"2"}`, no, no},
		{`{"X-b":"2"}`, ``, no, no},
		{`{"X-b":"2"}`, `{"X-b":"2"}`, yes, yes},
		// Values.
		{`{"k":"5"}`, `{"k":"5"}`, yes, yes},
		{`{"k":"5"}`, `{"k":5}`, no, no},
		{`{"k":5}`, `{"k":"5"}`, no, no},
		{`{"k":5}`, `{"k":5}`, yes, yes},
		{`{"k":5}`, `{"k":5.0}`, no, yes},
		{`{"k":5.0}`, `{"k":5}`, no, yes},
		{`{"k":5.5}`, `{"k":5.5}`, yes, yes},
		{`{"k":5}`, `{"k":5.5}`, no, no},
		{`{"k":9007199254740993}`, `{"k":9007199254740992}`, no, no},
		{`{"k":true}`, `{"k":true}`, yes, yes},
		{`{"k":true}`, `{"k":false}`, no, no},
		{`{"k":true}`, `{"k":"true"}`, no, no},
		{`{"k":"5"}`, `{"k":null}`, no, no},
		{`{"k":[]}`, `{"k":{}}`, yes, yes},
		{`{"k":[]}`, `{"k":["a"]}`, no, no},
		{`{"k":["a","b"]}`, `{"k":["a","b"]}`, yes, yes},
		{`{"k":["a","b"]}`, `{"k":["b","a"]}`, no, no},
		{`{"k":["a"]}`, `{"k":"a"}`, no, no},
		// The API does not show the types of numbers in arrays, the order of tables, or the value void. So a result is
		// unsure, unless something else decides it.
		{`{"k":["a",1]}`, `{"k":["a",1]}`, unsure, unsure},
		{`{"k":["a",1]}`, `{"k":["a","1"]}`, no, no},
		{`{"k":{"a":"1","b":"2"}}`, `{"k":{"a":"1","b":"2"}}`, unsure, unsure},
		{`{"k":{"a":"1"}}`, `{"k":["a"]}`, no, no},
		{`{"k":"undefined"}`, `{"k":5}`, unsure, unsure},
		{`{"k":"undefined"}`, `{"k":"undefined"}`, yes, yes},
		{`{"k":"undefined"}`, `{"j":5}`, no, no},
		{`{"k":null}`, `{"k":5}`, yes, yes},
		// One unsure match among several.
		{`{"k":"undefined","a":"1"}`, `{"k":5,"a":"2"}`, no, no},
		{`{"x-match":"any","k":"undefined","a":"1"}`, `{"k":5,"a":"1"}`, yes, yes},
		{`{"x-match":"any","k":"undefined","a":"1"}`, `{"k":5}`, unsure, unsure},
	}
	for _, tt := range tests {
		arguments, headers := object(t, tt.arguments), object(t, tt.headers)
		if got := matchHeaders(arguments, headers, true); got != tt.exact {
			t.Errorf("%s and %s, exact: %v, want %v", tt.arguments, tt.headers, got, tt.exact)
		}
		if got := matchHeaders(arguments, headers, false); got != tt.loose {
			t.Errorf("%s and %s: %v, want %v", tt.arguments, tt.headers, got, tt.loose)
		}
	}
}
