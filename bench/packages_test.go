package main

import (
	"strings"
	"testing"
)

// The name of a benchmark may itself end in a number, and on one processor nothing is
// put behind it.
func TestResultsAreReadOnAnyNumberOfProcessors(t *testing.T) {
	for processors, suffix := range map[int]string{1: "", 2: "-2", 8: "-8"} {
		printed := "goos: linux\nBenchmarkBadges/a4-8" + suffix + " \t 10\t 123.5 badges/s\nBenchmarkBadges/a4-8" + suffix + " 10 125.5 badges/s 7 B/op\nPASS\n"
		r, err := parse([]byte(printed), processors)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.median("Badges/a4-8", "badges/s"); got != 125.5 {
			t.Errorf("%d processors: median %v of %v", processors, got, r.rounds)
		}
	}
}

// A benchmark that is gone stops the report: it would be published as 0.
func TestAMissingBenchmarkIsAnError(t *testing.T) {
	b, r := &bench{}, &results{}
	if err := b.writePackages(r); err == nil || !strings.Contains(err.Error(), "Write/group/64 writes/s") {
		t.Errorf("nothing was measured: %v", err)
	}
}
