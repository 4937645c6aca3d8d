package edition

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/sheet"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// ImportState is how far a list has come.
type ImportState string

// The states of a list.
const (
	ImportUploaded ImportState = "uploaded" // it waits for the organiser
	ImportApplying ImportState = "applying"
	ImportApplied  ImportState = "applied"
	ImportFailed   ImportState = "failed" // it may be applied again
)

// What to do about text in an old encoding.
const (
	LegacyAsk     = ""        // rows with such text are errors until it is decided
	LegacyConvert = "convert" // to Unicode
	LegacyKeep    = "keep"    // it only looks like it
)

// ImportChoices is what the organiser decided about a list.
type ImportChoices struct {
	Sheet     int            `json:"sheet"`
	Header    int            `json:"header"`  // index of a row that holds something, sheet.NoHeader for none
	Columns   map[string]int `json:"columns"` // by ImportField
	Encoding  string         `json:"encoding"`
	TitleCase bool           `json:"title_case"` // names in capitals are written as usual
}

// Import is one list that was uploaded.
type Import struct {
	ID         int64
	FileName   string
	Size       int64
	Choices    ImportChoices
	State      ImportState
	Total      int
	Done       int
	Added      int
	Changed    int
	Unchanged  int
	LeftOut    int // rows with errors that were left out
	ByID       int64
	ByLabel    string
	UploadedAt db.Time
	FinishedAt db.Time
}

// Scan implements sql.Scanner.
func (c *ImportChoices) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("choices hold %T", src)
	}
	return json.Unmarshal([]byte(text), c)
}

// Seal tells choices apart: what was checked with one is not what another would import.
func (c ImportChoices) Seal() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // numbers and words always have a text
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

func (i *Import) fields() []any {
	return []any{&i.ID, &i.FileName, &i.Size, &i.Choices, &i.State, &i.Total, &i.Done, &i.Added, &i.Changed, &i.Unchanged, &i.LeftOut,
		&i.ByID, &i.ByLabel, &i.UploadedAt, &i.FinishedAt}
}

// importKept is how long a list and what it changed can be looked at.
const importKept = 30 * 24 * time.Hour

const importColumnsSQL = `id, file_name, size, choices, state, total, done, added, changed, unchanged, left_out, by_id, by_label, uploaded_at, finished_at`

const sqlImport = `SELECT ` + importColumnsSQL + ` FROM import_job WHERE id = ?`

// ImportByID gives a list or conference.NotFound.
func ImportByID(ctx context.Context, q db.Reader, id int64) (Import, error) {
	return db.One(ctx, q, sqlImport, (*Import).fields, id)
}

const sqlImports = `SELECT ` + importColumnsSQL + ` FROM import_job ORDER BY id DESC LIMIT 20`

// Imports gives the latest lists, newest first.
func Imports(ctx context.Context, q db.Reader) ([]Import, error) {
	return db.Many(ctx, q, sqlImports, (*Import).fields)
}

// ImportTopic is what db.Subscribe takes to hear of a list's progress.
func ImportTopic(id int64) string { return fmt.Sprintf("import/%d", id) }

const (
	sqlInsertImport = `INSERT INTO import_job (file_name, size, choices, state, by_id, by_label, uploaded_at) VALUES (?, ?, ?, 'uploaded', ?, ?, ?)`
	sqlInsertCells  = `INSERT INTO import_cells (import_id, cells) VALUES (?, ?)`
	sqlOldImports   = `SELECT id FROM import_job WHERE uploaded_at < ? AND state <> 'applying'`
	sqlForgetChange = `DELETE FROM import_change WHERE import_id = ?`
	sqlForgetCells  = `DELETE FROM import_cells WHERE import_id = ?`
	sqlForgetImport = `DELETE FROM import_job WHERE id = ?`
)

// Upload reads a list and keeps what was read, with a guess of its table; nothing is
// imported yet. Lists older than 30 days are forgotten. Errors: invalid with the field
// file; forbidden.
func (r *Room) Upload(ctx context.Context, fileName string, data []byte) (Import, error) {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return Import{}, err
	}
	book, err := r.sheets.Read(ctx, data)
	if err != nil {
		return Import{}, err
	}
	cells, err := pack(book)
	if err != nil {
		return Import{}, err
	}
	guess := book.FindTable(importColumns())
	choices, err := json.Marshal(ImportChoices{Sheet: guess.Sheet, Header: guess.Header, Columns: guess.Columns})
	if err != nil {
		return Import{}, fmt.Errorf("choices: %w", err)
	}
	name := []rune(vietnamese.Normalise(fileName))
	var i Import
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := forgetImports(ctx, tx); err != nil {
			return err
		}
		a := conference.ActorOf(ctx)
		id, err := db.Insert(ctx, tx, sqlInsertImport, string(name[:min(len(name), 200)]), len(data), string(choices), a.ID, a.Label, db.At(tx.Now()))
		if err != nil {
			return fmt.Errorf("keep list: %w", err)
		}
		if err := db.Exec(ctx, tx, sqlInsertCells, id, cells); err != nil {
			return fmt.Errorf("keep tables: %w", err)
		}
		i, err = ImportByID(ctx, tx, id)
		return err
	})
	return i, err
}

