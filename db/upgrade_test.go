package db_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"

	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// beforeProgramme is the last migration before speakers and speeches came.
const beforeProgramme = 20261124060800

// A folder that the first version filled opens with this one, and its programme is whole.
func TestProgrammeOfTheFirstVersionSurvivesTheUpgrade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hoinghi.db")
	old, err := sql.Open("sqlite3", "file:"+path+"?_foreign_keys=1")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, old, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), beforeProgramme); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO province (id, slug, abbr) VALUES (1, 'mau', 'MAU')`,
		`INSERT INTO edition (id, slug, ordinal, title_vi, title_en, short_vi, short_en, prefix, theme_vi, theme_en, starts_on, ends_on, venue_vi, venue_en, address_vi, address_en,
			organiser_vi, organiser_en, host_vi, host_en, contact_name, contact_phone, contact_email, register_by, is_public, is_front, is_sample, reported_vi, created_at, changed_at)
			VALUES (1, 'mau', 12, 'Hội nghị mẫu', '', 'Mẫu', '', 'KC22', '', '', '2022-10-13', '2022-10-13', '', '', '', '', '', '', '', '', '', '', '', 1, 1, 1, 1, '', 1, 1)`,
		`INSERT INTO agenda_session (id, edition_id, uid, kind, title_vi, by_vi, room_vi, starts_at, ends_at, visibility, sequence, changed_at)
			VALUES (7, 1, 'cu@hoinghi', 'paper', 'Tham luận', 'Đơn vị Mẫu', 'Hội trường', 1665626400000, 1665630000000, 'press', 3, 5)`,
	} {
		if _, err := old.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), path, db.Options{Now: testkit.NewClock().Now, Log: testkit.Quiet(), Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	const row = `SELECT uid || '|' || kind || '|' || title_vi || '|' || by_vi || '|' || room_vi || '|' || starts_at || '|' || ends_at || '|' || visibility
		|| '|' || sequence || '|' || changed_at || '|' || slots || '|' || coalesce(removed_at, 'there') FROM agenda_session WHERE id = 7`
	got, err := db.Value[string](t.Context(), d, row)
	if want := "cu@hoinghi|paper|Tham luận|Đơn vị Mẫu|Hội trường|1665626400000|1665630000000|press|3|5|0|there"; err != nil || got != want {
		t.Errorf("%s, want %s (%v)", got, want, err)
	}
	if n, err := db.Value[int](t.Context(), d, `SELECT count(*) FROM agenda_speaker`); err != nil || n != 0 {
		t.Errorf("%d speakers, %v", n, err)
	}
	copies, err := filepath.Glob(path + ".before-*")
	if err != nil || len(copies) != 1 {
		t.Errorf("copies before the migration: %v %v", copies, err)
	}
}
