package ui

import (
	"fmt"
	"net/http"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/account"
)

const (
	heartbeat    = 20 * time.Second // keeps proxies from closing a quiet stream
	writeTimeout = 10 * time.Second
)

// Stream answers with server-sent events: one at once, and one whenever one of the
// topics changes. An event says only that there is something to read again, so a missed
// one heals by itself. It ends when the visitor leaves or the program stops, and at once
// when the session ends, the account is closed or a role that the page needs is taken away.
func (r *Request) Stream(topics ...string) error {
	changes, stop := r.site.DB.Subscribe(topics...)
	defer stop()
	var own <-chan struct{} // what becomes of the member of staff who watches
	if r.staff != nil {
		var done func()
		own, done = r.site.DB.Subscribe(account.Topic(r.staff.ID))
		defer done()
		if !r.stillAdmitted() { // it may have ended since it was looked at
			return conference.Forbidden()
		}
	}
	w := r.c.Response()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	out := http.NewResponseController(w)
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	event := "retry: 2000\ndata: changed\n\n"
	for {
		//nolint:forbidigo // a connection's deadline is a matter of the machine's clock
		if err := out.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
			return fmt.Errorf("stream: %w", err)
		}
		if _, err := fmt.Fprint(w, event); err != nil {
			return nil // the visitor left
		}
		if err := out.Flush(); err != nil {
			return nil
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-r.site.ctx.Done():
			return nil
		case <-own:
			if !r.stillAdmitted() {
				return nil
			}
			event = ": still here\n\n"
		case <-changes:
			event = "data: changed\n\n"
		case <-tick.C:
			if r.staff != nil && !r.stillAdmitted() { // its time ran out
				return nil
			}
			event = ": quiet\n\n"
		}
	}
}
