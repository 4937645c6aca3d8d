package invitation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/document"
	"hoinghi/conference/edition"
	"hoinghi/db"
)

// MaxTemplate is the largest DOCX that is taken as a template, in bytes.
const MaxTemplate = 2 << 20

// OwnTemplate is an organiser's DOCX that stands in the place of the built-in letter.
type OwnTemplate struct {
	Name       string
	UploadedBy string
	UploadedAt db.Time
}

const sqlOwnTemplate = `SELECT name, uploaded_by, uploaded_at FROM letter_template WHERE edition_id = ? AND kind = ?`

// OwnTemplateOf gives the own template of a letter. Errors: not_found without one.
func OwnTemplateOf(ctx context.Context, q db.Reader, editionID int64, kind LetterKind) (OwnTemplate, error) {
	t, err := db.One(ctx, q, sqlOwnTemplate, func(t *OwnTemplate) []any { return []any{&t.Name, &t.UploadedBy, &t.UploadedAt} }, editionID, kind)
	if err != nil {
		return OwnTemplate{}, fmt.Errorf("read letter template: %w", err)
	}
	return t, nil
}

// Fitness says what an own template holds before it is accepted.
type Fitness struct {
	Known    []string
	Unknown  []string        // fields that nobody fills in: a template with any is refused
	Missing  []string        // fields of which a letter should have one and that the template lacks
	Where    []document.Mark // each place of an unknown field
	Doubtful []document.Mark // what is no field but probably meant as one: "[don vi]", "«TenDonVi»", "{{don_vi}}"
}

// Fit reports whether there is nothing to say about the template.
func (f Fitness) Fit() bool { return len(f.Unknown)+len(f.Missing)+len(f.Doubtful) == 0 }

// CheckTemplate looks into a DOCX. Errors: invalid with the field template when it
// is no DOCX, too large or carries programs.
func CheckTemplate(data []byte) (Fitness, error) {
	var p conference.Problems
	if len(data) == 0 || len(data) > MaxTemplate {
		p.Add("template", "invitation.letter.error.template_size", "max", MaxTemplate>>20)
		return Fitness{}, p.Err()
	}
	t, err := document.OpenTemplate(data)
	switch {
	case errors.Is(err, document.ErrDOCXActive):
		p.Add("template", "invitation.letter.error.template_active")
	case errors.Is(err, document.ErrDOCXLarge):
		p.Add("template", "invitation.letter.error.template_size", "max", MaxTemplate>>20)
	case err != nil:
		p.Add("template", "invitation.letter.error.template_kind")
	}
	if p.Any() {
		return Fitness{}, p.Err()
	}
	var f Fitness
	for _, name := range t.Fields {
		if slices.Contains(TemplateFields(), name) {
			f.Known = append(f.Known, name)
		} else {
			f.Unknown = append(f.Unknown, name)
		}
	}
	for _, m := range t.Marks {
		switch {
		case m.Field && slices.Contains(f.Unknown, m.Name):
			f.Where = append(f.Where, m)
		case !m.Field && meant(m):
			f.Doubtful = append(f.Doubtful, m)
		}
	}
	for _, name := range []string{fieldOrganisation, fieldConference, fieldTime, fieldPlace, fieldDeadline, fieldCode} {
		if !slices.Contains(f.Known, name) {
			f.Missing = append(f.Missing, name)
		}
	}
	return f, nil
}

// meant reports whether a mark that is no field was probably meant as one: by how it is
// written, as other programs write theirs, or by its words.
func meant(m document.Mark) bool {
	name := plain(m.Name)
	if name == "" {
		return false
	}
	switch {
	case strings.HasPrefix(m.Text, "{{"), strings.HasPrefix(m.Text, "${"), strings.HasPrefix(m.Text, "<<"):
		return true
	case strings.HasPrefix(m.Text, "«"):
		return !strings.Contains(m.Name, " ") || like(name)
	}
	return like(name)
}

func like(name string) bool {
	return slices.ContainsFunc(TemplateFields(), func(f string) bool { return plain(f) == name })
}

