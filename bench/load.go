package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// line is one connection that is kept open. It writes whole requests and reads
// answers: a client library would take more of the shared processors than the program itself.
type line struct {
	conn net.Conn
	r    *bufio.Reader
}

func (s *server) dial(ctx context.Context) (*line, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.base.Host)
	if err != nil {
		return nil, err
	}
	return &line{conn: c, r: bufio.NewReaderSize(c, 16<<10)}, nil
}

// ask gives the status and the content of one answer, the latter only if keep is set.
func (l *line) ask(request []byte, keep bool) (status int, body []byte, size int64, err error) {
	if err := l.conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return 0, nil, 0, err
	}
	if _, err := l.conn.Write(request); err != nil {
		return 0, nil, 0, err
	}
	res, err := http.ReadResponse(l.r, nil)
	if err != nil {
		return 0, nil, 0, err
	}
	defer func() { _ = res.Body.Close() }()
	if keep {
		body, err = io.ReadAll(res.Body)
		return res.StatusCode, body, int64(len(body)), err
	}
	size, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, nil, size, err
}

// request makes a request of a browser that reads gzip.
func (s *server) request(method, path, cookie, kind string, body []byte) []byte {
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\nCookie: %s\r\n", method, path, s.base.Host, cookie)
	if method == http.MethodPost {
		head += fmt.Sprintf("Content-Type: %s\r\nContent-Length: %d\r\n", kind, len(body))
	}
	return append([]byte(head+"\r\n"), body...)
}

// figures are what a load came to.
type figures struct {
	n               int
	rate            float64       // answers in a second
	p50, p99, worst time.Duration // of a request
	cpu             time.Duration // of the program, for each request
	memory          float64       // the program's highest resident set meanwhile, MB
}

// drive asks over so many connections at once for a time. do carries out the
// n-th request on a connection.
func (s *server) drive(ctx context.Context, connections int, during time.Duration, do func(l *line, connection int, n int64) error) (figures, error) {
	lines := make([]*line, connections)
	for i := range lines {
		var err error
		if lines[i], err = s.dial(ctx); err != nil {
			return figures{}, err
		}
	}
	defer func() {
		for _, l := range lines {
			_ = l.conn.Close()
		}
	}()
	waits := make([][]time.Duration, connections)
	errs := make([]error, connections)
	var next atomic.Int64
	watch := s.watch()
	before, err := s.cpu()
	if err != nil {
		return figures{}, err
	}
	began := time.Now()
	var wg sync.WaitGroup
	for c, l := range lines {
		wg.Go(func() {
			for time.Since(began) < during && errs[c] == nil && ctx.Err() == nil {
				sent := time.Now()
				errs[c] = do(l, c, next.Add(1))
				waits[c] = append(waits[c], time.Since(sent))
			}
		})
	}
	wg.Wait()
	f := sum(slices.Concat(waits...), time.Since(began))
	after, err := s.cpu()
	f.memory = watch()
	if f.n > 0 {
		f.cpu = (after - before) / time.Duration(f.n)
	}
	return f, errors.Join(append(errs, err)...)
}

func sum(waits []time.Duration, took time.Duration) figures {
	if len(waits) == 0 {
		return figures{}
	}
	slices.Sort(waits)
	return figures{n: len(waits), rate: float64(len(waits)) / took.Seconds(), p50: waits[len(waits)/2], p99: waits[len(waits)*99/100], worst: waits[len(waits)-1]}
}

// watch notes the highest resident set until it is called off.
func (s *server) watch() (off func() float64) {
	stop, done := make(chan struct{}), make(chan float64)
	go func() {
		high := 0.0
		for {
			if now, err := s.memory(); err == nil {
				high = max(high, now)
			}
			select {
			case <-stop:
				done <- high
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() float64 { close(stop); return <-done }
}

// pace asks so many times in a second whatever the answers take, as people at a door
// do; a wait counts from the moment at which the request was due.
func (s *server) pace(ctx context.Context, perSecond int, during time.Duration, do func(l *line, connection int, n int64) error) (figures, error) {
	free := make(chan *line, 64)
	for range cap(free) {
		l, err := s.dial(ctx)
		if err != nil {
			return figures{}, err
		}
		free <- l
	}
	n := int(during.Seconds() * float64(perSecond))
	waits, errs := make([]time.Duration, n), make([]error, n)
	began := time.Now()
	var wg sync.WaitGroup
	for i := range n {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
		time.Sleep(time.Until(due))
		wg.Go(func() {
			l := <-free
			errs[i] = do(l, i%devices, int64(i))
			waits[i] = time.Since(due)
			free <- l
		})
	}
	wg.Wait()
	f := sum(waits, time.Since(began))
	close(free)
	for l := range free {
		_ = l.conn.Close()
	}
	return f, errors.Join(errs...)
}
