package press

import (
	"context"
	"fmt"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// maxWords is the longest text of the press page, in characters.
const maxWords = 4000

// Desk is what the press page of an edition says. Its form fields are the columns.
type Desk struct {
	ContactName  string
	ContactPhone string // E.164
	ContactEmail string
	Spokesperson string
	WordsVi      string
	WordsEn      string
	ApplyBy      db.Time // zero: until the edition ends
}

// Words gives the page's own words, "" while nobody wrote any.
func (d Desk) Words(lang string) string {
	if lang == "en" && d.WordsEn != "" {
		return d.WordsEn
	}
	return d.WordsVi
}

func (d *Desk) fields() []any {
	return []any{&d.ContactName, &d.ContactPhone, &d.ContactEmail, &d.Spokesperson, &d.WordsVi, &d.WordsEn, &d.ApplyBy}
}

const sqlDesk = `SELECT contact_name, contact_phone, contact_email, spokesperson, words_vi, words_en, apply_by FROM press_desk WHERE edition_id = ?`

// DeskOf gives an edition's press page; an empty one until somebody wrote it.
func DeskOf(ctx context.Context, q db.Reader, editionID int64) (Desk, error) {
	d, err := db.One(ctx, q, sqlDesk, (*Desk).fields, editionID)
	if err != nil && conference.KindOf(err) != conference.KindNotFound {
		return Desk{}, fmt.Errorf("read press desk: %w", err)
	}
	return d, nil
}

func (d Desk) check(e edition.Edition) (Desk, error) {
	var p conference.Problems
	d.ContactName = checkLine(&p, "contact_name", d.ContactName, maxName)
	d.Spokesperson = checkLine(&p, "spokesperson", d.Spokesperson, maxOutlet)
	if typed := vietnamese.Normalise(d.ContactPhone); typed != "" {
		phone, err := vietnamese.ParsePhone(typed)
		if err != nil {
			p.Add("contact_phone", "press.error.phone")
		}
		d.ContactPhone = phone
	}
	if typed := vietnamese.Normalise(d.ContactEmail); typed != "" {
		email, ok := vietnamese.NormaliseEmail(typed)
		if !ok {
			p.Add("contact_email", "press.error.email")
		}
		d.ContactEmail = email
	}
	for _, words := range []struct {
		field string
		text  *string
	}{{"words_vi", &d.WordsVi}, {"words_en", &d.WordsEn}} {
		*words.text = vietnamese.NormaliseText(*words.text)
		if utf8.RuneCountInString(*words.text) > maxWords {
			p.Add(words.field, "press.error.long", "max", maxWords)
		}
	}
	if d.ApplyBy.After(e.End()) {
		p.Add("apply_by", "press.error.apply_by")
	}
	return d, p.Err()
}

const sqlSetDesk = `INSERT INTO press_desk (edition_id, contact_name, contact_phone, contact_email, spokesperson, words_vi, words_en, apply_by, changed_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (edition_id) DO UPDATE SET contact_name = ?2, contact_phone = ?3, contact_email = ?4, spokesperson = ?5, words_vi = ?6, words_en = ?7,
    apply_by = ?8, changed_at = ?9`

// SetDesk replaces what an edition's press page says. Press officers and organisers.
// Errors: invalid with the fields of Desk, not_found, forbidden.
func (r *Room) SetDesk(ctx context.Context, editionID int64, d Desk) error {
	if err := conference.MayPressIn(ctx, editionID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := edition.ByID(ctx, tx, editionID)
		if err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		d, err := d.check(e)
		if err != nil {
			return err
		}
		before, err := DeskOf(ctx, tx, editionID)
		if err != nil || before == d {
			return err
		}
		if err := db.Exec(ctx, tx, sqlSetDesk, append(append([]any{editionID}, d.values()...), db.At(tx.Now()))...); err != nil {
			return fmt.Errorf("keep press desk: %w", err)
		}
		tx.Publish(TopicAny)
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "press.set_desk", SubjectKind: "edition", SubjectID: editionID})
	})
}

func (d Desk) values() []any {
	return []any{d.ContactName, d.ContactPhone, d.ContactEmail, d.Spokesperson, d.WordsVi, d.WordsEn, d.ApplyBy}
}
