package outbox

import (
	"context"
	"sync"
	"time"
)

// Run sends what is due and reads what comes back until ctx ends; then it waits a few seconds for mails that
// are on their way and returns nil. It first recovers what an earlier process left
// behind, so only one Run may work on a database at a time. A database that cannot be
// written is waited for.
func (o *Outbox) Run(ctx context.Context) error {
	work := make(chan Mail)
	var workers sync.WaitGroup
	for range o.cfg.Workers {
		workers.Go(func() { o.work(ctx, work) })
	}
	workers.Go(func() { o.collect(ctx) })
	o.dispatch(ctx, work)
	close(work)
	workers.Wait()
	return nil
}

// dispatch claims due mails and hands them to the workers. Whether a mail is due is
// judged by the database's clock; how long to sleep between looks is real time.
func (o *Outbox) dispatch(ctx context.Context, work chan<- Mail) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	recovered := false
	for ctx.Err() == nil {
		n, err := o.round(ctx, work, !recovered)
		if err == nil {
			recovered = true
			if n > 0 {
				continue
			}
		} else if ctx.Err() == nil {
			o.log.Error("mail queue cannot be worked on", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-o.wake:
		case <-tick.C:
		}
	}
}

// round gives the number of mails that it claimed.
func (o *Outbox) round(ctx context.Context, work chan<- Mail, first bool) (int, error) {
	if first {
		if err := o.recoverLeft(ctx, true); err != nil {
			return 0, err
		}
	}
	if o.gate.wait(ctx) != nil {
		return 0, nil
	}
	if due, err := o.anyWork(ctx); err != nil || !due {
		return 0, err
	}
	mails, err := o.claim(ctx, o.batch())
	if err != nil {
		return 0, err
	}
	if len(mails) == 0 { // then the work is a lease that ran out
		return 0, o.recoverLeft(ctx, false)
	}
	for i, m := range mails {
		if o.gate.shut() {
			o.giveBack(ctx, mails[i:]...)
			break
		}
		select {
		case work <- m:
			continue
		case <-ctx.Done():
			o.giveBack(ctx, mails[i:]...)
		}
		break
	}
	return len(mails), nil
}

// batch is smaller when mails leave slowly, so that none is shown as being sent for
// minutes, and when the server was last out of reach, to feel the way.
func (o *Outbox) batch() int {
	if _, in := o.gate.trouble(); in {
		return 1
	}
	if o.cfg.Rate > 0 {
		return max(1, min(batch, o.cfg.Rate/12)) // five seconds' worth
	}
	return batch
}

// Trouble says since when no mail leaves, and why.
type Trouble struct {
	Since time.Time
	Words string // of the network or the server, for the organiser
}

// Trouble reports what keeps the whole queue from sending, if anything does: the
// server cannot be reached, refuses the login or refuses the sender.
func (o *Outbox) Trouble() (Trouble, bool) { return o.gate.trouble() }

// gate stops the whole queue while the server lets nobody send.
type gate struct {
	first, last time.Duration

	mu     sync.Mutex
	pause  time.Duration // length of the latest pause; 0 once a mail went through
	opens  chan struct{} // closed when the pause is over; nil while open
	reason Trouble
}

// close pauses the queue and gives the pause's length, 0 when it was paused already.
func (g *gate) close(now time.Time, words string) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opens != nil {
		return 0
	}
	if g.pause == 0 {
		g.reason.Since = now
	}
	g.reason.Words = words
	g.pause = min(max(2*g.pause, g.first), g.last)
	opens := make(chan struct{})
	g.opens = opens
	time.AfterFunc(g.pause, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.opens = nil
		close(opens)
	})
	return g.pause
}

// passed notes that a mail got as far as the server's judgement.
func (g *gate) passed() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pause, g.reason = 0, Trouble{}
}

func (g *gate) shut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.opens != nil
}

// wait returns when the gate is open, or ctx's error.
func (g *gate) wait(ctx context.Context) error {
	g.mu.Lock()
	opens := g.opens
	g.mu.Unlock()
	if opens == nil {
		return ctx.Err()
	}
	select {
	case <-opens:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *gate) trouble() (Trouble, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.reason, g.pause > 0
}
