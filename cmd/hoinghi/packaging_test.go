package main

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

const root = "../.."

// step is one instruction of a Dockerfile.
type step struct{ word, rest string }

// stages reads the Dockerfile: one list of steps for each FROM.
func stages(t *testing.T) [][]step {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^\s*#.*\n`).ReplaceAllString(string(raw), "")
	text = strings.ReplaceAll(text, "\\\n", " ")
	var out [][]step
	for line := range strings.Lines(text) {
		word, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		if word == "FROM" {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], step{word, strings.Join(strings.Fields(rest), " ")})
	}
	if len(out) != 2 {
		t.Fatalf("the Dockerfile has %d stages, want build and run", len(out))
	}
	return out
}

// only gives what the one instruction with this word says.
func only(t *testing.T, stage []step, word string) string {
	t.Helper()
	var found []string
	for _, s := range stage {
		if s.word == word {
			found = append(found, s.rest)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d instructions %s", len(found), word)
	}
	return found[0]
}

// sent reports which paths of the tree .dockerignore lets through to the builder.
func sent(t *testing.T) func(path string) bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	type rule struct {
		match *regexp.Regexp
		let   bool
	}
	var rules []rule
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		pattern, let := strings.CutPrefix(line, "!")
		p := strings.NewReplacer(`\*\*/`, `(.*/)?`, `\*`, `[^/]*`).Replace(regexp.QuoteMeta(pattern))
		rules = append(rules, rule{regexp.MustCompile(`^` + p + `(/.*)?$`), let})
	}
	return func(path string) bool {
		ok := true
		for _, r := range rules {
			if r.match.MatchString(path) {
				ok = r.let
			}
		}
		return ok
	}
}

func TestNothingPrivateGoesToTheImageBuilder(t *testing.T) {
	let := sent(t)
	for path, want := range map[string]bool{
		"go.mod": true, "cmd/hoinghi/main.go": true, "db/migrations/20261124060000_edition.sql": true, "static/css/base.css": true,
		"data/master.key": false, "demo-data/hoinghi.db": false, ".git/config": false, "bin/hoinghi": false, "docs/operating.md": false,
		"cmd/hoinghi/main_test.go": false, "conference/badge/testdata/x": false, "hoinghi-20221012T000000Z.zip": false, ".env": false,
	} {
		if let(path) != want {
			t.Errorf("%s is sent to the builder: %v", path, !want)
		}
	}
}

// Where no container engine is at hand, this much of the image can be tried: the
// build stage's steps run in an empty folder on what they copy, the program that
// comes out serves, and the second stage copies only what is there.
func TestStepsOfTheDockerfileBuildAProgramThatServes(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: the Dockerfile's steps were not run (-short)")
	}
	image := t.TempDir()
	all := stages(t)
	for _, s := range all[0][1:] {
		switch s.word {
		case "WORKDIR":
			if s.rest != "/src" {
				t.Fatalf("WORKDIR %s: the test knows /src only", s.rest)
			}
		case "COPY":
			copyStep(t, strings.Fields(s.rest), filepath.Join(image, "src"))
		case "RUN":
			runStep(t, s.rest, filepath.Join(image, "src"))
		default:
			t.Fatalf("the test does not know %s", s.word)
		}
	}
	binary := secondStage(t, all[1], image)
	serves(t, all[1], binary)
}

func copyStep(t *testing.T, words []string, src string) {
	t.Helper()
	let := sent(t)
	to := words[len(words)-1]
	for _, from := range words[:len(words)-1] {
		err := filepath.WalkDir(filepath.Join(root, from), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil || !let(filepath.ToSlash(name)) {
				return err
			}
			inner, err := filepath.Rel(filepath.Join(root, from), path)
			if err != nil {
				return err
			}
			place := filepath.Join(src, to, inner)
			if inner == "." { // a file
				place = filepath.Join(src, to, filepath.Base(from))
			}
			content, err := os.ReadFile(path)
			return errors.Join(err, os.MkdirAll(filepath.Dir(place), 0o755), os.WriteFile(place, content, 0o644))
		})
		if err != nil {
			t.Fatalf("COPY %s: %v", from, err)
		}
	}
}

func runStep(t *testing.T, command, src string) {
	t.Helper()
	command = regexp.MustCompile(`--mount=\S+ `).ReplaceAllString(command, "")
	c := exec.CommandContext(t.Context(), "sh", "-c", command)
	c.Dir = src
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("RUN %s: %v\n%s", command, err, out)
	}
}

