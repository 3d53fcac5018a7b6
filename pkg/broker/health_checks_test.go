package broker_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func TestHealthCheck(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	c, err := broker.New(broker.Options{BaseURL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	s.JSON("GET /api/health/checks/alarms", 200, `{"status":"ok"}`)
	if a, err := c.HealthCheck(t.Context(), "alarms"); !a.OK || a.Reason != "" || err != nil {
		t.Error(a, err)
	}
	s.JSON("GET /api/health/checks/port-listener/1", 503, `{"status":"failed","reason":"no","missing":1}`)
	if a, err := c.HealthCheck(t.Context(), "port-listener", "1"); a.OK || a.Reason != "no" || a.Body.At("missing").
		Text() != "1" || err != nil {
		t.Error(a, err)
	}
	s.JSON("GET /api/health/checks/is-in-service", 404, brokertest.Recorded(t, "3.10", "404-endpoint"))
	if _, err := c.HealthCheck(t.Context(), "is-in-service"); !broker.IsNotOffered(err) {
		t.Error(err)
	}
	s.JSON("GET /api/health/checks/odd", 200, `{"status":"maybe"}`)
	if a, err := c.HealthCheck(t.Context(), "odd"); fail.KindOf(err) != fail.Data {
		t.Error(a, err)
	}
}

func TestUsedDeprecatedFeatures(t *testing.T) {
	t.Parallel()
	const ask = "GET /api/deprecated-features/used?columns=name"
	s := brokertest.New(t)
	c, err := broker.New(broker.Options{BaseURL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	columns := []record.Column{{Name: "name"}}
	s.JSON(ask, 404, brokertest.Recorded(t, "3.10", "404-endpoint"))
	for row, err := range c.UsedDeprecatedFeatures(t.Context(), columns) {
		if !broker.IsNotOffered(err) {
			t.Error(row, err)
		}
	}
	s.JSON(ask, 200, `[{"name":"transient_nonexcl_queues"}]`)
	var names []string
	for row, err := range c.UsedDeprecatedFeatures(t.Context(), columns) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, row[0].Text())
	}
	if len(names) != 1 || names[0] != "transient_nonexcl_queues" {
		t.Error(names)
	}
}
