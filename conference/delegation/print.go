package delegation

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/badge"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// Printable says whose badges are printed; a zero field lets every one through.
type Printable struct {
	Query             string // as in Filter
	ProvinceVersionID int64
	GroupID           int64
	DelegateID        int64
}

const sqlBadgeHolders = sqlDelegates + `
WHERE d.edition_id = ?1 AND d.state = 'registered' AND (?2 = 0 OR i.province_version_id = ?2) AND (?3 = 0 OR d.delegate_group_id = ?3)
    AND (?4 = 0 OR d.id = ?4) AND EXISTS (SELECT 1 FROM badge b WHERE b.delegate_id = d.id AND b.revoked_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM json_each(?5) t WHERE instr(' ' || d.folded, ' ' || t.value) = 0)
ORDER BY d.sort_key, d.id`

// BadgeHolders gives the registered delegates with a valid badge among those that
// p names, in the Vietnamese order of their names.
func BadgeHolders(ctx context.Context, q db.Reader, editionID int64, p Printable) ([]Delegate, error) {
	readings := vietnamese.QueryKeys(p.Query)
	if len(readings) == 0 {
		if strings.TrimSpace(p.Query) != "" {
			return nil, nil // signs only: nobody is called that
		}
		readings = [][]string{{}}
	}
	for _, tokens := range readings {
		words, err := json.Marshal(tokens)
		if err != nil {
			return nil, fmt.Errorf("write query: %w", err)
		}
		found, err := db.Many(ctx, q, sqlBadgeHolders, (*Delegate).fields, editionID, p.ProvinceVersionID, p.GroupID, p.DelegateID, string(words))
		if err != nil {
			return nil, fmt.Errorf("list badge holders: %w", err)
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	return nil, nil
}

// CodesOf gives what the QR codes of delegates of one edition hold, in their
// order; whoever has no valid badge any more is left out.
func (r *Room) CodesOf(ctx context.Context, q db.Reader, editionID int64, delegates []Delegate) ([]Code, error) {
	all, err := badge.OfEdition(ctx, q, editionID)
	if err != nil {
		return nil, err
	}
	live := make(map[int64]badge.Badge, len(all))
	for _, b := range all {
		if b.Live() {
			live[b.DelegateID] = b
		}
	}
	out := make([]Code, 0, len(delegates))
	for _, d := range delegates {
		if b, ok := live[d.ID]; ok {
			out = append(out, Code{Delegate: d, Badge: b, Text: r.signer.Code(b, r.host)})
		}
	}
	return out, nil
}

// NotePrint records who had how many badges printed, and on what paper. A print of
// one person stands in that person's history, any other in the edition's. Errors: forbidden.
func (r *Room) NotePrint(ctx context.Context, editionID int64, layout string, printed []Code) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	change := audit.Change{Edition: editionID, Action: "badge.print", SubjectKind: "edition", SubjectID: editionID,
		Detail: map[string]any{"layout": layout, "badges": len(printed)}}
	if len(printed) == 1 {
		change.SubjectKind, change.SubjectID = "delegate", printed[0].Delegate.ID
		change.Detail["number"] = printed[0].Delegate.Number
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return audit.Note(ctx, tx, change) })
}
