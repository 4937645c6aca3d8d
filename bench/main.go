// Bench measures the program as it is delivered: a binary in a process of its own,
// on a folder filled through the rooms' verbs, asked over HTTP; and the benchmarks
// of the packages. It prints the tables of docs/performance.md, or puts them there.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"
)

func main() {
	doc := flag.String("doc", "", "document whose part between the marks is replaced")
	quick := flag.Bool("quick", false, "a tenth of the time for each figure: to try this program, not to publish")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *doc, *quick)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench holds what every scene needs.
type bench struct {
	folder string // of this run; removed at its end
	binary string
	quick  bool
	out    bytes.Buffer
}

// during gives how long a figure is measured.
func (b *bench) during(d time.Duration) time.Duration {
	if b.quick {
		return d / 10
	}
	return d
}

func (b *bench) say(what string) { fmt.Fprintln(os.Stderr, time.Now().Format("15:04:05"), what) }

func run(ctx context.Context, doc string, quick bool) (err error) {
	b := &bench{quick: quick}
	if b.folder, err = os.MkdirTemp("", "hoinghi-bench"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.folder)) }()
	b.binary = filepath.Join(b.folder, "hoinghi")
	b.say("build")
	build := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", b.binary, "./cmd/hoinghi")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	for _, scene := range []struct {
		name string
		play func(context.Context) error
	}{{"machine", b.machine}, {"packages", b.packages}, {"process", b.process}} {
		b.say(scene.name)
		if err := scene.play(ctx); err != nil {
			return fmt.Errorf("%s: %w", scene.name, err)
		}
	}
	if doc == "" {
		_, err = os.Stdout.Write(b.out.Bytes())
		return err
	}
	return replace(doc, b.out.Bytes())
}

// The marks between which the document holds what this program wrote.
const (
	beginMark = "<!-- written by make bench -->\n"
	endMark   = "<!-- end of what make bench wrote -->\n"
)

func replace(doc string, with []byte) error {
	text, err := os.ReadFile(doc)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(text, []byte(beginMark))
	_, after, closed := bytes.Cut(rest, []byte(endMark))
	if !ok || !closed {
		return fmt.Errorf("%s does not have the marks %q and %q", doc, beginMark, endMark)
	}
	return os.WriteFile(doc, bytes.Join([][]byte{before, []byte(beginMark), with, []byte(endMark), after}, nil), 0o644)
}
