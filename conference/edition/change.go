package edition

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

const sqlChangeEdition = `UPDATE edition SET
	slug = ?2, ordinal = ?3, title_vi = ?4, title_en = ?5, short_vi = ?6, short_en = ?7, prefix = ?8, theme_vi = ?9, theme_en = ?10,
	starts_on = ?11, ends_on = ?12, venue_vi = ?13, venue_en = ?14, address_vi = ?15, address_en = ?16, organiser_vi = ?17,
	organiser_en = ?18, host_vi = ?19, host_en = ?20, contact_name = ?21, contact_phone = ?22, contact_email = ?23,
	register_by = ?24, is_public = ?25, is_sample = ?26, reported_vi = ?27, changed_at = ?28,
	is_front = is_front AND ?25
WHERE id = ?1`

// Change replaces an edition's settings; its provinces and groups stay as they were
// set up. An empty slug or prefix keeps the present one. An edition that is no longer
// public is no longer the front page's either. Errors: not found; invalid with fields.
func (r *Room) Change(ctx context.Context, id int64, d Draft) error {
	if err := conference.MayOrganiseIn(ctx, id); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		after := d.Settings
		if after.Slug == "" {
			after.Slug = before.Slug
		}
		if after.Prefix == "" {
			after.Prefix = before.Prefix
		}
		var p conference.Problems
		after.check(&p, "", tx.Now())
		if err := p.Err(); err != nil {
			return err
		}
		if after == before.Settings {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlChangeEdition, append(append([]any{id}, after.values()...), db.At(tx.Now()))...); err != nil {
			return slugTaken(fmt.Errorf("change edition: %w", err))
		}
		publish(tx, id)
		return audit.Note(ctx, tx, audit.Change{Edition: id, Action: "edition.change", SubjectKind: "edition", SubjectID: id,
			Detail: difference(before.Settings, after)})
	})
}

// difference gives what changed, as column → before and after; of the contact
// person's data only that it changed.
func difference(before, after Settings) map[string]any {
	out := map[string]any{}
	note := func(name string, a, b any) {
		if a != b {
			out[name] = [2]any{a, b}
		}
	}
	was, is := before.texts(), after.texts()
	for i := range was {
		if was[i].name != "contact_name" {
			note(was[i].name, *was[i].value, *is[i].value)
		}
	}
	note("slug", before.Slug, after.Slug)
	note("ordinal", before.Ordinal, after.Ordinal)
	note("prefix", before.Prefix, after.Prefix)
	note("starts_on", before.StartsOn, after.StartsOn)
	note("ends_on", before.EndsOn, after.EndsOn)
	note("register_by", before.RegisterBy, after.RegisterBy)
	note("is_public", before.IsPublic, after.IsPublic)
	note("is_sample", before.IsSample, after.IsSample)
	contact := func(s Settings) [3]string { return [3]string{s.ContactName, s.ContactPhone, s.ContactEmail} }
	if contact(before) != contact(after) {
		out["contact"] = "changed"
	}
	return out
}

const sqlLeaveFront = `UPDATE edition SET is_front = 0, changed_at = ?2 WHERE is_front = 1 AND id <> ?1`

// SetFront makes a public edition the one of the front page. Errors: not found;
// conflict when it is not public.
func (r *Room) SetFront(ctx context.Context, id int64) error {
	if err := conference.MayOrganiseEverywhere(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !e.IsPublic {
			return conference.Fail(conference.KindConflict, "edition.error.front_not_public")
		}
		if e.IsFront {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlLeaveFront, id, db.At(tx.Now())); err != nil {
			return fmt.Errorf("leave front page: %w", err)
		}
		if err := takeFront(ctx, tx, id); err != nil {
			return err
		}
		publish(tx, id)
		return audit.Note(ctx, tx, audit.Change{Edition: id, Action: "edition.set_front", SubjectKind: "edition", SubjectID: id})
	})
}

const sqlTakeFront = `UPDATE edition SET is_front = 1, changed_at = ?2 WHERE id = ?1`

func takeFront(ctx context.Context, tx *db.Tx, id int64) error {
	if err := db.Exec(ctx, tx, sqlTakeFront, id, db.At(tx.Now())); err != nil {
		return fmt.Errorf("take front page: %w", err)
	}
	return nil
}
