package conference_test

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// layers is the order of the house: a package imports only packages that stand in
// a lower row. Packages in one row do not know each other. Changed only by an issue.
var layers = [][]string{
	{"cmd/hoinghi"},
	{"conference/web"},
	{"conference/web/public", "conference/web/desk", "conference/web/guest", "conference/web/door", "conference/web/api"},
	{"conference/web/ui"},
	{"conference/testkit"},
	{"conference/demo"},
	{"conference/report", "conference/privacy"},
	{"conference/checkin", "conference/matching", "conference/press", "conference/paper"},
	{"conference/agenda", "conference/showcase"},
	{"conference/delegation"},
	{"conference/invitation"},
	{"conference/account", "conference/badge", "conference/edition"},
	{"conference/outbox"},
	{"conference/audit"},
	{"conference/document", "conference/sheet"},
	{"conference/vietnamese"},
	{"db", "templates", "static"},
	{"conference"},
}

// owners says which room alone writes each table.
var owners = map[string]string{
	"province": "edition", "province_version": "edition", "province_lineage": "edition", "edition": "edition", "edition_province": "edition",
	"delegate_group": "edition", "organisation": "edition", "contact": "edition", "edition_step": "edition", "edition_gone": "edition", "import_job": "edition", "import_cells": "edition", "import_change": "edition",
	"staff": "account", "staff_role": "account", "staff_edition_role": "account", "one_time_link": "account", "staff_session": "account", "door_device": "account",
	"audit_entry": "audit", "mail": "outbox", "mail_attempt": "outbox", "mail_hold": "outbox", "mail_bounce": "outbox", "mail_return_box": "outbox", "badge": "badge",
	"invitation_text": "invitation", "campaign": "invitation", "invitation": "invitation", "quota": "invitation", "invitation_old_hash": "invitation", "invitation_copy": "invitation",
	"reminder_text": "invitation", "reminder_plan": "invitation", "reminder": "invitation",
	"edition_copy": "invitation", "focal_consent": "invitation", "invitation_gone": "invitation",
	"letter_text": "invitation", "letter_template": "invitation", "signed_letter": "invitation", "signed_upload": "invitation",
	"invitation_message": "invitation", "hand_delivery": "invitation", "invitation_substitute": "invitation", "invitation_question": "invitation",
	"delegation": "delegation", "delegate": "delegation", "delegate_counter": "delegation",
	"press_desk": "press", "press_application": "press", "press_letter": "press",
	"checkpoint": "checkin", "checkpoint_group": "checkin", "scan": "checkin", "craft_village": "showcase", "craft_village_photo": "showcase", "agenda_session": "agenda", "agenda_speaker": "agenda", "agenda_speech": "agenda",
	"schema_checksum": "db", "goose_db_version": "db", "sqlite_sequence": "db",
}

// outsiders names the only packages that may import a library.
var outsiders = map[string][]string{
	"github.com/labstack/echo/v4":     {"conference/web", "conference/web/ui"},
	"github.com/mattn/go-sqlite3":     {"db"},
	"github.com/wneessen/go-mail":     {"conference/outbox"},
	"github.com/emersion/go-imap/v2":  {"conference/outbox", "conference/testkit"},
	"github.com/skip2/go-qrcode":      {"conference/badge"},
	"github.com/arran4/golang-ical":   {"conference/agenda"},
	"github.com/alexedwards/argon2id": {"conference/account"},
	"github.com/pressly/goose/v3":     {"db"},
	"github.com/alecthomas/kong":      {"cmd/hoinghi"},
	"golang.org/x/image/draw":         {"conference/showcase"},
	"golang.org/x/image/webp":         {"conference/showcase"},
	"codeberg.org/go-pdf/fpdf":        {"conference/document"},
	"github.com/xuri/excelize/v2":     {"conference/sheet"},
}

type source struct {
	pkg  string // folder below the module
	file string
	ast  *ast.File
	test bool
}

func sources(t *testing.T) []source {
	t.Helper()
	root := ".."
	var out []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (strings.HasPrefix(e.Name(), ".") && name != root || e.Name() == "testdata" || e.Name() == "node_modules") {
			return fs.SkipDir
		}
		if e.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		out = append(out, source{pkg: filepath.ToSlash(rel), file: name, ast: f, test: strings.HasSuffix(name, "_test.go")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d source files found: the walk is broken", len(out))
	}
	return out
}

func layer(pkg string) int {
	return slices.IndexFunc(layers, func(row []string) bool { return slices.Contains(row, pkg) })
}

func TestPackagesImportOnlyLowerLayers(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasPrefix(s.pkg, "bench") {
			continue
		}
		own := layer(s.pkg)
		if own < 0 {
			t.Errorf("%s has no place in the layers", s.pkg)
			continue
		}
		// The command cannot be imported, so its own tests stand above it as external ones do.
		external := s.test && (strings.HasSuffix(s.ast.Name.Name, "_test") || s.pkg == "cmd/hoinghi")
		for _, imp := range s.ast.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			checkOutsider(t, s, name)
			inner, ok := strings.CutPrefix(name, "hoinghi/")
			if !ok || external {
				continue // an external test stands above the house
			}
			if inner == "conference/testkit" {
				t.Errorf("%s imports testkit: only external test packages may", s.file)
			}
			if l := layer(inner); l <= own {
				t.Errorf("%s imports %s, which does not stand lower", s.file, inner)
			}
		}
	}
}

