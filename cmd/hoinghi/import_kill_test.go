package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"hoinghi/conference/testkit"
	"hoinghi/db"
)

const (
	importRows  = 2000
	importKills = 6
)

// importer is an organiser who imports a list and looks on.
type importer struct {
	client *http.Client
	p      *process
	at     string // path of the list
}

// The program is killed again and again while it writes a list. Whenever it is gone no
// organisation is there by half and the count of what is done is true; started again it goes
// on by itself, and in the end everything is there once. The same list again changes nothing,
// and a corrected one is applied whole.
func TestAListKilledWhileItIsWrittenIsWholeInTheEnd(t *testing.T) {
	data, addr := t.TempDir(), freeAddress(t)
	u := importer{client: withCookies(t), p: start(t, data, addr)}
	path := filepath.Join(data, "hoinghi.db")
	u.signIn(t)
	u.upload(t, listOf("Giám đốc"))
	u.apply(t)
	seen := 0
	for life := range importKills {
		before := seen
		want := before + importRows/importKills/8 + rand.IntN(importRows/importKills/4)
		if !reached(t.Context(), func() bool { seen, _ = u.done(t); return seen >= want }) {
			t.Fatalf("life %d: only %d of %d are done", life, seen, want)
		}
		u.p.kill()
		if done := checkHalves(t, path); done < seen || done == importRows {
			t.Errorf("life %d: %d are written, %d were seen, of %d: the kill came too late or took something back", life, done, seen, importRows)
		}
		u.p = start(t, data, addr)
	}
	u.finished(t)
	u.upload(t, listOf("Giám đốc"))
	if page := u.page(t); strings.Contains(page, u.at+"/apply") || !strings.Contains(page, `Giữ nguyên</dt><dd class="num">2.000<`) {
		t.Error("the same list again is not the same")
	}
	u.upload(t, listOf("Phó Giám đốc"))
	u.apply(t)
	u.finished(t)
	u.p.kill()
	checkHalves(t, path)
	checkWhole(t, path)
}

func listOf(job string) []byte {
	var b bytes.Buffer
	b.WriteString("Tên đơn vị,Tỉnh,Điện thoại đơn vị,Họ tên đầu mối,Chức vụ,Di động\n")
	for i := range importRows {
		fmt.Fprintf(&b, "Công ty TNHH Thí Dụ %d,Cà Mau,0290 38%05d,Nguyễn Thị Mẫu%d,%s,0912 %06d\n", i, i, i, job, i)
	}
	return b.Bytes()
}

func (u *importer) signIn(t *testing.T) {
	t.Helper()
	if _, err := fetch(t.Context(), u.client, u.p.links.Organiser); err != nil {
		t.Fatal(err)
	}
}

func (u *importer) upload(t *testing.T, list []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "danh-sach.csv")
	if err == nil {
		_, err = part.Write(list)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.p.links.Base+"/desk/organisations/import", &b)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	res, err := u.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, res.Body)
	if u.at = res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || u.at == "" {
		t.Fatalf("upload: %d", res.StatusCode)
	}
}

func (u *importer) page(t *testing.T) string {
	t.Helper()
	page, err := fetch(t.Context(), u.client, u.p.links.Base+u.at)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func (u *importer) apply(t *testing.T) {
	t.Helper()
	checked := regexp.MustCompile(`name="checked" value="(\w+)"`).FindStringSubmatch(u.page(t))
	if checked == nil {
		t.Fatal("the list is not offered")
	}
	if status, err := post(t.Context(), u.client, u.p.links.Base+u.at+"/apply", url.Values{"checked": {checked[1]}}); err != nil || status != http.StatusSeeOther {
		t.Fatalf("apply: %d %v", status, err)
	}
}

// done gives how many organisations the page says are done, and whether it says that all are.
func (u *importer) done(t *testing.T) (n int, all bool) {
	t.Helper()
	page := u.page(t)
	m := regexp.MustCompile(`max="\d+" value="(\d+)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page shows no progress")
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return n, strings.Contains(page, "Đã nhập xong lúc")
}

func (u *importer) finished(t *testing.T) {
	t.Helper()
	if !reached(t.Context(), func() bool { _, all := u.done(t); return all }) {
		t.Fatal("the list is not finished")
	}
}

// checkHalves asks what a killed program left behind: the database is sound, each
// organisation of the list has its person, its entry in the record and its note of the import,
// and the count of what is done is what is there. It gives that count.
func checkHalves(t *testing.T, path string) int {
	t.Helper()
	d, err := db.Open(t.Context(), path, db.Options{Now: time.Now, Log: testkit.Quiet()})
	if err != nil {
		t.Fatalf("the database does not open after the kill: %v", err)
	}
	defer func() { _ = d.Close() }()
	if v, err := db.Value[string](t.Context(), d, `PRAGMA integrity_check`); err != nil || v != "ok" {
		t.Errorf("integrity: %s %v", v, err)
	}
	const listed = `SELECT count(DISTINCT name_vi) || '/' || count(*) || '/' || coalesce(sum((SELECT count(*) FROM contact c WHERE c.organisation_id = o.id)), 0)
	|| '/' || coalesce(sum((SELECT count(*) FROM import_change c WHERE c.organisation_id = o.id AND c.field = '')), 0)
	|| '/' || coalesce(sum((SELECT count(*) FROM audit_entry a WHERE a.action = 'edition.add_organisation' AND a.subject_kind = 'organisation' AND a.subject_id = o.id)), 0)
	FROM organisation o WHERE name_vi LIKE 'Công ty TNHH Thí Dụ %'`
	done, err := db.Value[int](t.Context(), d, `SELECT done FROM import_job ORDER BY id LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	n := strconv.Itoa(done)
	if got, err := db.Value[string](t.Context(), d, listed); err != nil || got != strings.Join([]string{n, n, n, n, n}, "/") {
		t.Errorf("%d organisations are said to be done; names/organisations/persons/notes/entries are %s (%v)", done, got, err)
	}
	return done
}

// checkWhole asks what the lists left in the end.
func checkWhole(t *testing.T, path string) {
	t.Helper()
	d, err := db.Open(t.Context(), path, db.Options{Now: time.Now, Log: testkit.Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	for query, want := range map[string]string{
		`SELECT group_concat(state || ' ' || total || ' ' || done || ' ' || added || ' ' || changed, ', ' ORDER BY id) FROM import_job`: "applied 2000 2000 2000 0, uploaded 0 0 0 0, applied 2000 2000 0 2000",
		`SELECT count(*) FROM contact WHERE job_title = 'Phó Giám đốc' AND full_name LIKE 'Nguyễn Thị Mẫu%'`:                            "2000",
		`SELECT count(*) FROM audit_entry WHERE action = 'edition.import'`:                                                              "2",
	} {
		if got, err := db.Value[string](t.Context(), d, query); err != nil || got != want {
			t.Errorf("%s: %s, want %s (%v)", query, got, want, err)
		}
	}
}
