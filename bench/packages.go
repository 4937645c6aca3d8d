package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// machine says what the figures were measured on, the disk's own speed first of all.
func (b *bench) machine(context.Context) error {
	model := "unknown processor"
	if raw, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(raw)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	load, err := loadAverage()
	if err != nil {
		return err
	}
	p50, p99, err := b.syncs()
	if err != nil {
		return err
	}
	quiet := "the machine was quiet"
	if load > 0.5 {
		quiet = "**the machine had other work, so the rates are too low and the waits too long**"
	}
	fmt.Fprintf(&b.out, "Measured on %s with %s: %d cores (%s), load %.2f before the start: %s. Appending 4 KiB and syncing it took %s ms at the median, %s ms at the 99th percentile.\n",
		time.Now().UTC().Format("2 January 2006, 15:04 UTC"), runtime.Version(), runtime.NumCPU(), model, load, quiet, ms(p50), ms(p99))
	return nil
}

// loadAverage gives the system's load over the last minute.
func loadAverage() (float64, error) {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(raw), " ")
	return strconv.ParseFloat(first, 64)
}

func (b *bench) syncs() (p50, p99 time.Duration, err error) {
	f, err := os.Create(filepath.Join(b.folder, "syncs"))
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = f.Close() }()
	waits := make([]time.Duration, 1000)
	for i := range waits {
		began := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return 0, 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, 0, err
		}
		waits[i] = time.Since(began)
	}
	slices.Sort(waits)
	return waits[500], waits[990], nil
}

// results are the values of each benchmark by name and unit, one for each round, and
// what was asked for in vain.
type results struct {
	rounds  map[string]map[string][]float64
	missing []string
}

func (r *results) median(name, unit string) float64 {
	all := slices.Sorted(slices.Values(r.rounds[name][unit]))
	if len(all) == 0 {
		r.missing = append(r.missing, name+" "+unit)
		return 0
	}
	return all[len(all)/2]
}

// parse reads what go test printed. It puts the number of processors behind a
// benchmark's name, unless there is only one.
func parse(printed []byte, processors int) (*results, error) {
	r := &results{rounds: map[string]map[string][]float64{}}
	for line := range strings.Lines(string(printed)) {
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(f[0], "Benchmark")
		if processors > 1 {
			name = strings.TrimSuffix(name, fmt.Sprintf("-%d", processors))
		}
		if r.rounds[name] == nil {
			r.rounds[name] = map[string][]float64{}
		}
		for i := 2; i+1 < len(f); i += 2 {
			v, err := strconv.ParseFloat(f[i], 64)
			if err != nil {
				return nil, fmt.Errorf("read %q: %w", line, err)
			}
			r.rounds[name][f[i+1]] = append(r.rounds[name][f[i+1]], v)
		}
	}
	return r, nil
}

// packages runs the benchmarks beside the code, three rounds, and takes medians.
func (b *bench) packages(ctx context.Context) error {
	args := []string{"test", "-p", "1", "-run", "^$", "-bench", "Write|CheckIn|Programme|Badges|Letter|Mails", "-count", "3"}
	if b.quick {
		args = append(args, "-benchtime", "100ms", "-count", "1")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./db", "./conference/web", "./conference/web/public", "./conference/document", "./conference/outbox")...)
	cmd.Stderr = os.Stderr
	raw, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, raw)
	}
	all, err := parse(raw, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	return b.writePackages(all)
}

