// Package outbox sends mail. A room queues a mail in the same transaction as the
// change that it tells of; the outbox claims it after the commit, has its text made
// by the room's composer outside any transaction, hands it to the mail server and
// keeps a ledger of every attempt.
//
// Promised: no mail is lost, and none is sent twice after a known acceptance.
// SMTP cannot promise more: between the end of the message and the server's answer
// neither side can know. Such an outcome is shown as unknown and tried again once,
// 15 minutes later, under the same Message-ID.
package outbox

import (
	"context"
	"crypto"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/mail"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hoinghi/db"
)

const (
	batch       = 16               // mails claimed at once
	lease       = 10 * time.Minute // after it a claim that nobody works on any more is taken back
	poll        = time.Second      // longest time until a mail that fell due is seen
	idleAfter   = 5 * time.Second  // a session without work is closed: relays dislike idle lines
	perSession  = 100              // mails after which a session is opened anew
	grace       = 4 * time.Second  // a mail on its way when the program stops gets this long
	pauseFirst  = 5 * time.Second  // the queue's pause when the server cannot be reached …
	pauseLast   = time.Minute      // … doubling up to this
	repeatAfter = 15 * time.Minute // an unknown outcome is tried again once, this long afterwards
	giveUpAfter = 48 * time.Hour   // a mail refused temporarily is tried this long
)

// Composer makes the text, pictures and files of a mail from its row. It runs
// outside any write. A conference.Error of the kind not found, gone, invalid,
// forbidden or conflict means that the mail cannot be made at all and fails it for
// good with those words; any other error has it tried again later.
type Composer func(ctx context.Context, m Mail) (Message, error)

// Outbox is the queue and its ledger. Its methods are safe for concurrent use,
// except Compose, which comes first.
type Outbox struct {
	db        *db.DB
	log       *slog.Logger
	cfg       Config
	from      mail.Address
	server    *Server       // nil: mail stays on this machine
	key       crypto.Signer // signs what leaves; nil: nobody does
	composers map[string]Composer
	returns   *collector // nil: no mailbox of returned mail is read
	wake      chan struct{}
	gate      gate
	limit     *rate.Limiter // nil: as fast as the server takes it
	tls       *tls.Config   // nil: trusts what the machine trusts
	grace     time.Duration

	mu   sync.Mutex
	held map[int64]bool // claimed by this process and not settled yet
}

// New checks the configuration and makes an outbox; nothing is sent before Run.
func New(d *db.DB, log *slog.Logger, cfg Config) (*Outbox, error) {
	cfg, server, err := cfg.complete()
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	var key crypto.Signer
	if cfg.DKIM, key, err = cfg.DKIM.complete(cfg.From); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	o := &Outbox{
		db: d, log: log, cfg: cfg, server: server, key: key,
		from:      mail.Address{Name: shortName(cfg.FromName), Address: cfg.From},
		composers: map[string]Composer{},
		wake:      make(chan struct{}, 1),
		gate:      gate{first: pauseFirst, last: pauseLast},
		grace:     grace,
		held:      map[int64]bool{},
	}
	if o.returns, err = o.newCollector(); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	if cfg.Rate > 0 {
		o.limit = rate.NewLimiter(rate.Limit(float64(cfg.Rate)/60), 1)
	}
	return o, nil
}

// Compose says who makes the mails of a kind. Every call comes before Run and
// Render; a second composer for one kind is a mistake in the program and panics.
func (o *Outbox) Compose(kind string, c Composer) {
	if _, twice := o.composers[kind]; twice {
		panic("outbox: two composers for " + kind)
	}
	o.composers[kind] = c
}

// Wake has the queue looked at now instead of at the next poll.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default: // it is awake already
	}
}

// Local reports whether mail stays on this machine because no server is configured.
func (o *Outbox) Local() bool { return o.server == nil }
