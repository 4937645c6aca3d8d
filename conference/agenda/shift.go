package agenda

import (
	"context"
	"fmt"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// maxShift is the furthest that sessions are shifted at once, in minutes.
const maxShift = 600

const sqlShift = `UPDATE agenda_session SET starts_at = starts_at + ?4, ends_at = ends_at + ?4, sequence = sequence + 1, changed_at = ?5
WHERE edition_id = ?1 AND removed_at IS NULL AND starts_at >= ?2 AND starts_at < ?3`

// Shift moves a session and all that start at the same moment or later on its day,
// in every room, by some minutes: later when minutes is positive, earlier when it is
// negative. It gives how many moved. Errors: not found; forbidden; invalid with the
// field "minutes" when one would leave its day or newly meet what does not move, the
// latter unless allowOverlap is set.
func (r *Room) Shift(ctx context.Context, id int64, minutes int, allowOverlap bool) (int, error) {
	if err := conference.MayOrganise(ctx); err != nil {
		return 0, err
	}
	moved := 0
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		e, err := edition.ByID(ctx, tx, s.EditionID)
		if err != nil {
			return err
		}
		local := s.StartsAt.In(vietnamese.Zone())
		next := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, vietnamese.Zone())
		if err := mayShift(ctx, tx, e, s, next, minutes); err != nil {
			return err
		}
		return act(ctx, tx, s.EditionID, ofShift, allowOverlap, func() (audit.Change, error) {
			n, err := db.Change(ctx, tx, sqlShift, s.EditionID, s.StartsAt, db.At(next), (time.Duration(minutes) * time.Minute).Milliseconds(), db.At(tx.Now()))
			if err != nil {
				return audit.Change{}, fmt.Errorf("shift sessions: %w", err)
			}
			moved = int(n)
			return audit.Change{Action: "agenda.shift", SubjectKind: "agenda_session", SubjectID: id,
				Detail: map[string]any{"minutes": minutes, "sessions": n, "title_vi": s.TitleVi, "starts_at": s.StartsAt}}, nil
		})
	})
	return moved, err
}

func mayShift(ctx context.Context, tx *db.Tx, e edition.Edition, from Session, next time.Time, minutes int) error {
	var p conference.Problems
	if minutes == 0 || minutes < -maxShift || minutes > maxShift {
		p.Add("minutes", "agenda.error.shift", "max", maxShift)
		return p.Err()
	}
	all, err := Visible(ctx, tx, e.ID, Internal)
	if err != nil {
		return err
	}
	by := time.Duration(minutes) * time.Minute
	for _, s := range all {
		if s.StartsAt.Before(from.StartsAt.Time) || !s.StartsAt.Before(next) {
			continue
		}
		start := s.StartsAt.Add(by)
		if start.Before(next.AddDate(0, 0, -1)) || !start.Before(next) || s.EndsAt.Add(by).After(e.End()) {
			p.Add("minutes", "agenda.error.shift_day", "title", s.names())
			return p.Err()
		}
	}
	return nil
}
