package db

import "sync"

// live tells subscribers that something about a topic changed. It carries no
// content: whoever is told reads again, so a missed message heals by itself.
type live struct {
	mu   sync.Mutex
	subs map[string]map[chan struct{}]bool
}

// Subscribe gives a channel that receives after each committed change of one of the
// topics, and the function that ends the subscription. Changes that come faster
// than they are read melt into one.
func (d *DB) Subscribe(topics ...string) (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	l := &d.live
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.subs == nil {
		l.subs = map[string]map[chan struct{}]bool{}
	}
	for _, topic := range topics {
		if l.subs[topic] == nil {
			l.subs[topic] = map[chan struct{}]bool{}
		}
		l.subs[topic][c] = true
	}
	return c, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, topic := range topics {
			delete(l.subs[topic], c)
			if len(l.subs[topic]) == 0 {
				delete(l.subs, topic)
			}
		}
	}
}

func (l *live) publish(topic string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.subs[topic] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Publish tells the subscribers of a topic that something changed which is in no
// table: how far a running job is.
func (d *DB) Publish(topic string) { d.live.publish(topic) }
