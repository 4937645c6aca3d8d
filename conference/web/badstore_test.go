package web_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// watch looks at the house's database through a connection of its own: whether
// anything was written, what, and how to take it back.
type watch struct {
	t       testing.TB
	conn    *sql.Conn
	tables  []string
	columns map[string]string // of each table, but for the note when somebody was last seen
	version int64             // changes when another connection has written
	audited int64             // the audit is never taken back, so its rows are counted on
}

// watched remembers everything that the house's database holds now.
func watched(t testing.TB, h *house) *watch {
	t.Helper()
	pool, err := sql.Open("sqlite3", "file:"+h.db.Path()+"?_busy_timeout=10000&_foreign_keys=off&_synchronous=OFF&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	w := &watch{t: t, columns: map[string]string{}}
	if w.conn, err = pool.Conn(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(t.TempDir(), "kept.db")
	w.exec("VACUUM INTO ?", kept)
	w.exec("ATTACH ? AS kept", kept)
	w.list()
	w.settle()
	return w
}

func (w *watch) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.conn.ExecContext(w.t.Context(), query, args...); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
}

func (w *watch) number(query string) (out int64) {
	w.t.Helper()
	if err := w.conn.QueryRowContext(w.t.Context(), query).Scan(&out); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return out
}

const sqlTables = `SELECT s.name, (SELECT group_concat(c.name, ', ') FROM pragma_table_info(s.name) c WHERE c.name <> 'seen_at')
FROM main.sqlite_schema s WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%' AND s.name NOT LIKE 'goose_%' AND s.name <> 'audit_entry'`

// list finds the tables that are compared and brought back.
func (w *watch) list() {
	w.t.Helper()
	rows, err := w.conn.QueryContext(w.t.Context(), sqlTables)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name, columns string
		if err := rows.Scan(&name, &columns); err != nil {
			w.t.Fatal(err)
		}
		w.tables, w.columns[name] = append(w.tables, name), columns
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
}

func (w *watch) settle() {
	w.version = w.number("PRAGMA data_version")
	w.audited = w.number("SELECT ifnull(max(id), 0) FROM audit_entry")
}

// written reports whether anybody has written since the content was kept or brought back.
func (w *watch) written() bool { return w.number("PRAGMA data_version") != w.version }

// changes gives the rows that are new or different now, by table. A table that only
// lost rows stands there with none.
func (w *watch) changes() map[string][]map[string]any {
	w.t.Helper()
	out := map[string][]map[string]any{}
	if !w.written() {
		return out
	}
	for _, name := range w.tables {
		rows := w.rows(fmt.Sprintf("SELECT %s FROM main.%s EXCEPT SELECT %s FROM kept.%s", w.columns[name], name, w.columns[name], name))
		if len(rows) > 0 || w.number("SELECT count(*) FROM main."+name) != w.number("SELECT count(*) FROM kept."+name) {
			out[name] = rows
		}
	}
	if rows := w.rows(fmt.Sprintf("SELECT * FROM audit_entry WHERE id > %d", w.audited)); len(rows) > 0 {
		out["audit_entry"] = rows
	}
	return out
}

func (w *watch) rows(query string) []map[string]any {
	w.t.Helper()
	rows, err := w.conn.QueryContext(w.t.Context(), query)
	if err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		w.t.Fatal(err)
	}
	var out []map[string]any
	for rows.Next() {
		row, places := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			places[i] = &row[i]
		}
		if err := rows.Scan(places...); err != nil {
			w.t.Fatal(err)
		}
		named := map[string]any{}
		for i, n := range names {
			named[n] = row[i]
		}
		out = append(out, named)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// bringBack undoes what was written since the content was kept, except for the audit.
func (w *watch) bringBack(changed map[string][]map[string]any) {
	w.t.Helper()
	w.exec("BEGIN IMMEDIATE")
	for name := range changed {
		if name != "audit_entry" {
			w.exec("DELETE FROM main." + name)
			w.exec(fmt.Sprintf("INSERT INTO main.%s SELECT * FROM kept.%s", name, name))
		}
	}
	w.exec("COMMIT")
	w.settle()
}

const endless = "as long as anybody likes"

// roomy names the columns that may keep ten thousand characters, with the reason.
var roomy = map[string]string{"invitation_text.body": "a whole letter; its own limit is just that",
	"letter_text.body":   "a whole official letter, with a limit of its own",
	"reminder_text.body": "a whole mail; its own limit is just that", "reminder_plan.body": "the same, as it was confirmed", "campaign.body": "the same, as it was sent"}

// unclean gives what is wrong with texts that were stored, "" when they are as they should be:
// valid, composed, trimmed, without characters that steer, and not endless.
func unclean(changed map[string][]map[string]any) string {
	for table, rows := range changed {
		for _, row := range rows {
			for column, v := range row {
				if s, ok := v.(string); ok {
					if why := uncleanText(s); why != "" && (why != endless || roomy[table+"."+column] == "") {
						return fmt.Sprintf("%s.%s keeps %.60q: %s", table, column, s, why)
					}
				}
			}
		}
	}
	return ""
}

func uncleanText(s string) string {
	switch {
	case !utf8.ValidString(s):
		return "broken UTF-8"
	case !norm.NFC.IsNormalString(s):
		return "not composed"
	case strings.TrimSpace(s) != s:
		return "spaces at an end"
	case strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && unicode.Is(unicode.C, r) }):
		return "a control or format character"
	case utf8.RuneCountInString(s) >= mostTyped:
		return endless
	}
	return ""
}
