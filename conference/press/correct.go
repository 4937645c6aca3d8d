package press

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/db"
)

const sqlCorrect = `UPDATE press_application SET outlet = ?2, outlet_kind = ?3, full_name = ?4, gender = ?5, role = ?6, card_number = ?7, phone = ?8,
    email = ?9, needs = ?10, folded = ?11, changed_at = ?12 WHERE id = ?1`

// Correct replaces the data of an application while it waits: a name mistyped, an
// address that answers "no such user". Language, notice and letter stay the applicant's.
// Errors: invalid with the fields of Draft; conflict once it was decided; not_found, forbidden.
func (r *Room) Correct(ctx context.Context, id int64, d Draft) (Application, error) {
	return r.write(ctx, id, func(ctx context.Context, tx *db.Tx, a Application) error {
		if a.State != Waiting {
			return decided(a)
		}
		var p conference.Problems
		d.checkData(&p)
		if d.CardNumber == "" && !a.HasLetter {
			p.Add("card_number", "press.error.proof_needed")
		}
		if err := p.Err(); err != nil {
			return err
		}
		changed := differences(a.Draft, d)
		if len(changed) == 0 {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlCorrect, a.ID, d.Outlet, d.OutletKind, d.FullName, d.Gender, d.Role, d.CardNumber, d.Phone, d.Email, d.Needs,
			folded(d), db.At(tx.Now())); err != nil {
			return fmt.Errorf("correct press application: %w", err)
		}
		return note(ctx, tx, "press.correct", a, map[string]any{"changed": changed})
	})
}

// differences names the fields that a correction changes. Their values are personal
// and stay out of the record.
func differences(a, b Draft) []string {
	var out []string
	for _, f := range []struct {
		name    string
		differs bool
	}{
		{"outlet", a.Outlet != b.Outlet}, {"outlet_kind", a.OutletKind != b.OutletKind}, {"full_name", a.FullName != b.FullName},
		{"gender", a.Gender != b.Gender}, {"role", a.Role != b.Role}, {"card_number", a.CardNumber != b.CardNumber},
		{"phone", a.Phone != b.Phone}, {"email", a.Email != b.Email}, {"needs", a.Needs != b.Needs},
	} {
		if f.differs {
			out = append(out, f.name)
		}
	}
	return out
}
