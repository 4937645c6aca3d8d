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
		b.row(w.name(), w.of(small), w.of(large), target)
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

// name gives how the row is called.
func (w wish) name() string {
	if strings.HasSuffix(w.key, median) {
		return "… median, ms"
	}
	return w.key
}

// of gives the row's figure as text, nothing where it was not measured.
func (w wish) of(got map[string]float64) string {
	if v, ok := got[w.key]; ok {
		return w.show(v)
	}
	return ""
}

// median marks the key under which the median of a page stands.
const median = ": the median"

func atMost(limit float64) func(float64) bool  { return func(v float64) bool { return v <= limit } }
func atLeast(limit float64) func(float64) bool { return func(v float64) bool { return v >= limit } }
func short1(v float64) string                  { return strconv.FormatFloat(v, 'f', 1, 64) }
func msOf(v float64) string                    { return ms(time.Duration(v * 1e6)) }

// The rows, in their order. Times are in milliseconds, memory in MB.
const (
	keyStart, keyRest, keyWorked                         = "start to the first answer, ms", "memory at rest, MB", "memory after the programme, the desk, the door list and the badges, MB"
	keyOwn                                               = "… of it the program's own; the rest are pages of its file that the system may drop"
	keyListed                                            = "delegates listed by 32 focal points at once, per second (in process)"
	keyScans, keyScanP50, keyScanP99, keyScanCPU         = "check-in, 64 connections, per second", "… p50, ms", "… p99, ms", "… processor time of the program, µs each"
	keyScanMemory                                        = "… memory, MB"
	keyTold, keyToldP99                                  = "check-in, 64 devices that hear of each other, per second", "… of them p99, ms"
	keyCrowd, keyCrowdP99, keyCrowdMemory                = "check-in, 2,000 connections, per second", "… at 2,000 p99, ms", "… at 2,000 memory, MB"
	keyPaced, keyPacedWorst                              = "200 check-ins a second while backups are taken, p99, ms", "… worst, ms"
	keyPage, keyPageCPU, keyPageBytes, keyPageMade       = "public programme of 200 sessions, 32 connections, per second", "… processor time, µs each", "… bytes on the wire", "… for a visitor with a session or a message, per second"
	keyDoorList, keyDoorBytes, keyDoorHave               = "door list, first time, ms", "… MB on the wire, compressed", "door list again, nothing changed, ms"
	keyDelegates, keySearch, keyRare, keyGroup, keyBoard = "desk: first page of delegates, p99, ms", "desk: search of a common name, p99, ms", "desk: search of a name that nobody has, p99, ms", "desk: delegates of one group, p99, ms", "desk: board of invitations, p99, ms"
	keyArrivals, keyBadges                               = "desk: arrivals, p99, ms", "desk: badges of everybody as one PDF, s"
)

