package ui

import (
	"fmt"
	"net/http"
	"time"
)

const (
	heartbeat    = 20 * time.Second // keeps proxies from closing a quiet stream
	writeTimeout = 10 * time.Second
)

// Stream answers with server-sent events: one at once, and one whenever one of the
// topics changes. An event says only that there is something to read again, so a missed
// one heals by itself. It ends when the visitor leaves or the program stops.
func (r *Request) Stream(topics ...string) error {
	changes, stop := r.site.DB.Subscribe(topics...)
	defer stop()
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
		case <-changes:
			event = "data: changed\n\n"
		case <-tick.C:
			event = ": quiet\n\n"
		}
	}
}
