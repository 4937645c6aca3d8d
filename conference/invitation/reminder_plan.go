package invitation

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// RemindSteps is the number of reminders that a plan holds at most.
const RemindSteps = 2

// The most days before the deadline that a reminder may be planned.
const maxRemindDays = 60

// RemindPlan is the reminders that the program sends by itself once an organiser has
// confirmed them: at the same hour of Vietnam's day, some days before each invitation's
// own deadline.
type RemindPlan struct {
	EditionID int64
	Days      [RemindSteps]int // before the deadline; the second is 0 for one reminder only
	Minute    int              // of the day
	Text
	ConfirmedBy string
	ConfirmedAt db.Time // zero: nobody has confirmed it, nothing is sent
	WithdrawnAt db.Time // zero: it holds
}

// Active reports whether the program sends by this plan.
func (p RemindPlan) Active() bool { return !p.ConfirmedAt.IsZero() && p.WithdrawnAt.IsZero() }

// Clock gives the plan's time of day as forms hold it: "08:00".
func (p RemindPlan) Clock() string { return fmt.Sprintf("%02d:%02d", p.Minute/60, p.Minute%60) }

// Due gives the moment of a step (1 or 2) for an invitation; ok is false for a step that
// the plan does not have.
func (p RemindPlan) Due(i Invitation, step int) (due time.Time, ok bool) {
	days := p.Days[step-1]
	if days == 0 {
		return time.Time{}, false
	}
	d := i.Deadline().In(vietnamese.Zone())
	return time.Date(d.Year(), d.Month(), d.Day()-days, 0, p.Minute, 0, 0, d.Location()), true
}

// holds reports whether a moment belongs to the plan: what fell due before somebody
// confirmed it, or before the organisation was invited, was never meant.
func (p RemindPlan) holds(i Invitation, due time.Time) bool {
	return !due.Before(p.ConfirmedAt.Time) && !due.Before(i.invitedAt())
}

const sqlRemindPlan = `SELECT edition_id, days_1, days_2, at_minute, subject, body, confirmed_by, confirmed_at, withdrawn_at FROM reminder_plan`

func (p *RemindPlan) fields() []any {
	return []any{&p.EditionID, &p.Days[0], &p.Days[1], &p.Minute, &p.Subject, &p.Body, &p.ConfirmedBy, &p.ConfirmedAt, &p.WithdrawnAt}
}

const sqlRemindPlanOf = sqlRemindPlan + ` WHERE edition_id = ?`

// RemindPlan gives an edition's plan; until somebody confirmed one, what is proposed: three
// days and one day before the deadline, at eight in the morning, with the edition's reminder.
func (r *Room) RemindPlan(ctx context.Context, q db.Reader, editionID int64) (RemindPlan, error) {
	p, err := db.One(ctx, q, sqlRemindPlanOf, (*RemindPlan).fields, editionID)
	if conference.KindOf(err) == conference.KindNotFound {
		p = RemindPlan{EditionID: editionID, Days: [RemindSteps]int{3, 1}, Minute: 8 * 60}
		p.Text, err = r.ReminderText(ctx, q, editionID)
	}
	if err != nil {
		return RemindPlan{}, fmt.Errorf("read plan of reminders: %w", err)
	}
	return p, nil
}

// RemindDraft is a plan as a form holds it. Its form fields are days_1, days_2 ("" for
// one reminder only), at ("08:00"), subject and body.
type RemindDraft struct {
	Days1, Days2, At string
	Text
}

func (d RemindDraft) plan() (RemindPlan, error) {
	p := RemindPlan{Text: d.normal()}
	var problems conference.Problems
	days := func(field, typed string, least int) int {
		n, err := strconv.Atoi(typed)
		if err != nil || n < least || n > maxRemindDays {
			problems.Add(field, "reminder.error.days", "max", maxRemindDays)
			return 0
		}
		return n
	}
	p.Days[0] = days("days_1", d.Days1, 1)
	if d.Days2 != "" {
		p.Days[1] = days("days_2", d.Days2, 1)
	}
	if p.Days[0] > 0 && p.Days[1] >= p.Days[0] {
		problems.Add("days_2", "reminder.error.order")
	}
	at, err := time.Parse("15:04", d.At)
	if err != nil {
		problems.Add("at", "reminder.error.at")
	}
	p.Minute = at.Hour()*60 + at.Minute()
	checkTextInto(&problems, p.Text, ReminderFields())
	return p, problems.Err()
}

// CheckRemindDraft refuses a plan that cannot be confirmed. Errors: invalid with the
// fields of RemindDraft.
func CheckRemindDraft(d RemindDraft) (RemindPlan, error) { return d.plan() }

const sqlConfirmPlan = `INSERT INTO reminder_plan (edition_id, days_1, days_2, at_minute, subject, body, confirmed_by, confirmed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (edition_id) DO UPDATE SET days_1 = ?2, days_2 = ?3, at_minute = ?4, subject = ?5, body = ?6, confirmed_by = ?7, confirmed_at = ?8, withdrawn_at = NULL`

// ConfirmReminders freezes the plan and lets the program send by it from now on; a plan
// confirmed before is replaced. Moments that have passed already are left out, and a step
// that an organisation has had does not come again. Errors: invalid with the fields of
// RemindDraft, not_found, forbidden.
func (r *Room) ConfirmReminders(ctx context.Context, editionID int64, d RemindDraft) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	p, err := d.plan()
	if err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		if err := db.Exec(ctx, tx, sqlConfirmPlan, editionID, p.Days[0], p.Days[1], p.Minute, p.Subject, p.Body, conference.ActorOf(ctx).Label, db.At(tx.Now())); err != nil {
			return fmt.Errorf("keep plan of reminders: %w", err)
		}
		tx.Publish(Topic(editionID))
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.confirm_reminders", SubjectKind: "edition", SubjectID: editionID,
			Detail: map[string]any{"days": p.Days, "at": p.Clock()}})
	})
}

const sqlWithdrawPlan = `UPDATE reminder_plan SET withdrawn_at = ?2 WHERE edition_id = ?1 AND withdrawn_at IS NULL`

// WithdrawReminders takes the confirmed plan back: nothing more is sent by it. What was
// queued stays queued. Errors: forbidden.
func (r *Room) WithdrawReminders(ctx context.Context, editionID int64) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := db.Change(ctx, tx, sqlWithdrawPlan, editionID, db.At(tx.Now()))
		if err != nil {
			return fmt.Errorf("take plan of reminders back: %w", err)
		}
		if n == 0 {
			return nil
		}
		tx.Publish(Topic(editionID))
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.withdraw_reminders", SubjectKind: "edition", SubjectID: editionID})
	})
}
