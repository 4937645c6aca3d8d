package invitation

import (
	"context"
	"fmt"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// maxReason is the longest reason for declining, in characters.
const maxReason = 500

const (
	sqlIsOpened = `SELECT opened_at IS NOT NULL FROM invitation WHERE id = ?`
	sqlOpened   = `UPDATE invitation SET opened_at = ?2 WHERE id = ?1 AND opened_at IS NULL`
)

// NoteOpened keeps the moment when the link was opened first. It says little:
// programs that read mail open links too. So a GET may call it, and nothing else.
func (r *Room) NoteOpened(ctx context.Context, id int64) error {
	opened, err := db.Value[bool](ctx, r.db, sqlIsOpened, id)
	if err != nil {
		return fmt.Errorf("read opening: %w", err)
	}
	if opened {
		return nil
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		n, err := db.Change(ctx, tx, sqlOpened, id, db.At(tx.Now()))
		if err != nil {
			return fmt.Errorf("note opening: %w", err)
		}
		if n == 0 {
			return nil
		}
		return note(ctx, tx, "invitation.open", i, nil)
	})
}

const sqlAnswer = `UPDATE invitation SET answer = ?2, answered_at = ?3, decline_reason = ?4, changed_at = ?3 WHERE id = ?1`

func answer(ctx context.Context, tx *db.Tx, i Invitation, a Answer, reason string) error {
	if i.Answer == a && i.DeclineReason == reason {
		return nil
	}
	if err := db.Exec(ctx, tx, sqlAnswer, i.ID, a, db.At(tx.Now()), reason); err != nil {
		return fmt.Errorf("keep answer: %w", err)
	}
	// A reminder that still waits would reproach somebody who has just answered.
	if err := outbox.StopWaiting(ctx, tx, KindRemind, i.ID); err != nil {
		return fmt.Errorf("stop reminders: %w", err)
	}
	return note(ctx, tx, "invitation.answer", i, map[string]any{"before": i.Answer, "after": a, "reason_changed": reason != i.DeclineReason})
}

// Accept says that the organisation comes; also after it had declined, until its
// deadline. What it proposed in its place is withdrawn. Errors: conflict after the deadline, and when
// another one was invited in its place with its seats; not_found, forbidden.
func (r *Room) Accept(ctx context.Context, id int64) error {
	if err := Answerable(ctx, id); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if i.Answer == Accepted {
			return nil
		}
		if err := InTime(ctx, tx, i); err != nil {
			return err
		}
		if err := replaced(ctx, tx, i); err != nil {
			return err
		}
		if _, err := propose(ctx, tx, i, Proposal{}); err != nil {
			return err
		}
		return answer(ctx, tx, i, Accepted, "")
	})
}

// InTime refuses what may be done until the deadline only, as a conflict. Organisers
// may do it later too: they know of what was agreed by telephone.
func InTime(ctx context.Context, tx *db.Tx, i Invitation) error {
	if a := conference.ActorOf(ctx); a.Kind == conference.ActorStaff && a.In(i.EditionID).Has(conference.RoleOrganiser) {
		return nil
	}
	if i.Open(tx.Now()) {
		return nil
	}
	at := i.Deadline().In(vietnamese.Zone())
	return conference.Fail(conference.KindConflict, "invitation.error.deadline_passed",
		"time", vietnamese.ClockTime(at), "date", vietnamese.ShortDate(at))
}

// Decline says that the organisation does not come, with a reason if it gives one
// (form field reason). Errors: as DeclineFor.
func (r *Room) Decline(ctx context.Context, id int64, reason string) error {
	return r.DeclineFor(ctx, id, reason, Proposal{})
}

// DeclineFor is Decline with the organisation that is proposed in its place, if any.
// Saying it again changes reason and proposal. Errors: invalid with the fields reason and
// of Proposal; conflict after the deadline, while delegates are on its list, and for another proposal when
// one was followed; not_found, forbidden.
func (r *Room) DeclineFor(ctx context.Context, id int64, reason string, s Proposal) error {
	if err := Answerable(ctx, id); err != nil {
		return err
	}
	reason = vietnamese.NormaliseText(reason)
	var p conference.Problems
	if utf8.RuneCountInString(reason) > maxReason {
		p.Add("reason", "invitation.error.reason_long", "max", maxReason)
	}
	s = s.check(&p)
	if err := p.Err(); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := InTime(ctx, tx, i); err != nil {
			return err
		}
		taken, err := Taken(ctx, tx, id)
		if err != nil {
			return err
		}
		listed := 0
		for _, n := range taken {
			listed += n
		}
		if listed > 0 {
			return conference.Fail(conference.KindConflict, "invitation.error.decline_listed", "count", listed)
		}
		changed, err := propose(ctx, tx, i, s)
		if err != nil {
			return err
		}
		if changed {
			if err := note(ctx, tx, "invitation.propose", i, map[string]any{"organisation": s.Organisation}); err != nil {
				return err
			}
		}
		return answer(ctx, tx, i, Declined, reason)
	})
}

// Use marks an invitation accepted by what its holder does, in the write that does
// it. Errors: conflict for one that was declined or whose deadline has passed.
func Use(ctx context.Context, tx *db.Tx, i Invitation) error {
	if i.Answer == Declined {
		return conference.Fail(conference.KindConflict, "invitation.error.declined")
	}
	if err := InTime(ctx, tx, i); err != nil {
		return err
	}
	return answer(ctx, tx, i, Accepted, "")
}
