package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"hoinghi/conference/demo"
	"hoinghi/db"
)

// process measures the binary at two sizes of conference.
func (b *bench) process(ctx context.Context) error {
	info, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	cold, err := b.coldStart(ctx)
	if err != nil {
		return err
	}
	small, err := b.conference(ctx, 500)
	if err != nil {
		return err
	}
	large, err := b.conference(ctx, 50000)
	if err != nil {
		return err
	}
	size := float64(info.Size()) / 1e6
	b.table("The process", "The delivered binary (`serve`), loopback, requests and server on the same cores. MB are 1,000,000 bytes; memory is the resident set.", "what", "500 delegates", "50,000 delegates", "target")
	b.row("binary, stripped, MB", short1(size), "", verdict("≤ 25", size <= 25))
	b.row("start on an empty folder to the first answer, ms", ms(cold), "", "")
	for _, w := range wanted() {
		target := w.target
		if w.met != nil {
			target = verdict(w.target, w.met(small[w.key]) && w.met(large[w.key]))
		}
		b.row(w.key, w.of(small), w.of(large), target)
	}
	return nil
}

// wish is a row of the table, and the bar it is held to.
type wish struct {
	key    string
	show   func(float64) string
	target string
	met    func(float64) bool
}

// of gives the row's figure as text, nothing where it was not measured.
func (w wish) of(got map[string]float64) string {
	if v, ok := got[w.key]; ok {
		return w.show(v)
	}
	return ""
}

func atMost(limit float64) func(float64) bool  { return func(v float64) bool { return v <= limit } }
func atLeast(limit float64) func(float64) bool { return func(v float64) bool { return v >= limit } }
func short1(v float64) string                  { return strconv.FormatFloat(v, 'f', 1, 64) }
func msOf(v float64) string                    { return ms(time.Duration(v * 1e6)) }

// The rows, in their order. Times are in milliseconds, memory in MB.
const (
	keyStart, keyRest, keyWorked                       = "start to the first answer, ms", "memory at rest, MB", "memory at the end of all this, MB"
	keyListed                                          = "delegates listed by 32 focal points at once, per second (in process)"
	keyScans, keyScanP50, keyScanP99, keyScanCPU       = "check-in, 64 connections, per second", "… p50, ms", "… p99, ms", "… processor time of the program, µs each"
	keyScanMemory                                      = "… memory, MB"
	keyTold, keyToldP99                                = "check-in, 64 devices that hear of each other, per second", "… of them p99, ms"
	keyCrowd, keyCrowdP99, keyCrowdMemory              = "check-in, 2,000 connections, per second", "… at 2,000 p99, ms", "… at 2,000 memory, MB"
	keyPaced, keyPacedWorst                            = "200 check-ins a second while backups are taken, p99, ms", "… worst, ms"
	keyPage, keyPageCPU, keyPageBytes, keyPageMade     = "public programme of 200 sessions, 32 connections, per second", "… processor time, µs each", "… bytes on the wire", "… for a visitor with a session or a message, per second"
	keyDoorList, keyDoorBytes, keyDoorHave             = "door list, first time, ms", "… MB on the wire, compressed", "door list again, nothing changed, ms"
	keyDelegates, keySearch, keyRare, keyFar, keyBoard = "desk: first page of delegates, p99, ms", "desk: search of a common name, p99, ms", "desk: search of a name that nobody has, p99, ms", "desk: delegates of one group, p99, ms", "desk: board of invitations, p99, ms"
	keyArrivals, keyBadges                             = "desk: arrivals, p99, ms", "desk: badges of everybody as one PDF, s"
)