func forgetImports(ctx context.Context, tx *db.Tx) error {
	old, err := db.Values[int64](ctx, tx, sqlOldImports, db.At(tx.Now().Add(-importKept)))
	if err != nil {
		return fmt.Errorf("old lists: %w", err)
	}
	for _, id := range old {
		if err := forgetImport(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

func forgetImport(ctx context.Context, tx *db.Tx, id int64) error {
	for _, query := range []string{sqlForgetChange, sqlForgetCells, sqlForgetImport} {
		if err := db.Exec(ctx, tx, query, id); err != nil {
			return fmt.Errorf("forget list: %w", err)
		}
	}
	return nil
}

// pack makes the tables of a book small enough to be kept.
func pack(b *sheet.Book) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if err := json.NewEncoder(z).Encode(b); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return out.Bytes(), nil
}

const sqlCells = `SELECT cells FROM import_cells WHERE import_id = ?`

func unpack(ctx context.Context, q db.Reader, id int64) (*sheet.Book, error) {
	cells, err := db.Value[[]byte](ctx, q, sqlCells, id)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(cells))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	var b sheet.Book
	if err := json.NewDecoder(io.LimitReader(z, 512<<20)).Decode(&b); err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return &b, nil
}

const sqlChoose = `UPDATE import_job SET choices = ? WHERE id = ? AND state IN ('uploaded', 'failed')`

// Choose keeps what the organiser decided. With another sheet or header row than before, columns
// are guessed anew. Errors: invalid with the fields encoding, sheet, header, or the ImportField that was
// given a column twice or lacks one; conflict when the list is applied already; not_found, forbidden.
func (r *Room) Choose(ctx context.Context, id int64, c ImportChoices) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	before, err := ImportByID(ctx, r.db, id)
	if err != nil {
		return err
	}
	book, err := unpack(ctx, r.db, id)
	if err != nil {
		return err
	}
	if err := c.complete(book, before.Choices); err != nil {
		return err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("choices: %w", err)
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := db.Change(ctx, tx, sqlChoose, string(text), id)
		if err != nil {
			return fmt.Errorf("keep choices: %w", err)
		}
		if n == 0 {
			return conference.Fail(conference.KindConflict, "import.error.applied")
		}
		return nil
	})
}

// complete checks choices and fills in what follows from a new table.
func (c *ImportChoices) complete(book *sheet.Book, before ImportChoices) error {
	var p conference.Problems
	if !slices.Contains([]string{LegacyAsk, LegacyConvert, LegacyKeep}, c.Encoding) {
		p.Add("encoding", "import.error.encoding")
	}
	if c.Sheet < 0 || c.Sheet >= len(book.Sheets) {
		p.Add("sheet", "import.error.sheet")
		return p.Err()
	}
	s := &book.Sheets[c.Sheet]
	switch {
	case c.Sheet != before.Sheet:
		one := sheet.Book{Sheets: []sheet.Sheet{*s}}
		guess := one.FindTable(importColumns())
		c.Header, c.Columns = guess.Header, guess.Columns
		return p.Err()
	case c.Header != before.Header:
		if c.Header < sheet.NoHeader || c.Header >= len(s.Rows) {
			p.Add("header", "import.error.header")
			return p.Err()
		}
		c.Columns = s.Match(c.Header, importColumns())
		return p.Err()
	}
	used := map[int]bool{}
	for _, f := range ImportFields() {
		column, ok := c.Columns[string(f)]
		switch {
		case !ok && f == FieldName:
			p.Add(string(f), "import.error.no_name_column")
		case !ok:
		case column < 0 || column >= s.Width():
			p.Add(string(f), "import.error.column")
		case used[column]:
			p.Add(string(f), "import.error.column_twice")
		}
		if ok {
			used[column] = true
		}
	}
	return p.Err()
}

// CheckImport reads the whole list as it was decided and compares it with what is
// stored. It writes nothing.
func (r *Room) CheckImport(ctx context.Context, i Import) (Checked, error) {
	book, err := unpack(ctx, r.db, i.ID)
	if err != nil {
		return Checked{}, err
	}
	day := r.db.Now().In(vietnamese.Zone()).Format(time.DateOnly)
	places, err := PlacesOn(ctx, r.db, day)
	if err != nil {
		return Checked{}, fmt.Errorf("provinces: %w", err)
	}
	stored, err := readKnown(ctx, r.db, places, day)
	if err != nil {
		return Checked{}, err
	}
	out := Checked{}
	if i.Choices.Sheet < len(book.Sheets) {
		out = readEntries(places, stored, &book.Sheets[i.Choices.Sheet], i.Choices)
	}
	out.compare(stored)
	out.Book = book
	return out, nil
}

// DropImport forgets a list that is not being applied. What it changed stays.
// Errors: conflict, not_found, forbidden.
func (r *Room) DropImport(ctx context.Context, id int64) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ImportByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if i.State == ImportApplying {
			return conference.Fail(conference.KindConflict, "import.error.applying")
		}
		if err := forgetImport(ctx, tx, id); err != nil {
			return err
		}
		return audit.Note(ctx, tx, audit.Change{Action: "edition.drop_import", SubjectKind: "import_job", SubjectID: id})
	})
}
