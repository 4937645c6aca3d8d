package invitation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

const sqlStaged = `SELECT id, name, size, pages, sha256 FROM signed_upload WHERE edition_id = ? AND kind = ? ORDER BY name, id`

// Staged gives the scans of an edition that wait to be confirmed, with the
// invitations that their names match.
func Staged(ctx context.Context, q db.Reader, editionID int64, kind LetterKind) ([]Upload, error) {
	all, err := uploads(ctx, q, editionID, kind)
	if err != nil {
		return nil, err
	}
	invitations, err := List(ctx, q, editionID)
	if err != nil {
		return nil, err
	}
	for n := range all {
		all[n].Candidates = MatchFile(all[n].Name, invitations)
	}
	return all, nil
}

func uploads(ctx context.Context, q db.Reader, editionID int64, kind LetterKind) ([]Upload, error) {
	all, err := db.Many(ctx, q, sqlStaged, func(u *Upload) []any { return []any{&u.ID, &u.Name, &u.Size, &u.Pages, &u.SHA256} }, editionID, kind)
	if err != nil {
		return nil, fmt.Errorf("list uploads: %w", err)
	}
	return all, nil
}

// MatchFile gives the invitations that a file's name means: by the name that
// LetterName gave it; else by the organisation's whole name; else by the province's name or abbreviation,
// which may mean several. Marks, case and what stands between words do not count.
func MatchFile(name string, all []Invitation) []int64 {
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		name = name[:dot]
	}
	text := " " + wordsOf(name) + " "
	rules := []func(Invitation) bool{
		func(i Invitation) bool {
			for _, k := range LetterKinds() {
				if holds(text, LetterName(i, k, "")) {
					return true
				}
			}
			return i.Province.Abbr != "" && holds(text, fmt.Sprintf("%s-%d", i.Province.Abbr, i.ID))
		},
		func(i Invitation) bool { return holds(text, i.Organisation.Vi) },
		func(i Invitation) bool { return i.Province.VersionID != 0 && holds(text, i.Province.Short("vi")) },
		func(i Invitation) bool { return holds(text, i.Province.Abbr) },
	}
	for _, rule := range rules {
		var out []int64
		for _, i := range all {
			if rule(i) {
				out = append(out, i.ID)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func holds(text, name string) bool {
	name = wordsOf(name)
	return name != "" && strings.Contains(text, " "+name+" ")
}

// wordsOf folds a text to plain letters and digits with single blanks between words.
func wordsOf(s string) string {
	return strings.Join(strings.FieldsFunc(vietnamese.Fold(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), " ")
}

// UploadField gives the form field that says whose an upload is: "upload_7".
func UploadField(id int64) string { return fmt.Sprintf("upload_%d", id) }

const (
	sqlMoveStaged = `INSERT INTO signed_letter (invitation_id, kind, name, size, sha256, pages, uploaded_by, uploaded_at, data)
SELECT ?2, kind, name, size, sha256, pages, ?3, ?4, data FROM signed_upload WHERE id = ?1
ON CONFLICT (invitation_id, kind) DO UPDATE SET name = excluded.name, size = excluded.size, sha256 = excluded.sha256, pages = excluded.pages,
uploaded_by = excluded.uploaded_by, uploaded_at = excluded.uploaded_at, data = excluded.data`
	sqlDropUpload = `DELETE FROM signed_upload WHERE id = ?`
	sqlDropStaged = `DELETE FROM signed_upload WHERE edition_id = ? AND kind = ?`
)

// Confirm keeps uploads as the signed letters of the invitations that somebody chose,
// by upload; those chosen for nobody (0) are dropped, and those that are not in chosen wait on: they
// came in after the choice. All of it or nothing. Errors: invalid with the UploadField of
// two uploads for one invitation or an invitation that the edition has not; forbidden.
func (r *Room) Confirm(ctx context.Context, editionID int64, kind LetterKind, chosen map[int64]int64) (int, error) {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return 0, err
	}
	kept := 0
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		kept = 0
		staged, err := uploads(ctx, tx, editionID, kind)
		if err != nil {
			return err
		}
		var p conference.Problems
		taken := map[int64]bool{}
		for _, u := range staged {
			to, shown := chosen[u.ID]
			if !shown {
				continue
			}
			if to == 0 {
				if err := dropUpload(ctx, tx, u.ID); err != nil {
					return err
				}
				continue
			}
			if taken[to] {
				p.Add(UploadField(u.ID), "invitation.letter.error.twice")
				continue
			}
			taken[to] = true
			i, err := ByID(ctx, tx, to)
			if err != nil && conference.KindOf(err) != conference.KindNotFound {
				return err
			}
			if err != nil || i.EditionID != editionID {
				p.Add(UploadField(u.ID), "invitation.letter.error.whose")
				continue
			}
			if err := db.Exec(ctx, tx, sqlMoveStaged, u.ID, to, conference.ActorOf(ctx).Label, db.At(tx.Now())); err != nil {
				return fmt.Errorf("keep signed letter: %w", err)
			}
			if err := dropUpload(ctx, tx, u.ID); err != nil {
				return err
			}
			if err := note(ctx, tx, "letter.set_signed", i, map[string]any{"kind": kind, "sha256": u.SHA256, "pages": u.Pages, "bulk": true}); err != nil {
				return err
			}
			kept++
		}
		return p.Err()
	})
	if err != nil {
		return 0, err
	}
	return kept, nil
}

func dropUpload(ctx context.Context, tx *db.Tx, id int64) error {
	if err := db.Exec(ctx, tx, sqlDropUpload, id); err != nil {
		return fmt.Errorf("drop upload: %w", err)
	}
	return nil
}

// Discard drops the uploads that wait to be confirmed. Errors: forbidden.
func (r *Room) Discard(ctx context.Context, editionID int64, kind LetterKind) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Exec(ctx, tx, sqlDropStaged, editionID, kind); err != nil {
			return fmt.Errorf("drop uploads: %w", err)
		}
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "letter.discard", SubjectKind: "edition", SubjectID: editionID, Detail: map[string]any{"kind": kind}})
	})
}

// kindsOf lists what kinds of letter are signed.
func kindsOf(signed []Signed) []LetterKind {
	var out []LetterKind
	for _, k := range LetterKinds() {
		if slices.ContainsFunc(signed, func(s Signed) bool { return s.Kind == k }) {
			out = append(out, k)
		}
	}
	return out
}