func wanted() []wish {
	return []wish{
		{keyStart, msOf, "≤ 100", atMost(100)},
		{keyRest, short1, "≤ 30", atMost(30)},
		{keyListed, round, "", nil},
		{keyScans, round, "≥ 5,000", atLeast(5000)}, {keyScanP50, msOf, "", nil}, {keyScanP99, msOf, "≤ 50", atMost(50)}, {keyScanCPU, round, "", nil}, {keyScanMemory, short1, "≤ 80", atMost(80)},
		{keyTold, round, "", nil}, {keyToldP99, msOf, "", nil},
		{keyCrowd, round, "", nil}, {keyCrowdP99, msOf, "", nil}, {keyCrowdMemory, short1, "≤ 200", atMost(200)},
		{keyPaced, msOf, "≤ 50", atMost(50)}, {keyPacedWorst, msOf, "≤ 250", atMost(250)},
		{keyPage, round, "≥ 10,000", atLeast(10000)}, {keyPageCPU, round, "≤ 60", atMost(60)}, {keyPageBytes, round, "≤ 10,000", atMost(10000)}, {keyPageMade, round, "", nil},
		{keyDoorList, msOf, "", nil}, {keyDoorBytes, short1, "", nil}, {keyDoorHave, msOf, "", nil},
		{keyDelegates, msOf, "≤ 15", atMost(15)}, {keySearch, msOf, "≤ 15", atMost(15)}, {keyRare, msOf, "≤ 15", atMost(15)}, {keyFar, msOf, "≤ 15", atMost(15)}, {keyBoard, msOf, "", nil}, {keyArrivals, msOf, "", nil},
		{keyBadges, short1, "", nil},
		{keyWorked, short1, "", nil},
	}
}

// coldStart gives the median of five starts on an empty folder, reference data and all.
func (b *bench) coldStart(ctx context.Context) (time.Duration, error) {
	var all []time.Duration
	for n := range 5 {
		base, err := freeBase(ctx)
		if err != nil {
			return 0, err
		}
		s, err := b.serve(ctx, filepath.Join(b.folder, fmt.Sprint("cold", n)), base)
		if err != nil {
			return 0, err
		}
		if err := s.stop(); err != nil {
			return 0, err
		}
		all = append(all, s.started)
	}
	slices.Sort(all)
	return all[2], nil
}

// scene is a filled folder with the program running on it.
type scene struct {
	*bench
	*server
	filled
	got   map[string]float64
	scans int // answered
}

// conference fills a folder and measures everything on it.
func (b *bench) conference(ctx context.Context, delegates int) (map[string]float64, error) {
	b.say(fmt.Sprintf("fill %d", delegates))
	base, err := freeBase(ctx)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(b.folder, fmt.Sprint("size", delegates))
	c := &scene{bench: b, got: map[string]float64{}}
	if c.filled, err = fill(ctx, folder, delegates, base); err != nil {
		return nil, fmt.Errorf("fill: %w", err)
	}
	c.got[keyListed] = c.registered
	if err := c.starts(ctx, base); err != nil {
		return nil, err
	}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{{"desk", c.desk}, {"door list", c.doorList}, {"programme", c.programme}, {"check-in", c.checkIn}, {"arrivals", c.arrivals}, {"badges", c.badges}}
	for _, step := range steps {
		b.say(fmt.Sprintf("%s, %d delegates", step.name, delegates))
		if err := step.do(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", step.name, err), c.stop())
		}
	}
	if c.got[keyWorked], _, err = c.memory(); err != nil {
		return nil, err
	}
	if err := c.stop(); err != nil {
		return nil, err
	}
	return c.got, c.count(ctx)
}

// starts takes the median of three starts, and what the last one holds at rest.
func (c *scene) starts(ctx context.Context, base *url.URL) (err error) {
	var all []time.Duration
	for n := range 3 {
		if n > 0 {
			if err := c.stop(); err != nil {
				return err
			}
		}
		if c.server, err = c.serve(ctx, c.folderOf(), base); err != nil {
			return err
		}
		all = append(all, c.started)
	}
	slices.Sort(all)
	c.got[keyStart] = all[1].Seconds() * 1000
	c.got[keyRest], err = c.rest(ctx)
	return err
}

// upload is the body of an upload of one signed badge.
func (c *scene) upload(n, cursor int64) []byte {
	now := time.Now().UnixMilli()
	return fmt.Appendf(nil, `{"sent":%d,"cursor":%d,"scans":[{"id":"%08x-be9c-4000-8000-%012x","seq":%d,"token":%q,"t":%d,"off":0}]}`,
		now, cursor, c.scans, n, n, c.codes[n*7919%int64(len(c.codes))], now)
}

// scan checks one badge in; nothing that others did is asked for.
func (c *scene) scan(l *line, connection int, n int64) error {
	status, _, _, err := l.ask(c.request(http.MethodPost, "/door/scans", c.devices[connection%devices], "application/json", c.upload(n, 1<<50)), false)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("scan answered %d", status)
	}
	return err
}

