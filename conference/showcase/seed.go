package showcase

import (
	"bytes"
	"context"
	_ "embed" // the craft villages
	"encoding/csv"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

//go:embed data/villages.csv
var villages []byte

// seedRow is one row of the reference table.
type seedRow struct {
	slug, province string
	draft          Draft
}

func seedRows() ([]seedRow, error) {
	r := csv.NewReader(bytes.NewReader(villages))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("table of craft villages: %w", err)
	}
	var out []seedRow
	for _, c := range rows[1:] {
		out = append(out, seedRow{slug: c[0], province: c[7], draft: Draft{Name: c[1], Craft: c[2], Group: Group(c[3]), Products: c[4],
			Place2022: c[5], PlaceNow: c[6], Recognised: Titles(c[8]), RecognisedCertain: c[9] == "1", Confidence: Confidence(c[10]),
			NoteVi: c[11], NoteEn: c[12], ToCheck: c[13]}})
	}
	return out, nil
}

// Seed writes the craft villages of the southern cluster and publishes them. A
// second run changes nothing; a run with newer reference data adds villages and
// corrects those that no organiser has touched. edition.Room.Seed must have run.
func (r *Room) Seed(ctx context.Context) error {
	rows, err := seedRows()
	if err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		provinces, err := seedProvinces(ctx, tx)
		if err != nil {
			return err
		}
		var changed int64
		for _, row := range rows {
			n, err := row.write(ctx, tx, provinces)
			if err != nil {
				return fmt.Errorf("seed village %s: %w", row.slug, err)
			}
			changed += n
		}
		if changed == 0 {
			return nil
		}
		tx.Publish(Topic)
		return audit.Note(ctx, tx, audit.Change{Action: "showcase.seed", SubjectKind: "craft_village", Detail: map[string]any{"rows": changed}})
	})
}

type thenNow struct{ then, now int64 }

// seedProvinces gives the identities, former and present, by the slug of 2022.
func seedProvinces(ctx context.Context, tx *db.Tx) (map[string]thenNow, error) {
	then, err := Provinces(ctx, tx, Then)
	if err != nil {
		return nil, err
	}
	out := make(map[string]thenNow, len(then))
	for _, p := range then {
		now, err := Present(ctx, tx, p.ProvinceID)
		if err != nil {
			return nil, err
		}
		out[p.Slug] = thenNow{p.ProvinceID, now.ProvinceID}
	}
	return out, nil
}

const sqlSeed = `INSERT INTO craft_village (slug, name, craft, craft_group, products, place_2022, place_now, province_then_id, province_now_id,
	recognised_as, recognised_certain, confidence, note_vi, note_en, to_check, folded, sort_key, published, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)
ON CONFLICT (slug) DO UPDATE SET name = excluded.name, craft = excluded.craft, craft_group = excluded.craft_group, products = excluded.products,
	place_2022 = excluded.place_2022, place_now = excluded.place_now, province_then_id = excluded.province_then_id,
	province_now_id = excluded.province_now_id, recognised_as = excluded.recognised_as, recognised_certain = excluded.recognised_certain,
	confidence = excluded.confidence, note_vi = excluded.note_vi, note_en = excluded.note_en, to_check = excluded.to_check,
	folded = excluded.folded, sort_key = excluded.sort_key, changed_at = excluded.changed_at
WHERE craft_village.edited = 0 AND (craft_village.name, craft_village.craft, craft_village.craft_group, craft_village.products,
		craft_village.place_2022, craft_village.place_now, craft_village.province_then_id, craft_village.province_now_id, craft_village.recognised_as,
		craft_village.recognised_certain, craft_village.confidence, craft_village.note_vi, craft_village.note_en, craft_village.to_check,
		craft_village.folded, craft_village.sort_key)
	IS NOT (excluded.name, excluded.craft, excluded.craft_group, excluded.products, excluded.place_2022, excluded.place_now,
		excluded.province_then_id, excluded.province_now_id, excluded.recognised_as, excluded.recognised_certain, excluded.confidence,
		excluded.note_vi, excluded.note_en, excluded.to_check, excluded.folded, excluded.sort_key)`

func (s seedRow) write(ctx context.Context, tx *db.Tx, provinces map[string]thenNow) (int64, error) {
	province, ok := provinces[s.province]
	if !ok {
		return 0, fmt.Errorf("no province %q in the cluster", s.province)
	}
	d := s.draft
	var p conference.Problems
	d.check(&p)
	if err := p.Err(); err != nil {
		return 0, err
	}
	return db.Change(ctx, tx, sqlSeed, s.slug, d.Name, d.Craft, d.Group, d.Products, d.Place2022, d.PlaceNow, province.then, province.now,
		d.Recognised, d.RecognisedCertain, d.Confidence, d.NoteVi, d.NoteEn, d.ToCheck, d.folded(), vietnamese.TextKey(d.Name), db.At(tx.Now()))
}
