package outbox

import (
	"crypto/tls"
	"crypto/x509"
	"time"
)

// Hurry shortens the waits that are real time: the pause of a queue whose server
// is out of reach, and the time that a mail under way gets when the program stops.
func (o *Outbox) Hurry(pause, grace time.Duration) {
	o.gate.first, o.gate.last, o.grace = pause, pause, grace
}

// Trust has the outbox believe a test's own certificate.
func (o *Outbox) Trust(pool *x509.CertPool) {
	o.tls = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}