func checkOutsider(t *testing.T, s source, name string) {
	t.Helper()
	for lib, allowed := range outsiders {
		if !s.test && (name == lib || strings.HasPrefix(name, lib+"/")) && !slices.Contains(allowed, s.pkg) {
			t.Errorf("%s imports %s: only %v may", s.file, name, allowed)
		}
	}
}

func TestOnlyTheWebKnowsHTTP(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || strings.HasPrefix(s.pkg, "conference/web") || strings.HasPrefix(s.pkg, "cmd/") || s.pkg == "static" || s.pkg == "conference/testkit" || strings.HasPrefix(s.pkg, "bench") {
			continue
		}
		for _, imp := range s.ast.Imports {
			if imp.Path.Value == `"net/http"` {
				t.Errorf("%s imports net/http", s.file)
			}
		}
	}
}

// constants gives the value of every string constant of a package whose name
// starts with sql, put together from its parts.
func constants(t *testing.T, files []source) map[string]string {
	t.Helper()
	exprs := map[string]ast.Expr{}
	for _, s := range files {
		for _, d := range s.ast.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i, n := range v.Names {
					if i < len(v.Values) {
						exprs[n.Name] = v.Values[i]
					}
				}
			}
		}
	}
	out := map[string]string{}
	for name := range exprs {
		if strings.HasPrefix(name, "sql") {
			if v, ok := eval(exprs, exprs[name]); ok {
				out[name] = v
			} else {
				t.Errorf("%s: constant %s is not put together from text", files[0].pkg, name)
			}
		}
	}
	return out
}

func eval(all map[string]ast.Expr, e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		v := constant.MakeFromLiteral(e.Value, e.Kind, 0)
		if v.Kind() != constant.String {
			return "", false
		}
		return constant.StringVal(v), true
	case *ast.Ident:
		inner, ok := all[e.Name]
		if !ok {
			return "", false
		}
		return eval(all, inner)
	case *ast.BinaryExpr:
		a, okA := eval(all, e.X)
		b, okB := eval(all, e.Y)
		return a + b, okA && okB && e.Op == token.ADD
	case *ast.ParenExpr:
		return eval(all, e.X)
	}
	return "", false
}

func byPackage(all []source) map[string][]source {
	out := map[string][]source{}
	for _, s := range all {
		if !s.test && strings.HasPrefix(s.pkg, "conference") || s.pkg == "db" && !s.test {
			out[s.pkg] = append(out[s.pkg], s)
		}
	}
	return out
}

// Every statement is prepared against the migrated schema, so a misspelt column
// fails here and not in front of a queue.
func TestEverySQLConstantCompiles(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	n := 0
	for pkg, files := range byPackage(sources(t)) {
		for name, text := range constants(t, files) {
			n++
			if err := db.Prepare(t.Context(), d, text); err != nil {
				t.Errorf("%s.%s: %v", pkg, name, err)
			}
		}
	}
	if n < 60 {
		t.Fatalf("only %d statements found: the search is broken", n)
	}
}

var writes = regexp.MustCompile(`(?i)\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|REPLACE\s+INTO)\s+([a-z_]+)`)

func TestEachTableIsWrittenByItsOwnerOnly(t *testing.T) {
	seen := map[string]bool{}
	for pkg, files := range byPackage(sources(t)) {
		for name, text := range constants(t, files) {
			for _, m := range writes.FindAllStringSubmatch(text, -1) {
				table := m[1]
				if strings.EqualFold(table, "set") { // "ON CONFLICT … DO UPDATE SET"
					continue
				}
				seen[table] = true
				if want := owners[table]; path.Base(pkg) != want {
					t.Errorf("%s.%s writes %s, which belongs to %q", pkg, name, table, want)
				}
			}
		}
	}
	for _, table := range []string{"invitation", "delegate", "scan", "mail", "audit_entry"} {
		if !seen[table] {
			t.Errorf("no statement that writes %s was found: the search is broken", table)
		}
	}
}

func TestEveryTableHasAnOwnerAndIsStrict(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	tables, err := db.Values[string](t.Context(), d, `SELECT name FROM sqlite_schema WHERE type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if owners[table] == "" {
			t.Errorf("table %s has no owner", table)
		}
	}
	loose, err := db.Values[string](t.Context(), d, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	if len(loose) > 0 {
		t.Errorf("tables that are not STRICT: %v", loose)
	}
	for _, table := range slices.Sorted(maps.Keys(owners)) {
		if !slices.Contains(tables, table) && table != "sqlite_sequence" {
			t.Errorf("the owner list names %s, which does not exist", table)
		}
	}
}

// The golden schema lets a reader see every table in one place and a reviewer
// every change of one.
func TestSchemaIsAsRecorded(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	parts, err := db.Values[string](t.Context(), d, `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version' ORDER BY tbl_name, type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	is := "-- The schema after all migrations, written by: UPDATE_GOLDEN=1 go test ./conference -run TestSchemaIsAsRecorded\n\n" + strings.Join(parts, ";\n\n") + ";\n"
	const file = "../db/schema.sql"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(is), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(was) != is {
		t.Error("db/schema.sql is not the schema that the migrations make; run with UPDATE_GOLDEN=1 and read the difference")
	}
}

// Time comes from the injected clock. SQLite's own clock would be a second one.
func TestNoStatementAsksSQLiteForTheTime(t *testing.T) {
	clock := regexp.MustCompile(`(?i)current_timestamp|current_date|current_time|'now'|unixepoch\(\)`)
	for pkg, files := range byPackage(sources(t)) {
		for name, text := range constants(t, files) {
			if clock.MatchString(text) {
				t.Errorf("%s.%s asks SQLite for the time", pkg, name)
			}
		}
	}
}
