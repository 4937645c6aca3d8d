package showcase

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// MaxPhotos is the most photos that a village may have.
const MaxPhotos = 12

// Photo is one photo of a village, without its bytes.
type Photo struct {
	ID        int64
	VillageID int64
	Width     int
	Height    int
	Digest    string // changes with the bytes
	Credit    string // who took it or owns it
	AltVi     string // what is to be seen, for those who do not see it
	AltEn     string
	AddedAt   db.Time
}

// Alt gives the description of what is to be seen.
func (p Photo) Alt(lang string) string { return pick(lang, p.AltVi, p.AltEn) }

// ThumbSize gives the size of the preview.
func (p Photo) ThumbSize() (width, height int) { return fit(p.Width, p.Height, thumbEdge) }

// Caption is what an organiser types about a photo. Its form fields are credit,
// alt_vi and alt_en; the file's is photo.
type Caption struct{ Credit, AltVi, AltEn string }

func (c *Caption) check(p *conference.Problems) {
	for _, f := range []struct {
		name     string
		value    *string
		required bool
	}{{"credit", &c.Credit, true}, {"alt_vi", &c.AltVi, true}, {"alt_en", &c.AltEn, false}} {
		*f.value = vietnamese.Normalise(*f.value)
		switch {
		case *f.value == "" && f.required:
			p.Add(f.name, "showcase.error.missing")
		case utf8.RuneCountInString(*f.value) > maxText:
			p.Add(f.name, "showcase.error.long", "max", maxText)
		}
	}
}

func (p *Photo) fields() []any {
	return []any{&p.ID, &p.VillageID, &p.Width, &p.Height, &p.Digest, &p.Credit, &p.AltVi, &p.AltEn, &p.AddedAt}
}

const photoColumns = `p.id, p.village_id, p.width, p.height, p.digest, p.credit, p.alt_vi, p.alt_en, p.added_at`

const sqlPhotos = `SELECT ` + photoColumns + ` FROM craft_village_photo p WHERE p.village_id = ? ORDER BY p.position`

// Photos gives the photos of a village in their order.
func Photos(ctx context.Context, q db.Reader, villageID int64) ([]Photo, error) {
	return db.Many(ctx, q, sqlPhotos, (*Photo).fields, villageID)
}

const sqlFirstPhotos = `SELECT ` + photoColumns + ` FROM craft_village_photo p
WHERE p.position = (SELECT MIN(o.position) FROM craft_village_photo o WHERE o.village_id = p.village_id)`

// FirstPhotos gives the first photo of every village that has one, by village.
func FirstPhotos(ctx context.Context, q db.Reader) (map[int64]Photo, error) {
	all, err := db.Many(ctx, q, sqlFirstPhotos, (*Photo).fields)
	if err != nil {
		return nil, fmt.Errorf("first photos: %w", err)
	}
	out := make(map[int64]Photo, len(all))
	for _, p := range all {
		out[p.VillageID] = p
	}
	return out, nil
}

const sqlPhoto = `SELECT ` + photoColumns + `, v.published FROM craft_village_photo p JOIN craft_village v ON v.id = p.village_id WHERE p.id = ?`

// PhotoByID gives a photo and whether its village is published, or conference.NotFound.
func PhotoByID(ctx context.Context, q db.Reader, id int64) (photo Photo, published bool, err error) {
	photo, err = db.One(ctx, q, sqlPhoto, func(p *Photo) []any { return append(p.fields(), &published) }, id)
	return photo, published, err
}

const sqlPhotoBytes = `SELECT CASE WHEN ?2 THEN thumb ELSE jpeg END FROM craft_village_photo WHERE id = ?1`

// PhotoJPEG gives the bytes of a photo, or of its preview; conference.NotFound
// without such a photo.
func PhotoJPEG(ctx context.Context, q db.Reader, id int64, thumb bool) ([]byte, error) {
	return db.Value[[]byte](ctx, q, sqlPhotoBytes, id, thumb)
}

const sqlAddPhoto = `INSERT INTO craft_village_photo (village_id, position, width, height, jpeg, thumb, digest, credit, alt_vi, alt_en, added_at)
SELECT ?1, COALESCE(MAX(position), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM craft_village_photo WHERE village_id = ?1`

const sqlCountPhotos = `SELECT COUNT(*) FROM craft_village_photo WHERE village_id = ?`

// AddPhoto brings an uploaded file into the form in which it is shown (upright,
// at most 1600 pixels, without the place and the device that its maker recorded) and
// puts it behind the village's other photos. Errors: not found; invalid with the
// fields photo, credit, alt_vi, alt_en; conflict when there are MaxPhotos already; forbidden.
func (r *Room) AddPhoto(ctx context.Context, villageID int64, c Caption, file []byte) (Photo, error) {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return Photo{}, err
	}
	if _, err := ByID(ctx, r.db, villageID); err != nil {
		return Photo{}, err
	}
	var p conference.Problems
	c.check(&p)
	if len(file) == 0 {
		p.Add("photo", "showcase.error.no_file")
	}
	if err := p.Err(); err != nil {
		return Photo{}, err
	}
	pic, err := r.prepare(ctx, file)
	if err != nil {
		return Photo{}, err
	}
	sum := sha256.Sum256(pic.full)
	photo := Photo{VillageID: villageID, Width: pic.width, Height: pic.height, Digest: hex.EncodeToString(sum[:8]), Credit: c.Credit, AltVi: c.AltVi, AltEn: c.AltEn}
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if n, err := db.Value[int](ctx, tx, sqlCountPhotos, villageID); err != nil {
			return fmt.Errorf("count photos: %w", err)
		} else if n >= MaxPhotos {
			return conference.Fail(conference.KindConflict, "showcase.error.photos_full", "max", MaxPhotos)
		}
		photo.AddedAt = db.At(tx.Now())
		photo.ID, err = db.Insert(ctx, tx, sqlAddPhoto, villageID, photo.Width, photo.Height, pic.full, pic.thumb, photo.Digest,
			photo.Credit, photo.AltVi, photo.AltEn, photo.AddedAt)
		if err != nil {
			return fmt.Errorf("add photo: %w", err)
		}
		tx.Publish(Topic)
		return audit.Note(ctx, tx, audit.Change{Action: "showcase.add_photo", SubjectKind: "craft_village", SubjectID: villageID,
			Detail: map[string]any{"photo": photo.ID, "credit": c.Credit, "alt_vi": c.AltVi}})
	})
	if err != nil {
		return Photo{}, err
	}
	return photo, nil
}

const sqlRemovePhoto = `DELETE FROM craft_village_photo WHERE id = ?`

// RemovePhoto deletes a photo of a village for good. Errors: not found, also when
// the photo is another village's; forbidden.
func (r *Room) RemovePhoto(ctx context.Context, villageID, photoID int64) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, _, err := PhotoByID(ctx, tx, photoID)
		if err != nil {
			return err
		}
		if p.VillageID != villageID {
			return conference.NotFound()
		}
		if err := db.Exec(ctx, tx, sqlRemovePhoto, photoID); err != nil {
			return fmt.Errorf("remove photo: %w", err)
		}
		tx.Publish(Topic)
		return audit.Note(ctx, tx, audit.Change{Action: "showcase.remove_photo", SubjectKind: "craft_village", SubjectID: villageID,
			Detail: map[string]any{"photo": photoID, "credit": p.Credit, "alt_vi": p.AltVi}})
	})
}
