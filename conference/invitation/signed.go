package invitation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/document"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// MaxSigned is the largest signed scan, in bytes.
const MaxSigned = 20 << 20

const maxFileName = 150 // characters

// Signed is the signed scan of one organisation's letter, without its bytes.
type Signed struct {
	InvitationID int64
	Kind         LetterKind
	Name         string
	Size         int64
	SHA256       string
	Pages        int
	UploadedBy   string
	UploadedAt   db.Time
}

func (s *Signed) fields() []any {
	return []any{&s.InvitationID, &s.Kind, &s.Name, &s.Size, &s.SHA256, &s.Pages, &s.UploadedBy, &s.UploadedAt}
}

const signedColumns = `s.invitation_id, s.kind, s.name, s.size, s.sha256, s.pages, s.uploaded_by, s.uploaded_at`

const sqlSignedOfEdition = `SELECT ` + signedColumns + ` FROM signed_letter s JOIN invitation i ON i.id = s.invitation_id WHERE i.edition_id = ?`

// SignedOf gives the signed letters of an edition, by invitation.
func SignedOf(ctx context.Context, q db.Reader, editionID int64) (map[int64][]Signed, error) {
	all, err := db.Many(ctx, q, sqlSignedOfEdition, (*Signed).fields, editionID)
	if err != nil {
		return nil, fmt.Errorf("list signed letters: %w", err)
	}
	out := map[int64][]Signed{}
	for _, s := range all {
		out[s.InvitationID] = append(out[s.InvitationID], s)
	}
	return out, nil
}

const sqlSignedFor = `SELECT ` + signedColumns + ` FROM signed_letter s WHERE s.invitation_id = ? ORDER BY s.kind DESC`

// SignedFor gives the signed letters of one invitation, the giấy mời first.
func SignedFor(ctx context.Context, q db.Reader, invitationID int64) ([]Signed, error) {
	all, err := db.Many(ctx, q, sqlSignedFor, (*Signed).fields, invitationID)
	if err != nil {
		return nil, fmt.Errorf("read signed letters: %w", err)
	}
	return all, nil
}

const sqlSignedData = `SELECT data FROM signed_letter WHERE invitation_id = ? AND kind = ?`

// SignedFile gives the signed scan of a letter. Errors: not_found until there is one.
func SignedFile(ctx context.Context, q db.Reader, invitationID int64, kind LetterKind) ([]byte, error) {
	data, err := db.Value[[]byte](ctx, q, sqlSignedData, invitationID, kind)
	if err != nil {
		return nil, fmt.Errorf("read signed letter: %w", err)
	}
	return data, nil
}

// CheckSigned looks whether a file can be handed on as a signed letter and gives its
// pages. Errors: invalid with the field signed.
func CheckSigned(data []byte) (pages int, err error) {
	var p conference.Problems
	if len(data) == 0 || len(data) > MaxSigned {
		p.Add("signed", "invitation.letter.error.signed_size", "max", MaxSigned>>20)
		return 0, p.Err()
	}
	pages, err = document.CheckPDF(data)
	switch {
	case errors.Is(err, document.ErrPDFEncrypted):
		p.Add("signed", "invitation.letter.error.signed_encrypted")
	case errors.Is(err, document.ErrPDFActive):
		p.Add("signed", "invitation.letter.error.signed_active")
	case err != nil:
		p.Add("signed", "invitation.letter.error.signed_kind")
	}
	return pages, p.Err()
}

