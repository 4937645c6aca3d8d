package showcase

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// The limits of what may be typed, in characters.
const (
	maxName = 120
	maxText = 300
	maxNote = 2000
)

// slugTries is how many villages of one name can have addresses of their own.
const slugTries = 50

// check brings the draft into the form in which it is stored and notes every problem.
func (d *Draft) check(p *conference.Problems) {
	for _, f := range []struct {
		name     string
		value    *string
		max      int
		required bool
	}{{"name", &d.Name, maxName, true}, {"craft", &d.Craft, maxName, true}, {"products", &d.Products, maxText, false},
		{"place_2022", &d.Place2022, maxText, false}, {"place_now", &d.PlaceNow, maxText, false},
		{"note_vi", &d.NoteVi, maxNote, false}, {"note_en", &d.NoteEn, maxNote, false}, {"to_check", &d.ToCheck, maxNote, false}} {
		*f.value = strings.TrimSpace(vietnamese.NormaliseText(*f.value))
		if !strings.HasPrefix(f.name, "note") && f.name != "to_check" {
			*f.value = vietnamese.Normalise(*f.value)
		}
		switch {
		case *f.value == "" && f.required:
			p.Add(f.name, "showcase.error.missing")
		case utf8.RuneCountInString(*f.value) > f.max:
			p.Add(f.name, "showcase.error.long", "max", f.max)
		}
	}
	if d.Name != "" && vietnamese.Fold(d.Name) == "" {
		p.Add("name", "showcase.error.missing") // no letter or digit: nobody could find it, and it could have no address
	}
	if !slices.Contains(Groups(), d.Group) {
		p.Add("craft_group", "showcase.error.group")
	}
	if d.Confidence != High {
		d.Confidence = Medium
	}
	d.Recognised = TitlesOf(strings.Fields(string(d.Recognised)))
	if d.RecognisedCertain && d.Recognised == "" {
		p.Add("recognised_certain", "showcase.error.certain")
	}
}

// folded gives the text in which the village is looked for.
func (d Draft) folded() string {
	return vietnamese.Fold(strings.Join([]string{d.Name, d.Craft, d.Products, d.Place2022, d.PlaceNow}, " "))
}

// provinceNow gives what the draft's province of 2022 belongs to today, and notes a
// province that was not of the cluster then.
func (d Draft) provinceNow(ctx context.Context, tx *db.Tx, p *conference.Problems) (int64, error) {
	then, err := Provinces(ctx, tx, Then)
	if err != nil {
		return 0, err
	}
	if !slices.ContainsFunc(then, func(o edition.Province) bool { return o.ProvinceID == d.ProvinceID }) {
		p.Add("province", "showcase.error.province")
		return 0, nil
	}
	now, err := Present(ctx, tx, d.ProvinceID)
	return now.ProvinceID, err
}

func (d Draft) detail() map[string]any {
	return map[string]any{"name": d.Name, "craft": d.Craft, "products": d.Products, "place_2022": d.Place2022, "place_now": d.PlaceNow,
		"recognised": d.Recognised, "recognised_certain": d.RecognisedCertain, "confidence": d.Confidence}
}

const sqlAdd = `INSERT INTO craft_village (slug, name, craft, craft_group, products, place_2022, place_now, province_then_id, province_now_id,
	recognised_as, recognised_certain, confidence, note_vi, note_en, to_check, folded, sort_key, edited, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`

// Add writes a new village that is not published yet. Errors: invalid with fields; forbidden.
func (r *Room) Add(ctx context.Context, d Draft) (Village, error) {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return Village{}, err
	}
	var v Village
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var p conference.Problems
		d.check(&p)
		now, err := d.provinceNow(ctx, tx, &p)
		if err != nil {
			return err
		}
		if err := p.Err(); err != nil {
			return err
		}
		slug, err := freeSlug(ctx, tx, d.Name)
		if err != nil {
			return err
		}
		id, err := db.Insert(ctx, tx, sqlAdd, slug, d.Name, d.Craft, d.Group, d.Products, d.Place2022, d.PlaceNow, d.ProvinceID, now,
			d.Recognised, d.RecognisedCertain, d.Confidence, d.NoteVi, d.NoteEn, d.ToCheck, d.folded(), vietnamese.TextKey(d.Name), db.At(tx.Now()))
		if err != nil {
			return fmt.Errorf("add village: %w", err)
		}
		tx.Publish(Topic)
		if err := audit.Note(ctx, tx, audit.Change{Action: "showcase.add", SubjectKind: "craft_village", SubjectID: id, Detail: d.detail()}); err != nil {
			return err
		}
		v, err = ByID(ctx, tx, id)
		return err
	})
	return v, err
}

