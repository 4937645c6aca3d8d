package press

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // its header is read to see whether the picture is one
	_ "image/png"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

// MaxLetter is the largest letter of introduction, in bytes.
const MaxLetter = 5 << 20

// maxPixels bounds the area that a letter's picture may claim (performance.md 6, 26).
const maxPixels = 40_000_000

// letter is a letter of introduction with what it was found to be; empty without one.
type letter struct {
	mediaType string
	content   []byte
}

// checkLetter finds out what a file is from its content: its name and the type that
// the browser claims are the applicant's to choose. Errors: invalid with the field letter.
func checkLetter(content []byte) (letter, error) {
	if content == nil {
		return letter{}, nil
	}
	var p conference.Problems
	if len(content) > MaxLetter {
		p.Add("letter", "press.error.letter_large", "max", MaxLetter>>20)
		return letter{}, p.Err()
	}
	if bytes.HasPrefix(content, []byte("%PDF-")) && bytes.Contains(content[max(0, len(content)-1024):], []byte("%%EOF")) {
		return letter{"application/pdf", content}, nil
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err == nil && whole(content, format) && c.Width > 0 && c.Height > 0 && c.Width*c.Height <= maxPixels && (format == "jpeg" || format == "png") {
		return letter{"image/" + format, content}, nil
	}
	p.Add("letter", "press.error.letter_kind")
	return letter{}, p.Err()
}

// whole reports whether a picture has its end: one that was cut off on the way shows
// its upper part only, which the officer would find too late. Phones write more behind
// the end (a film of the moment, say), so it need not be the last of the file.
func whole(content []byte, format string) bool {
	end := map[string]string{"jpeg": "\xff\xd9", "png": "IEND\xaeB`\x82"}[format] // EOI; the last chunk
	return end != "" && bytes.Contains(content, []byte(end))
}

const sqlKeepLetter = `INSERT INTO press_letter (application_id, media_type, content, created_at) VALUES (?, ?, ?, ?)`

func (l letter) keep(ctx context.Context, tx *db.Tx, applicationID int64) error {
	if len(l.content) == 0 {
		return nil
	}
	if err := db.Exec(ctx, tx, sqlKeepLetter, applicationID, l.mediaType, l.content, db.At(tx.Now())); err != nil {
		return fmt.Errorf("keep letter of introduction: %w", err)
	}
	return nil
}

const sqlLetter = `SELECT media_type, content FROM press_letter WHERE application_id = ?`

// Letter gives the letter of introduction of an application with its media type, and
// notes who looked at it. Press officers and organisers. Errors: not_found, forbidden.
func (r *Room) Letter(ctx context.Context, applicationID int64) (mediaType string, content []byte, err error) {
	a, err := r.admitted(ctx, applicationID)
	if err != nil {
		return "", nil, err
	}
	l, err := db.One(ctx, r.db, sqlLetter, func(l *letter) []any { return []any{&l.mediaType, &l.content} }, applicationID)
	if err != nil {
		return "", nil, fmt.Errorf("read letter of introduction: %w", err)
	}
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return audit.Note(ctx, tx, audit.Change{Edition: a.EditionID, Action: "press.see_letter", SubjectKind: "press_application", SubjectID: a.ID})
	})
	if err != nil {
		return "", nil, err
	}
	return l.mediaType, l.content, nil
}

// both joins the field errors of two checks, so that everything wrong is said at once.
func both(a, b error) error {
	var x, y *conference.Error
	if !errors.As(a, &x) || !errors.As(b, &y) {
		return errors.Join(a, b)
	}
	all := *x
	all.Fields = append(append([]conference.FieldError(nil), x.Fields...), y.Fields...)
	return &all
}