// fileName keeps of a file's name what people recognise it by.
func fileName(name string) string {
	name = vietnamese.Normalise(name[strings.LastIndexAny(name, `/\`)+1:])
	if r := []rune(name); len(r) > maxFileName {
		name = string(r[len(r)-maxFileName:]) // its end says what kind of file it is
	}
	if name == "" {
		return "van-ban.pdf"
	}
	return name
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

const sqlSetSigned = `INSERT INTO signed_letter (invitation_id, kind, name, size, sha256, pages, uploaded_by, uploaded_at, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (invitation_id, kind) DO UPDATE SET name = ?3, size = ?4, sha256 = ?5, pages = ?6, uploaded_by = ?7, uploaded_at = ?8, data = ?9`

// SetSigned keeps the signed scan of one organisation's letter; it takes the place of
// an older one. From then on it is what mails carry and the focal point downloads. Errors: invalid
// as CheckSigned, not_found, forbidden.
func (r *Room) SetSigned(ctx context.Context, invitationID int64, kind LetterKind, name string, data []byte) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	if !kind.Known() {
		return conference.NotFound()
	}
	pages, err := CheckSigned(data)
	if err != nil {
		return err
	}
	sum := digest(data)
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, invitationID)
		if err != nil {
			return err
		}
		if err := db.Exec(ctx, tx, sqlSetSigned, invitationID, kind, fileName(name), len(data), sum, pages, conference.ActorOf(ctx).Label, db.At(tx.Now()), data); err != nil {
			return fmt.Errorf("keep signed letter: %w", err)
		}
		return note(ctx, tx, "letter.set_signed", i, map[string]any{"kind": kind, "sha256": sum, "pages": pages})
	})
}

const sqlDropSigned = `DELETE FROM signed_letter WHERE invitation_id = ? AND kind = ?`

// DropSigned takes a signed scan away that was uploaded by mistake. Errors: not_found, forbidden.
func (r *Room) DropSigned(ctx context.Context, invitationID int64, kind LetterKind) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, invitationID)
		if err != nil {
			return err
		}
		n, err := db.Change(ctx, tx, sqlDropSigned, invitationID, kind)
		if err != nil {
			return fmt.Errorf("drop signed letter: %w", err)
		}
		if n == 0 {
			return conference.NotFound()
		}
		return note(ctx, tx, "letter.drop_signed", i, map[string]any{"kind": kind})
	})
}

// Upload is a scan of a bulk upload that waits for somebody to confirm whose it is.
type Upload struct {
	ID         int64
	Name       string
	Size       int64
	Pages      int
	SHA256     string
	Candidates []int64 // the invitations that the file's name matches: one when it is clear
}

const (
	sqlStageSigned  = `INSERT INTO signed_upload (edition_id, kind, name, size, sha256, pages, uploaded_by, uploaded_at, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	sqlForgetStaged = `DELETE FROM signed_upload WHERE uploaded_at < ?`
)

// stagedFor is how long an unconfirmed scan is kept, in milliseconds: one day.
const stagedFor = 24 * 60 * 60 * 1000

// Stage keeps one file of a bulk upload until it is confirmed. The same file under the
// same name is kept once, under several names once for each; another file under a name that is taken
// gets a number, so that none is lost. Errors: invalid as CheckSigned, forbidden.
func (r *Room) Stage(ctx context.Context, editionID int64, kind LetterKind, name string, data []byte) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	if !kind.Known() {
		return conference.NotFound()
	}
	pages, err := CheckSigned(data)
	if err != nil {
		return err
	}
	sum := digest(data)
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Exec(ctx, tx, sqlForgetStaged, tx.Now().UnixMilli()-stagedFor); err != nil {
			return fmt.Errorf("forget old uploads: %w", err)
		}
		free, there, err := freeName(ctx, tx, editionID, kind, fileName(name), sum)
		if err != nil || there {
			return err
		}
		if err := db.Exec(ctx, tx, sqlStageSigned, editionID, kind, free, len(data), sum, pages, conference.ActorOf(ctx).Label, db.At(tx.Now()), data); err != nil {
			return fmt.Errorf("keep upload: %w", err)
		}
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "letter.upload", SubjectKind: "edition", SubjectID: editionID, Detail: map[string]any{"kind": kind, "sha256": sum}})
	})
}

const sqlStagedAs = `SELECT sha256 FROM signed_upload WHERE edition_id = ? AND kind = ? AND name = ?`

// freeName gives a name that no waiting scan has: "a.pdf", else "a (2).pdf". There is
// true when the same file waits under one of them already.
func freeName(ctx context.Context, q db.Reader, editionID int64, kind LetterKind, name, sum string) (free string, there bool, err error) {
	ext := path.Ext(name)
	free = name
	for n := 2; ; n++ {
		other, err := db.Value[string](ctx, q, sqlStagedAs, editionID, kind, free)
		switch {
		case conference.KindOf(err) == conference.KindNotFound:
			return free, false, nil
		case err != nil:
			return "", false, fmt.Errorf("look for upload: %w", err)
		case other == sum:
			return free, true, nil
		}
		free = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
	}
}