// secondStage checks what the image promises and gives the built program.
func secondStage(t *testing.T, stage []step, image string) string {
	t.Helper()
	var binary string
	for _, s := range stage {
		if s.word != "COPY" {
			continue
		}
		words := slices.DeleteFunc(strings.Fields(s.rest), func(w string) bool { return strings.HasPrefix(w, "--chown") })
		if len(words) != 3 || words[0] != "--from=build" {
			t.Fatalf("COPY %s: the second stage takes from the first only", s.rest)
		}
		if inner, ok := strings.CutPrefix(words[1], "/src/"); ok {
			if _, err := os.Stat(filepath.Join(image, "src", inner)); err != nil {
				t.Errorf("COPY %s: %v", s.rest, err)
			}
			if words[2] == "/usr/local/bin/hoinghi" {
				binary = filepath.Join(image, "src", inner)
			}
		}
	}
	for word, want := range map[string]string{"USER": "10001:10001", "VOLUME": "/data", "EXPOSE": "8080",
		"ENTRYPOINT": `["/usr/local/bin/hoinghi"]`, "CMD": `["serve"]`, "ENV": "HOINGHI_DATA=/data HOINGHI_ADDR=0.0.0.0:8080"} {
		if got := only(t, stage, word); got != want {
			t.Errorf("%s %s, want %s", word, got, want)
		}
	}
	if check := only(t, stage, "HEALTHCHECK"); !strings.Contains(check, `CMD ["/usr/local/bin/hoinghi", "health"]`) {
		t.Errorf("HEALTHCHECK %s", check)
	}
	if binary == "" {
		t.Fatal("the program is not copied into the image")
	}
	return binary
}

// serves starts the built program as the image would, on another folder and address.
func serves(t *testing.T, stage []step, binary string) {
	t.Helper()
	addr := freeAddress(t)
	env := strings.NewReplacer("/data", t.TempDir(), "0.0.0.0:8080", addr).Replace(only(t, stage, "ENV"))
	command := func(word string) *exec.Cmd {
		c := exec.CommandContext(t.Context(), binary, word)
		c.Env = strings.Fields(env) // nothing else: the image has no environment to lean on
		c.Dir = t.TempDir()
		return c
	}
	if out, err := command("version").Output(); err != nil || !strings.HasPrefix(string(out), "hoinghi ") {
		t.Fatalf("version prints %q (%v)", out, err)
	}
	var log bytes.Buffer
	p := command("serve")
	p.Stderr = &log
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Process.Kill() }()
	ready := func() bool {
		res, err := http.Get("http://" + addr + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	}
	if !reached(t.Context(), ready) {
		_ = p.Process.Kill()
		_ = p.Wait()
		t.Fatalf("the built program does not get ready: %s", log.String())
	}
	res, err := http.Get("http://" + addr + "/")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("the front page without the source tree: %v %v", res, err)
	} else {
		_ = res.Body.Close()
	}
	if out, err := command("health").CombinedOutput(); err != nil {
		t.Errorf("health of a running program: %v %s", err, out)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the built program ended with %v: %s", err, log.String())
	}
	var exit *exec.ExitError
	if err := command("health").Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("health of a stopped program: %v", err)
	}
}

// The units are read by systemd's own checker, with the program under a path that exists here.
func TestSystemdUnits(t *testing.T) {
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("SKIPPED: the systemd units were not checked, systemd-analyze is not installed")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var names []string
	for _, unit := range []string{"hoinghi.service", "hoinghi-backup.service", "hoinghi-backup.timer"} {
		raw, err := os.ReadFile(filepath.Join(root, "packaging", unit))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.Join(dir, unit))
		overwrite(t, names[len(names)-1], bytes.ReplaceAll(raw, []byte("/usr/local/bin/hoinghi"), []byte(self)))
	}
	out, err := exec.CommandContext(t.Context(), tool, append([]string{"verify", "--man=no"}, names...)...).CombinedOutput()
	if err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".service") {
			continue
		}
		// In tenths of the exposure that systemd reckons, 0 to 100; a unit without any hardening has 96.
		out, err := exec.CommandContext(t.Context(), tool, "security", "--no-pager", "--offline=true", "--threshold=20", name).CombinedOutput()
		if err != nil {
			t.Errorf("%s is exposed more than it should be: %v\n%s", filepath.Base(name), err, out)
		}
	}
}
