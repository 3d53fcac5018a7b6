//go:build acceptance

package acceptance

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// eventuallyExits waits until a command line ends with the code and prints the text, because figures and states are
// some seconds old.
func (b *broker) eventuallyExits(t *testing.T, line string, code int, says string) {
	t.Helper()
	eventually(t, func() (bool, string) {
		r := b.rabbitctl(t, strings.Fields(line)...)
		return r.code == code && strings.Contains(r.stdout, says), fmt.Sprintf("%s: exit %d, want %d and %q\n%s%s", line,
			r.code, code, says, r.stdout, r.stderr)
	})
}

func TestCheckConnections(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "limited-")
		user, password := b.user(t, "monitoring")
		for _, c := range []string{"check_connections", "check_connections --warning 0:1000 --critical 0:2000"} {
			b.rabbitctl(t, strings.Fields(c)...).ok(t)
		}
		b.do(t, "PUT", path("vhost-limits", vhost, "max-connections"), map[string]any{"value": 4})
		b.startDevbroker(t, "connect", "-p", vhost, "--connections", "3", "--for", "20m").says(t, "ready")
		b.eventuallyExits(t, "check_connections", 0, fmt.Sprintf("vhost_%s=3;~:3;~:3;0", vhost))
		b.eventuallyExits(t, "check_connections --critical 2", 2, "connections")
		b.eventuallyExits(t, "check_connections --warning 1000:", 1, "WARNING - ")
		b.eventuallyExits(t, "check_connections --limit-warning 50%", 1, fmt.Sprintf("virtual host %s has 3 of 4 connections",
			vhost))
		b.eventuallyExits(t, "check_connections --limit-critical 50%", 2,
			fmt.Sprintf("virtual host %s has 3 of 4 connections", vhost))
		// On 4.3 (not on 4.0) only users with the tag administrator may see the limits of users. For other users the check
		// says that it did not see them.
		r := run(t, []string{"RABBITCTL_URL=" + strings.Replace(b.URL, "guest:guest", user+":"+password, 1)},
			program("rabbitctl"), "check_connections").ok(t)
		if unseen := strings.Contains(r.stdout, "not seen: the limits of users"); unseen != (b.Release == "4.3") {
			t.Errorf("the limits of users are said to be unseen: %v\n%s", unseen, r.stdout)
		}
		b.startDevbroker(t, "churn", "-p", "/", "--rate", "20", "--for", "20m")
		b.eventuallyExits(t, "check_connections --opened-warning 5 --opened-critical 1000", 1, "opened per second")
		b.eventuallyExits(t, "check_connections --opened-critical 5", 2, "opened per second")
	})
}

func TestCheckShovelsAndFederation(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "moving-")
		const nowhere = "amqp://127.0.0.1:1"
		here := b.AMQPURL + "/" + vhost
		b.verdicts(t, map[string]verdict{
			"check_shovels -p " + vhost:                      {3, "there are no shovels"},
			"check_shovels --missing critical -p " + vhost:   {2, "there are no shovels"},
			"check_federation -p " + vhost:                   {3, "there are no links"},
			"check_federation --missing warning -p " + vhost: {1, "there are no links"},
			"check_shovels --missing ok -p no-such-vhost":    {3, "UNKNOWN - "},
			"check_federation --missing ok -p no-such-vhost": {3, "UNKNOWN - "},
		})
		shovel := func(name, from string) {
			b.do(t, "PUT", path("parameters", "shovel", vhost, name), map[string]any{"value": map[string]any{
				"src-uri": from, "src-queue": "a", "src-protocol": "amqp091", "dest-uri": here, "dest-queue": "b",
				"dest-protocol": "amqp091"}})
		}
		link := func(name, uri string) {
			b.do(t, "PUT", path("parameters", "federation-upstream", vhost, name),
				map[string]any{"value": map[string]any{"uri": uri}})
		}
		shovel("good", here)
		link("good", here)
		b.do(t, "PUT", path("exchanges", vhost, "federated"), map[string]any{"type": "topic"})
		b.do(t, "PUT", path("policies", vhost, "federated"), map[string]any{"pattern": "^federated$", "apply-to": "exchanges",
			"definition": map[string]any{"federation-upstream-set": "all"}})
		b.eventuallyExits(t, "check_shovels -p "+vhost, 0, "1 of 1 shovel running")
		b.eventuallyExits(t, "check_federation -p "+vhost, 0, "1 of 1 link running")
		shovel("bad", nowhere)
		link("bad", nowhere)
		// A shovel that cannot connect is starting (3.10), alternates between starting and not listed (4.0), or is terminated
		// (4.3).
		eventually(t, func() (bool, string) {
			r := b.rabbitctl(t, "check_shovels", "-p", vhost)
			return (r.code == 1 || r.code == 2) && strings.Contains(r.stdout, "shovel bad in virtual host "+vhost+" is "),
				r.stdout
		})
		b.eventuallyExits(t, "check_federation -p "+vhost, 2, "link of exchange federated in virtual host "+vhost+
			" to upstream bad is in error")
	})
}

// TestCheckCertificates starts brokers of its own with TLS. Their CA bundle has an authority that expired and signed
// nothing, and the test replaces their certificate.
func TestCheckCertificates(t *testing.T) {
	brokers := map[string]*broker{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	running.once.Do(func() { boot(options.releases) })
	for _, b := range running.brokers {
		alsoEnd(options.suite + "-tls-" + b.Release)
		wait.Go(func() {
			own, err := bringUp(options.suite+"-tls-"+b.Release, b.Release, "--tls")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			brokers[b.Release] = own
		})
	}
	wait.Wait()
	onEach(t, func(t *testing.T, suite *broker) {
		b := brokers[suite.Release]
		if b == nil {
			t.FailNow()
		}
		defer takeDown(b.Name)
		listener := fmt.Sprintf("127.0.0.1:%d", b.AMQPSPort)
		const note = "holds a CA certificate that expired"
		b.verdicts(t, map[string]verdict{
			"check_certificates":                                                 {0, note},
			"check_certificates --warning 400":                                   {1, "certificate CN=devbroker expires in 36"},
			"check_certificates --critical 400":                                  {2, "server_certificate.pem"},
			"check_certificates --connect " + listener:                           {0, "amqp/ssl " + listener},
			fmt.Sprintf("check_certificates --connect 127.0.0.1:%d", b.AMQPPort): {3, "does not complete a TLS handshake"},
			"check_certificate_expiration":                                       {2, "ca_bundle.pem until 2021-01-01"},
			"check_protocol_listener amqps":                                      {0, "OK - "},
			"check_port_connectivity":                                            {0, "OK - "},
			"check --all":                                                        {0, "OK check_certificates: "},
		})
		run(t, nil, program("devbroker"), "certify", b.Name, "--for", "-24h").ok(t)
		b.eventuallyExits(t, "check_certificates", 2, "certificate CN=devbroker expired 1 day ago")
		b.verdicts(t, map[string]verdict{"check --all": {2, "CRITICAL - check_certificates: amqp/ssl " + listener}})

		// Without these plugins the broker does not report shovels and links. The checks must not take that for none.
		b.ctl(t, "rabbitmq-plugins", "-q", "disable", "rabbitmq_shovel_management", "rabbitmq_federation_management").ok(t)
		b.eventuallyExits(t, "check_shovels --missing ok", 3, "its plugin rabbitmq_shovel_management is off")
		b.eventuallyExits(t, "check_federation --missing ok", 3, "its plugin rabbitmq_federation_management is off")
		b.eventuallyExits(t, "check --all", 2, "not offered by this broker: check_shovels, check_federation")
	})
}
