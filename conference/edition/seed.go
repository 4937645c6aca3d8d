package edition

import (
	"bytes"
	"context"
	"embed"
	"encoding/csv"
	"fmt"

	"hoinghi/conference/audit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

//go:embed data/*.csv
var reference embed.FS

// readTable gives the rows of a reference table without its heading.
func readTable(name string) ([][]string, error) {
	raw, err := reference.ReadFile("data/" + name)
	if err != nil {
		return nil, fmt.Errorf("reference table: %w", err)
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reference table %s: %w", name, err)
	}
	return rows[1:], nil
}

// seedRow is one statement of the seed with its values.
type seedRow struct {
	query string
	args  []any
}

// Seed writes the reference provinces, their versions and what became of them. A
// second run changes nothing; a run with newer reference data adds and ends versions.
func (r *Room) Seed(ctx context.Context) error {
	rows, err := seedRows()
	if err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var changed int64
		for _, row := range rows {
			n, err := db.Change(ctx, tx, row.query, row.args...)
			if err != nil {
				return fmt.Errorf("seed %v: %w", row.args[0], err)
			}
			changed += n
		}
		if changed == 0 {
			return nil
		}
		return audit.Note(ctx, tx, audit.Change{Action: "edition.seed", SubjectKind: "province", Detail: map[string]any{"rows": changed}})
	})
}

const sqlSeedProvince = `INSERT INTO province (slug, abbr) VALUES (?, ?) ON CONFLICT (slug) DO NOTHING`

const sqlSeedVersion = `INSERT INTO province_version
	(province_id, code_system, gso_code, name_vi, name_en, kind, cluster, valid_from, valid_to, legal_basis, sort_key)
SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULLIF(?9, ''), ?10, ?11 FROM province WHERE slug = ?1
ON CONFLICT (province_id, valid_from) DO UPDATE SET
	code_system = excluded.code_system, gso_code = excluded.gso_code, name_vi = excluded.name_vi, name_en = excluded.name_en,
	kind = excluded.kind, cluster = excluded.cluster, valid_to = excluded.valid_to, legal_basis = excluded.legal_basis,
	sort_key = excluded.sort_key
WHERE (code_system, gso_code, name_vi, name_en, kind, cluster, valid_to, legal_basis, sort_key) IS NOT
	(excluded.code_system, excluded.gso_code, excluded.name_vi, excluded.name_en, excluded.kind, excluded.cluster,
	 excluded.valid_to, excluded.legal_basis, excluded.sort_key)`

const sqlSeedLineage = `INSERT INTO province_lineage (old_id, new_id, on_day)
SELECT o.id, n.id, ?3 FROM province o JOIN province n WHERE o.slug = ?1 AND n.slug = ?2
ON CONFLICT DO NOTHING`

func seedRows() ([]seedRow, error) {
	var out []seedRow
	for _, table := range []struct {
		file, query string
		nameColumn  int // whose sort key is the last value; -1 for none
	}{{"provinces.csv", sqlSeedProvince, -1}, {"versions.csv", sqlSeedVersion, 3}, {"lineage.csv", sqlSeedLineage, -1}} {
		rows, err := readTable(table.file)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			args := make([]any, 0, len(row)+1)
			for _, value := range row {
				args = append(args, value)
			}
			if table.nameColumn >= 0 {
				args = append(args, vietnamese.TextKey(row[table.nameColumn]))
			}
			out = append(out, seedRow{table.query, args})
		}
	}
	return out, nil
}
