package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"
)

// SIGTERM comes while a page listens for live updates and a form is on its way.
// The form is still taken and answered, the stream ends, new visitors are turned
// away, and the program is gone within five seconds with exit code 0.
func TestStopDrainsAndEndsWithinFiveSeconds(t *testing.T) {
	p := start(t, t.TempDir(), freeAddress(t))
	stream := p.listen(t)
	finish := p.halfSent(t, "Nguyễn Thị Thí Dụ Sau Cùng")

	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if !reached(t.Context(), p.turnsAway) {
		t.Error("new visitors are still let in")
	}
	if status := finish(); status != http.StatusSeeOther {
		t.Errorf("the form that was on its way is answered with %d", status)
	}
	if _, err := io.Copy(io.Discard, stream); err != nil {
		t.Errorf("the live updates did not end cleanly: %v", err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
}

// turnsAway reports whether the program has stopped to listen.
func (p *process) turnsAway() bool {
	c, err := net.DialTimeout("tcp", strings.TrimPrefix(p.links.Base, "http://"), time.Second)
	if err == nil {
		_ = c.Close()
	}
	return err != nil
}

// listen opens the live updates of the organiser's front page and reads the first.
func (p *process) listen(t *testing.T) io.Reader {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	res, err := client.Get(p.links.Organiser) // signs in
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	res, err = client.Get(p.links.Base + "/desk/e/xii-2022/live")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	body := bufio.NewReader(res.Body)
	if line, err := body.ReadString('\n'); err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(line, "retry:") {
		t.Fatalf("live updates answer %d with %q (%v)", res.StatusCode, line, err)
	}
	return body
}

// halfSent posts a delegate as far as the program's own request for the body, so
// that its handler is known to run, and gives what sends the rest.
func (p *process) halfSent(t *testing.T, name string) (finish func() int) {
	t.Helper()
	link, err := url.Parse(p.links.FocalPoints[0].Link)
	if err != nil {
		t.Fatal(err)
	}
	group := groupWithSeats(t.Context(), http.DefaultClient, link.String())
	http.DefaultClient.CloseIdleConnections()
	form := url.Values{"full_name": {name}, "group": {group}, "client_key": {name}, "job_title": {"Chuyên viên"}}.Encode()
	c, err := net.Dial("tcp", link.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(c, "POST %s/delegates HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		link.Path, link.Host, len(form)); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(c)
	for _, want := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n"} {
		if line, err := r.ReadString('\n'); err != nil || line != want {
			t.Fatalf("the form's head is answered with %q (%v)", line, err)
		}
	}
	return func() int {
		if _, err := io.WriteString(c, form); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("the form is not answered: %v", err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
}

// A drain that does not come to its end is cut short by a second signal.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	p := start(t, t.TempDir(), freeAddress(t))
	p.halfSent(t, "Nguyễn Thị Thí Dụ Dở Dang") // never finished
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if !reached(t.Context(), p.turnsAway) {
		t.Fatal("the first signal was not taken in")
	}
	ended := make(chan error, 1)
	go func() { ended <- p.cmd.Wait() }()
	var err error
	reached(t.Context(), func() bool {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // an impatient operator; it may be gone already
		select {
		case err = <-ended:
			return true
		default:
			return false
		}
	})
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("ended with %v, want by the signal itself", err)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("ended after %v: the second signal waited for the drain", took)
	}
}

func TestMemoryLimit(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	t.Setenv("GOMEMLIMIT", "1GiB")
	limitMemory()
	if got := debug.SetMemoryLimit(-1); got != before {
		t.Errorf("the environment's limit is replaced by %d", got)
	}
	if err := os.Unsetenv("GOMEMLIMIT"); err != nil {
		t.Fatal(err)
	}
	limitMemory()
	if got := debug.SetMemoryLimit(-1); got != 512<<20 {
		t.Errorf("limit %d, want 512 MiB", got)
	}
}

func TestHealth(t *testing.T) {
	addr := freeAddress(t)
	mustFail := func(want string) {
		t.Helper()
		if _, err := do(t, "health", "--addr", addr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("health: %v, want words with %q", err, want)
		}
	}
	mustFail("is hoinghi running")
	p := start(t, t.TempDir(), addr)
	mustDo(t, "health", "--addr", addr)
	_, port, _ := net.SplitHostPort(addr)
	mustDo(t, "health", "--addr", "0.0.0.0:"+port)
	mustDo(t, "health", "--addr", ":"+port)
	p.kill()
	mustFail("is hoinghi running")

	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	down := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })}
	done := make(chan error, 1)
	go func() { done <- down.Serve(l) }()
	mustFail("503")
	if err := down.Shutdown(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
	<-done
}