func (b *bench) writePackages(r *results) error {
	b.table("The writer", "Durable writes (a look-up and a new row, `synchronous=FULL`) through `db.Write` beside one transaction for each request on one connection, taking turns in one run.",
		"callers", "`db.Write`, per second", "p50 ms", "p99 ms", "one transaction each, per second", "p50 ms", "p99 ms", "ratio", "target")
	for _, callers := range []string{"1", "8", "64", "256"} {
		group, each := "Write/group/"+callers, "Write/each/"+callers
		ratio, target := r.median(group, "writes/s")/r.median(each, "writes/s"), ""
		if callers == "64" {
			target = verdict("≥ 8x", ratio >= 8)
		}
		b.row(callers, round(r.median(group, "writes/s")), short(r.median(group, "p50-ms")), short(r.median(group, "p99-ms")),
			round(r.median(each, "writes/s")), short(r.median(each, "p50-ms")), short(r.median(each, "p99-ms")), fmt.Sprintf("%.1fx", ratio), target)
	}
	b.table("Inside one process", "Benchmarks of the packages (`go test -bench`), without a network between where none is named.", "what", "per second", "microseconds each", "notes", "target")
	scans := r.median("CheckIn", "scans/s")
	b.row("check-in over HTTP, 64 connections, signed badges", round(scans), round(r.median("CheckIn", "ns/op")/1000),
		fmt.Sprintf("p50 %s ms, p99 %s ms; the client on the same cores", short(r.median("CheckIn", "p50-ms")), short(r.median("CheckIn", "p99-ms"))), verdict("≥ 5,000, p99 ≤ 50 ms", scans >= 5000 && r.median("CheckIn", "p99-ms") <= 50))
	for _, p := range [][2]string{{"ProgrammeCached", "public programme of 200 sessions, kept and compressed"}, {"ProgrammeUncached", "the same, made for one visitor"}} {
		ns, target := r.median(p[0], "ns/op"), ""
		if p[0] == "ProgrammeCached" {
			target = verdict("≤ 60 µs, ≤ 10 KB", ns <= 60e3 && r.median(p[0], "wire-bytes") <= 10e3)
		}
		b.row(p[1], round(1e9/ns), round(ns/1000), round(r.median(p[0], "wire-bytes"))+" bytes on the wire", target)
	}
	for _, l := range [][2]string{{"a4-8", "A4, eight a page"}, {"a4-6", "A4, six a page"}, {"a4-4", "A4, four a page"}, {"label", "label printer"}} {
		rate := r.median("Badges/"+l[0], "badges/s")
		b.row("badges as PDF, "+l[1], round(rate), round(1e6/rate), "one core", "")
	}
	for _, l := range [][2]string{{"LetterPDF", "official letters with appendices as PDF"}, {"LetterDOCX", "the same as DOCX"}} {
		rate := r.median(l[0], "letters/s")
		b.row(l[1], round(rate), round(1e6/rate), "one core", "")
	}
	b.writeMails(r)
	if len(r.missing) > 0 {
		return fmt.Errorf("no benchmark gave %s", strings.Join(r.missing, ", "))
	}
	return nil
}

func (b *bench) writeMails(r *results) {
	b.table("Mail", "Mails of 6 KB to a server on the same machine that takes everything: by the outbox, with a durable note before and after each, and by a bare loop over go-mail that notes nothing, in turns within one run. Relays allow far less.",
		"sessions", "outbox, per second", "bare loop, per second", "ratio", "target")
	for _, lines := range []string{"1", "4", "10"} {
		name, target := "Mails/"+lines, ""
		rate := r.median(name, "mails/s")
		if lines == "10" {
			target = verdict("≥ 2,000", rate >= 2000)
		}
		b.row(lines, round(rate), round(r.median(name, "bare/s")), fmt.Sprintf("%.2fx", r.median(name, "ratio")), target)
	}
}

// table begins a table; row adds to it.
func (b *bench) table(title, about string, columns ...string) {
	fmt.Fprintf(&b.out, "\n### %s\n\n%s\n\n|", title, about)
	for _, c := range columns {
		fmt.Fprintf(&b.out, " %s |", c)
	}
	fmt.Fprintf(&b.out, "\n|%s\n", strings.Repeat("---|", len(columns)))
}

func (b *bench) row(cells ...string) {
	fmt.Fprintf(&b.out, "| %s |\n", strings.Join(cells, " | "))
}

func verdict(target string, met bool) string {
	if met {
		return target + ": met"
	}
	return target + ": **missed**"
}

// round writes a number to three places with commas: 26,400.
func round(v float64) string {
	unit := 1.0
	for v/unit >= 1000 {
		unit *= 10
	}
	text := strconv.FormatInt(int64(v/unit+0.5)*int64(unit), 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// short writes a number to two places below ten: 0.24, 8.3, 390.
func short(v float64) string {
	if v >= 10 {
		return round(v)
	}
	return strconv.FormatFloat(v, 'g', 2, 64)
}

func ms(d time.Duration) string { return short(d.Seconds() * 1000) }