func (c *scene) checkIn(ctx context.Context) error {
	f, err := c.drive(ctx, 64, c.during(10*time.Second), c.scan)
	if err != nil {
		return err
	}
	c.scans += f.n
	c.got[keyScans], c.got[keyScanP50], c.got[keyScanP99] = f.rate, f.p50.Seconds()*1000, f.p99.Seconds()*1000
	c.got[keyScanCPU], c.got[keyScanMemory] = float64(f.cpu.Microseconds()), f.memory
	if f, err = c.paced(ctx); err != nil {
		return fmt.Errorf("beside backups: %w", err)
	}
	c.scans += f.n
	c.got[keyPaced], c.got[keyPacedWorst] = f.p99.Seconds()*1000, f.worst.Seconds()*1000
	if f, err = c.told(ctx); err != nil {
		return fmt.Errorf("devices that hear of each other: %w", err)
	}
	c.scans += f.n
	c.got[keyTold], c.got[keyToldP99] = f.rate, f.p99.Seconds()*1000
	if f, err = c.drive(ctx, 2000, c.during(10*time.Second), c.scan); err != nil {
		return fmt.Errorf("2,000 connections: %w", err)
	}
	c.scans += f.n
	c.got[keyCrowd], c.got[keyCrowdP99], c.got[keyCrowdMemory] = f.rate, f.p99.Seconds()*1000, f.memory
	return nil
}

// told is the door as it works: each device asks for what the others did since its last answer.
func (c *scene) told(ctx context.Context) (figures, error) {
	cursors := make([]int64, devices)
	for i := range cursors {
		cursors[i] = int64(c.scans)
	}
	return c.drive(ctx, devices, c.during(5*time.Second), func(l *line, connection int, n int64) error {
		plain := bytes.Replace(c.request(http.MethodPost, "/door/scans", c.devices[connection], "application/json", c.upload(n, cursors[connection])), []byte("Accept-Encoding: gzip\r\n"), nil, 1)
		status, body, _, err := l.ask(plain, true)
		if err != nil {
			return err
		}
		_, rest, ok := bytes.Cut(body, []byte(`"cursor":`))
		end := bytes.IndexAny(rest, ",}")
		if status != http.StatusOK || !ok || end < 0 {
			return fmt.Errorf("scan answered %d %.200s", status, body)
		}
		cursors[connection], err = strconv.ParseInt(string(rest[:end]), 10, 64)
		return err
	})
}

// paced checks 200 badges a second in while one backup after another is taken.
func (c *scene) paced(ctx context.Context) (figures, error) {
	enough, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- c.backups(ctx, enough) }()
	f, err := c.pace(ctx, 200, c.during(10*time.Second), c.scan)
	close(enough)
	return f, errors.Join(err, <-ended)
}

// backups takes backups until it was enough, and ends the last one.
func (c *scene) backups(ctx context.Context, enough <-chan struct{}) error {
	to := filepath.Join(c.bench.folder, "backup.zip")
	for {
		if out, err := exec.CommandContext(ctx, c.binary, "backup", "--data", c.folderOf(), "--to", to).CombinedOutput(); err != nil {
			return fmt.Errorf("backup: %w %s", err, out)
		}
		if err := os.Remove(to); err != nil {
			return err
		}
		select {
		case <-enough:
			return nil
		default:
		}
	}
}

