package diagnose

import "github.com/rabbitctl/rabbitctl/pkg/health"

func movingRules() []Rule {
	return []Rule{
		{Name: "shovel-not-running", Needs: []Part{OfShovels}, Judge: func(f Facts) []Finding {
			return ofResult(health.Movers("shovel", f.Shovels, health.OK),
				Finding{Hit: "programs that wait for the messages that the shovel should move; its source grows",
					Do: []string{"rabbitctl check_shovels names each, also those that no node runs"}})
		}},
		{Name: "federation-link-not-running", Needs: []Part{OfLinks}, Judge: func(f Facts) []Finding {
			return ofResult(health.Movers("federation link", f.Links, health.OK),
				Finding{Hit: "programs that wait for messages of the upstream", Do: []string{"rabbitctl list_federation_links"}})
		}},
		{Name: "certificate-expires", Needs: []Part{OfTLS}, Judge: func(f Facts) []Finding {
			// The same limits as check_certificates has by default.
			return ofResult(health.Certificates(f.TLS, health.CertificateLimits{Warning: 30, Critical: 7}),
				Finding{Hit: "every client that connects with TLS and verifies, once it has expired",
					Do: []string{"rabbitctl check_certificates",
						"put the new file in the place of the old one: brokers read it again by themselves, within minutes"}})
		}},
	}
}

// ofResult makes a finding of a check's result; nil if the result is OK, or if the check could not judge.
func ofResult(r health.Result, x Finding) []Finding {
	if r.Status == health.OK || r.Status == health.Unknown {
		return nil
	}
	x.Severity, x.What, x.Evidence = r.Status, r.Summary, r.Details
	return []Finding{x}
}