func wanted() []wish {
	return []wish{
		{keyStart, msOf, "≤ 100", atMost(100)},
		{keyRest, short1, "≤ 30", atMost(30)}, {keyOwn, short1, "", nil},
		{keyListed, round, "", nil},
		{keyScans, round, "≥ 5,000", atLeast(5000)}, {keyScanP50, msOf, "", nil}, {keyScanP99, msOf, "≤ 50", atMost(50)}, {keyScanCPU, round, "", nil}, {keyScanMemory, short1, "≤ 80", atMost(80)},
		{keyTold, round, "", nil}, {keyToldP99, msOf, "", nil},
		{keyCrowd, round, "", nil}, {keyCrowdP99, msOf, "", nil}, {keyCrowdMemory, short1, "≤ 200", atMost(200)},
		{keyPaced, msOf, "≤ 50", atMost(50)}, {keyPacedWorst, msOf, "≤ 250", atMost(250)},
		{keyPage, round, "≥ 10,000", atLeast(10000)}, {keyPageCPU, round, "≤ 60", atMost(60)}, {keyPageBytes, round, "≤ 10,000", atMost(10000)}, {keyPageMade, round, "", nil},
		{keyDoorList, msOf, "", nil}, {keyDoorBytes, short1, "", nil}, {keyDoorHave, msOf, "", nil},
		{keyDelegates, msOf, "≤ 15", atMost(15)}, {keyDelegates + median, msOf, "", nil},
		{keySearch, msOf, "≤ 15", atMost(15)}, {keySearch + median, msOf, "", nil},
		{keyRare, msOf, "≤ 15", atMost(15)}, {keyRare + median, msOf, "", nil},
		{keyGroup, msOf, "≤ 15", atMost(15)}, {keyGroup + median, msOf, "", nil},
		{keyBoard, msOf, "", nil}, {keyBoard + median, msOf, "", nil}, {keyArrivals, msOf, "", nil}, {keyArrivals + median, msOf, "", nil},
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
	}{{"programme", c.programme}, {"desk", c.desk}, {"door list", c.doorList}, {"badges", c.badges}}
	for _, step := range steps {
		b.say(fmt.Sprintf("%s, %d delegates", step.name, delegates))
		if err := step.do(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", step.name, err), c.stop())
		}
	}
	if c.got[keyWorked], err = c.memory(); err != nil {
		return nil, err
	}
	// What pages leave behind is not the memory of the door.
	if err := c.again(ctx, base); err != nil {
		return nil, err
	}
	b.say(fmt.Sprintf("check-in, %d delegates", delegates))
	if err := c.checkIn(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("check-in: %w", err), c.stop())
	}
	if err := c.stop(); err != nil {
		return nil, err
	}
	return c.got, c.count(ctx)
}

// starts takes the median of five starts, and what the last one holds at rest.
func (c *scene) starts(ctx context.Context, base *url.URL) (err error) {
	var all []time.Duration
	for range 5 {
		if err := c.again(ctx, base); err != nil {
			return err
		}
		all = append(all, c.started)
	}
	slices.Sort(all)
	c.got[keyStart] = all[2].Seconds() * 1000
	if c.got[keyRest], err = c.rest(ctx); err != nil {
		return err
	}
	c.got[keyOwn], err = c.own()
	return err
}

// again starts the program, after it has ended if it runs.
func (c *scene) again(ctx context.Context, base *url.URL) (err error) {
	if c.server != nil {
		if err := c.stop(); err != nil {
			return err
		}
	}
	c.server, err = c.serve(ctx, c.folderOf(), base)
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
	steps := []struct {
		load                  func() (figures, error)
		rate, p50, p99, worst string
		cpu, memory           string
	}{
		{load: func() (figures, error) { return c.told(ctx) }, rate: keyTold, p99: keyToldP99},
		{load: func() (figures, error) { return c.paced(ctx) }, p99: keyPaced, worst: keyPacedWorst},
		{load: func() (figures, error) { return c.drive(ctx, 64, c.during(10*time.Second), c.scan) },
			rate: keyScans, p50: keyScanP50, p99: keyScanP99, cpu: keyScanCPU, memory: keyScanMemory},
		{load: func() (figures, error) { return c.drive(ctx, 2000, c.during(10*time.Second), c.scan) }, rate: keyCrowd, p99: keyCrowdP99, memory: keyCrowdMemory},
	}
	for _, s := range steps {
		f, err := s.load()
		if err != nil {
			return fmt.Errorf("%s%s: %w", s.rate, s.worst, err)
		}
		c.scans += f.n
		for key, v := range map[string]float64{s.rate: f.rate, s.p50: f.p50.Seconds() * 1000, s.p99: f.p99.Seconds() * 1000, s.worst: f.worst.Seconds() * 1000,
			s.cpu: float64(f.cpu.Microseconds()), s.memory: f.memory} {
			c.got[key] = v // under "" what no row shows
		}
	}
	return nil
}

// told is the door as it works: each device asks for what the others did since its last answer.
func (c *scene) told(ctx context.Context) (figures, error) {
	cursors := make([]int64, devices)
	for i := range cursors {
		cursors[i] = int64(len(c.codes) * 2 / 3) // about as many have come by now
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
