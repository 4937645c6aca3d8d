package demo

import (
	"context"
	"errors"
	"fmt"

	"hoinghi/conference/outbox"
)

// post delivers the demo's mails into the local mailbox while the story goes on.
type post struct {
	f    *filler
	stop context.CancelFunc
	done chan error // nil when a mail server is set: its mails are serve's to send
}

func (f *filler) deliver(ctx context.Context) *post {
	p := &post{f: f}
	if !f.Outbox.Local() {
		return p
	}
	ctx, p.stop = context.WithCancel(ctx)
	p.done = make(chan error, 1)
	go func() { p.done <- f.Outbox.Run(ctx) }()
	return p
}

// finish waits until every mail is delivered, unless told not to, and stops.
func (p *post) finish(ctx context.Context, wait bool) error {
	if p.done == nil {
		return nil
	}
	var err error
	if wait {
		err = p.empty(ctx)
	}
	p.stop()
	return errors.Join(err, <-p.done)
}

func (p *post) empty(ctx context.Context) error {
	changed, end := p.f.db.Subscribe("outbox")
	defer end()
	for {
		counts, err := p.f.Outbox.Counts(ctx, p.f.xii.ID)
		if err != nil {
			return fmt.Errorf("count mail: %w", err)
		}
		if counts[outbox.StateQueued]+counts[outbox.StateSending] == 0 {
			return nil
		}
		if err := p.stuck(ctx); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// stuck finds a mail that was tried and waits for another time: with no server to
// refuse it, it could not be made, and waiting would not help.
func (p *post) stuck(ctx context.Context) error {
	mails, err := p.f.Outbox.List(ctx, outbox.Filter{Edition: p.f.xii.ID, State: outbox.StateQueued, Limit: 200})
	if err != nil {
		return fmt.Errorf("list mail: %w", err)
	}
	for _, m := range mails {
		// The list is read in two steps; a mail may have been delivered between them.
		if m.State == outbox.StateQueued && m.Attempts > 0 {
			return fmt.Errorf("mail %d (%s) could not be made", m.ID, m.Kind)
		}
	}
	return nil
}