// count makes sure that every scan that was answered is on record.
func (c *scene) count(ctx context.Context) (err error) {
	d, err := db.Open(ctx, filepath.Join(c.folderOf(), "hoinghi.db"), db.Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	n, err := db.Value[int](ctx, d, `SELECT count(*) FROM scan WHERE id LIKE '%-be9c-%'`)
	if err == nil && n != c.scans {
		err = fmt.Errorf("%d scans were answered, %d are on record", c.scans, n)
	}
	return err
}

func (c *scene) folderOf() string { return c.filled.folder }

// desk gives an address of the desk.
func desk(path string) string { return "/desk/e/" + demo.SlugXII + path }

// page asks for one address many times over one connection and gives the 99th percentile in ms.
func (c *scene) page(ctx context.Context, key, path string) error {
	f, err := c.drive(ctx, 1, c.during(4*time.Second), func(l *line, _ int, _ int64) error {
		status, _, size, err := l.ask(c.request(http.MethodGet, path, c.staff, "", nil), false)
		if err == nil && (status != http.StatusOK || size < 500) {
			err = fmt.Errorf("%s answered %d with %d bytes", path, status, size)
		}
		return err
	})
	c.got[key] = f.p99.Seconds() * 1000
	return err
}

func (c *scene) desk(ctx context.Context) error {
	return errors.Join(c.page(ctx, keyDelegates, desk("/delegates")), c.page(ctx, keySearch, desk("/delegates?q=nguyen")),
		c.page(ctx, keyRare, desk("/delegates?q=khongcoai")), c.page(ctx, keyFar, desk("/delegates?group=1")), c.page(ctx, keyBoard, desk("/invitations")))
}

func (c *scene) arrivals(ctx context.Context) error {
	return c.page(ctx, keyArrivals, desk("/arrivals"))
}

// doorList is what a device takes along: all of it at first, then only what changes all the time.
func (c *scene) doorList(ctx context.Context) error {
	version := ""
	for _, step := range []struct{ key, path string }{{keyDoorList, "/door/list"}, {keyDoorHave, "/door/list?have="}} {
		var waits []time.Duration
		for range 5 {
			l, err := c.dial(ctx)
			if err != nil {
				return err
			}
			began := time.Now()
			status, _, size, err := l.ask(c.request(http.MethodGet, step.path+version, c.devices[0], "", nil), false)
			waits = append(waits, time.Since(began))
			if err = errors.Join(err, l.conn.Close()); err != nil || status != http.StatusOK {
				return fmt.Errorf("%s answered %d (%w)", step.path, status, err)
			}
			if version == "" {
				c.got[keyDoorBytes] = float64(size) / 1e6
			}
		}
		slices.Sort(waits)
		c.got[step.key] = waits[2].Seconds() * 1000
		if version == "" {
			var err error
			if version, err = c.listVersion(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *scene) listVersion(ctx context.Context) (string, error) {
	l, err := c.dial(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = l.conn.Close() }()
	plain := bytes.Replace(c.request(http.MethodGet, "/door/list", c.devices[0], "", nil), []byte("Accept-Encoding: gzip\r\n"), nil, 1)
	_, body, _, err := l.ask(plain, true)
	if err != nil {
		return "", err
	}
	_, rest, ok := strings.Cut(string(body), `"version":"`)
	version, _, closed := strings.Cut(rest, `"`)
	if !ok || !closed {
		return "", fmt.Errorf("the list has no version: %.200s", body)
	}
	return version, nil
}

func (c *scene) programme(ctx context.Context) error {
	const path = "/e/" + demo.SlugXII + "/programme"
	ask := func(cookie string) (figures, int64, error) {
		var wire int64
		f, err := c.drive(ctx, 32, c.during(5*time.Second), func(l *line, connection int, _ int64) error {
			status, _, size, err := l.ask(c.request(http.MethodGet, path, cookie, "", nil), false)
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("programme answered %d", status)
			}
			if connection == 0 {
				wire = size
			}
			return err
		})
		return f, wire, err
	}
	f, wire, err := ask("lang=vi")
	if err != nil {
		return err
	}
	c.got[keyPage], c.got[keyPageCPU], c.got[keyPageBytes] = f.rate, float64(f.cpu.Microseconds()), float64(wire)
	f, _, err = ask("flash=x")
	c.got[keyPageMade] = f.rate
	return err
}

// badges prints everybody's badge, eight on a page, unless there are more than the
// program puts into one file.
func (c *scene) badges(ctx context.Context) error {
	if c.delegates > 1000 {
		return nil
	}
	l, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = l.conn.Close() }()
	began := time.Now()
	status, _, size, err := l.ask(c.request(http.MethodPost, desk("/badges"), c.staff, "application/x-www-form-urlencoded", []byte("layout=a4-8&order=name&x=0&y=0")), false)
	if err == nil && (status != http.StatusOK || size < 100000) {
		err = fmt.Errorf("badges answered %d with %d bytes", status, size)
	}
	c.got[keyBadges] = time.Since(began).Seconds()
	return err
}
