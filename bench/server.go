package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is the program in a process of its own.
type server struct {
	cmd     *exec.Cmd
	base    *url.URL
	started time.Duration // from its start to the first answer
}

// freeBase gives an address on loopback that nobody listens on.
func freeBase(ctx context.Context) (*url.URL, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	base := &url.URL{Scheme: "http", Host: l.Addr().String()}
	return base, l.Close()
}

// serve starts the program and waits until it answers. Its log, a line for each
// request, is made and thrown away.
func (b *bench) serve(ctx context.Context, folder string, base *url.URL) (*server, error) {
	s := &server{cmd: exec.CommandContext(ctx, b.binary, "serve", "--data", folder, "--addr", base.Host), base: base}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for {
		status, err := get(ctx, base.String()+"/readyz")
		if err == nil && status == http.StatusOK {
			s.started = time.Since(began)
			return s, nil
		}
		if time.Since(began) > time.Minute {
			return nil, errors.Join(fmt.Errorf("the program is not ready: it answered %d", status), err, s.stop())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), s.stop())
		case <-time.After(time.Millisecond):
		}
	}
}

func get(ctx context.Context, address string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, errors.Join(err, res.Body.Close())
}

// stop asks the program to end, as a service manager does.
func (s *server) stop() error {
	http.DefaultClient.CloseIdleConnections()
	return errors.Join(s.cmd.Process.Signal(syscall.SIGTERM), s.cmd.Wait())
}

// memory gives the resident set, in MB of 1,000,000 bytes.
func (s *server) memory() (float64, error) { return s.status("VmRSS:") }

// own gives the part of the resident set that no file stands behind.
func (s *server) own() (float64, error) { return s.status("RssAnon:") }

func (s *server) status(key string) (float64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == key {
			kb, err := strconv.ParseFloat(f[1], 64)
			return kb * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("the system does not tell %s", key)
}

// rest waits until the memory has not grown for two seconds and gives it.
func (s *server) rest(ctx context.Context) (float64, error) {
	low, quiet := 0.0, 0
	for quiet < 8 {
		now, err := s.memory()
		if err != nil {
			return 0, err
		}
		if quiet++; now > low*1.01 {
			low, quiet = now, 0
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
	return low, nil
}

// cpu gives the processor time that the program has used.
func (s *server) cpu() (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0, errors.New("process statistics are short")
	}
	user, err := strconv.Atoi(f[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond, err // in hundredths of a second on every Linux
}