// plain gives the letters and digits of a field's name.
func plain(name string) string { return strings.ReplaceAll(wordsOf(name), " ", "") }

const sqlSetTemplate = `INSERT INTO letter_template (edition_id, kind, name, uploaded_by, uploaded_at, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (edition_id, kind) DO UPDATE SET name = ?3, uploaded_by = ?4, uploaded_at = ?5, data = ?6`

// SetTemplate takes an own DOCX for a letter. One that lacks fields, or holds what looks
// like one, is taken only when despite says that this is meant. Errors: invalid with the field template, as
// CheckTemplate, for unknown fields, or else for missing and doubtful ones; not_found, forbidden. CheckTemplate
// gives all of them at once.
func (r *Room) SetTemplate(ctx context.Context, editionID int64, kind LetterKind, name string, data []byte, despite bool) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	if !kind.Known() {
		return conference.NotFound()
	}
	f, err := CheckTemplate(data)
	if err != nil {
		return err
	}
	var p conference.Problems
	switch {
	case len(f.Unknown) > 0:
		p.Add("template", "invitation.letter.error.template_unknown", "names", bracketed(f.Unknown))
	case len(f.Missing) > 0 && !despite:
		p.Add("template", "invitation.letter.error.template_missing", "names", bracketed(f.Missing))
	case len(f.Doubtful) > 0 && !despite:
		p.Add("template", "invitation.letter.error.template_doubtful")
	}
	if p.Any() {
		return p.Err()
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		if err := db.Exec(ctx, tx, sqlSetTemplate, editionID, kind, fileName(name), conference.ActorOf(ctx).Label, db.At(tx.Now()), data); err != nil {
			return fmt.Errorf("keep letter template: %w", err)
		}
		return noteTemplate(ctx, tx, "letter.set_template", editionID, kind)
	})
}

func noteTemplate(ctx context.Context, tx *db.Tx, action string, editionID int64, kind LetterKind) error {
	return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: action, SubjectKind: "edition", SubjectID: editionID, Detail: map[string]any{"kind": kind}})
}

func bracketed(names []string) string { return "[" + strings.Join(names, "], [") + "]" }

const sqlDropTemplate = `DELETE FROM letter_template WHERE edition_id = ? AND kind = ?`

// DropTemplate goes back to the built-in letter. Errors: forbidden.
func (r *Room) DropTemplate(ctx context.Context, editionID int64, kind LetterKind) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := db.Change(ctx, tx, sqlDropTemplate, editionID, kind)
		if err != nil {
			return fmt.Errorf("drop letter template: %w", err)
		}
		if n == 0 {
			return nil
		}
		return noteTemplate(ctx, tx, "letter.drop_template", editionID, kind)
	})
}

const sqlTemplateData = `SELECT data FROM letter_template WHERE edition_id = ? AND kind = ?`

// ownTemplate gives the own template's bytes, nil without one.
func (r *Room) ownTemplate(ctx context.Context, q db.Reader, editionID int64, kind LetterKind) ([]byte, error) {
	data, err := db.Value[[]byte](ctx, q, sqlTemplateData, editionID, kind)
	switch {
	case conference.KindOf(err) == conference.KindNotFound:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read letter template: %w", err)
	}
	return data, nil
}

func (r *Room) fillOwn(ctx context.Context, q db.Reader, i Invitation, own []byte, f Format) ([]byte, error) {
	if f != DOCX {
		return nil, conference.Fail(conference.KindConflict, "invitation.letter.error.own_pdf")
	}
	e, err := edition.ByID(ctx, q, i.EditionID)
	if err != nil {
		return nil, fmt.Errorf("read edition: %w", err)
	}
	t, err := document.OpenTemplate(own)
	if err != nil {
		return nil, fmt.Errorf("open letter template: %w", err)
	}
	values := r.letterValues(e, i)
	code, err := letterCode(values)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Fill(&b, values, document.CodeField{Name: fieldPicture, Modules: code, Caption: strings.Join(r.caption(values), ". ")}, r.db.Now()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