const sqlSlugTaken = `SELECT COUNT(*) FROM craft_village WHERE slug = ?`

// freeSlug gives the address of a new village: its name, with a number when
// another village has that name.
func freeSlug(ctx context.Context, tx *db.Tx, name string) (string, error) {
	base := strings.ReplaceAll(vietnamese.Fold(name), " ", "-")
	for n := range slugTries {
		slug := base
		if n > 0 {
			slug = fmt.Sprintf("%s-%d", base, n+1)
		}
		taken, err := db.Value[int](ctx, tx, sqlSlugTaken, slug)
		if err != nil {
			return "", fmt.Errorf("look for a free address: %w", err)
		}
		if taken == 0 {
			return slug, nil
		}
	}
	var p conference.Problems
	p.Add("name", "showcase.error.name_taken")
	return "", p.Err()
}

const sqlChange = `UPDATE craft_village SET name = ?2, craft = ?3, craft_group = ?4, products = ?5, place_2022 = ?6, place_now = ?7,
	province_then_id = ?8, province_now_id = ?9, recognised_as = ?10, recognised_certain = ?11, confidence = ?12, note_vi = ?13, note_en = ?14,
	to_check = ?15, folded = ?16, sort_key = ?17, edited = 1, changed_at = ?18
WHERE id = ?1`

// Change replaces what a village says; its address stays. A change of nothing is
// none. Errors: not found; invalid with fields; forbidden.
func (r *Room) Change(ctx context.Context, id int64, d Draft) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		var p conference.Problems
		d.check(&p)
		now, err := d.provinceNow(ctx, tx, &p)
		if err != nil {
			return err
		}
		if err := p.Err(); err != nil {
			return err
		}
		if d == before.Draft {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlChange, id, d.Name, d.Craft, d.Group, d.Products, d.Place2022, d.PlaceNow, d.ProvinceID, now,
			d.Recognised, d.RecognisedCertain, d.Confidence, d.NoteVi, d.NoteEn, d.ToCheck, d.folded(), vietnamese.TextKey(d.Name), db.At(tx.Now())); err != nil {
			return fmt.Errorf("change village: %w", err)
		}
		tx.Publish(Topic)
		return audit.Note(ctx, tx, audit.Change{Action: "showcase.change", SubjectKind: "craft_village", SubjectID: id,
			Detail: map[string]any{"before": before.detail(), "after": d.detail()}})
	})
}

const sqlPublish = `UPDATE craft_village SET published = ?2, edited = 1, changed_at = ?3 WHERE id = ?1`

// Publish shows a village to everybody. Errors: not found; forbidden.
func (r *Room) Publish(ctx context.Context, id int64) error {
	return r.setPublished(ctx, id, true, "showcase.publish")
}

// Unpublish takes a village off the public site; everything about it is kept. Errors: not found; forbidden.
func (r *Room) Unpublish(ctx context.Context, id int64) error {
	return r.setPublished(ctx, id, false, "showcase.unpublish")
}

func (r *Room) setPublished(ctx context.Context, id int64, published bool, action string) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if v.Published == published {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlPublish, id, published, db.At(tx.Now())); err != nil {
			return fmt.Errorf("%s: %w", action, err)
		}
		tx.Publish(Topic)
		return audit.Note(ctx, tx, audit.Change{Action: action, SubjectKind: "craft_village", SubjectID: id, Detail: map[string]any{"name": v.Name}})
	})
}
