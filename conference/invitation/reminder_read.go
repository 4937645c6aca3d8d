package invitation

import (
	"context"
	"fmt"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/db"
)

// Reminder is one reminder of one organisation: sent by hand or by a plan, or missed.
type Reminder struct {
	ID           int64
	InvitationID int64
	CampaignID   int64 // 0 for one that was missed
	MailID       int64 // 0 for one that was missed
	Step         int   // of the plan; 0: by hand
	Missed       string
	DueAt        db.Time         // when the plan wanted it; zero: by hand
	At           db.Time         // when it was queued, or found missed
	By           string          // who sent it, or confirmed the plan; "" for one that was missed
	Text                         // as frozen then
	Mail         outbox.Mail     // what became of it
	Bounces      []outbox.Bounce // what came back of it
}

// Automatic reports whether the program sent it by a confirmed plan.
func (r Reminder) Automatic() bool { return r.Step > 0 }

// MissedText says why a planned reminder was not sent.
func (r Reminder) MissedText() conference.Text { return MissedText(r.Missed) }

// MissedText says in words why a planned reminder was not sent.
func MissedText(reason string) conference.Text {
	switch reason {
	case "off", "overtaken":
		return conference.Say("reminder.missed." + reason)
	}
	return conference.Say("reminder.skip." + reason)
}

const (
	sqlReminders = `SELECT r.id, r.invitation_id, ifnull(r.campaign_id, 0), ifnull(r.mail_id, 0), ifnull(r.step, 0), r.reason, r.due_at, r.at,
    ifnull(c.created_by, ''), ifnull(c.subject, ''), ifnull(c.body, '')
FROM reminder r LEFT JOIN campaign c ON c.id = r.campaign_id`
	sqlRemindersOf = sqlReminders + ` WHERE r.invitation_id = ? ORDER BY r.at DESC, r.id DESC`
	sqlPlannedOf   = sqlReminders + ` JOIN invitation i ON i.id = r.invitation_id WHERE i.edition_id = ? AND r.step IS NOT NULL`
)

func (r *Reminder) fields() []any {
	return []any{&r.ID, &r.InvitationID, &r.CampaignID, &r.MailID, &r.Step, &r.Missed, &r.DueAt, &r.At, &r.By, &r.Subject, &r.Body}
}

// Reminders gives the history of an organisation's reminders with what became of their
// mails, the latest first.
func (r *Room) Reminders(ctx context.Context, q db.Reader, invitationID int64) ([]Reminder, error) {
	all, err := db.Many(ctx, q, sqlRemindersOf, (*Reminder).fields, invitationID)
	if err != nil {
		return nil, fmt.Errorf("read reminders: %w", err)
	}
	var mails []int64
	for n, rem := range all {
		if rem.MailID == 0 {
			continue
		}
		mails = append(mails, rem.MailID)
		if all[n].Mail, err = r.outbox.ByID(ctx, rem.MailID); err != nil {
			return nil, fmt.Errorf("read mail of reminder: %w", err)
		}
	}
	back, err := r.outbox.BouncesOf(ctx, mails...)
	if err != nil {
		return nil, fmt.Errorf("read bounces of reminders: %w", err)
	}
	for n, rem := range all {
		all[n].Bounces = back[rem.MailID]
	}
	return all, nil
}

// PlannedState says how a step of the plan stands for one invitation.
type PlannedState string

// The states of a planned reminder.
const (
	PlannedNone     PlannedState = ""         // the plan has no such step
	PlannedWaiting  PlannedState = "waiting"  // will be sent at its moment if the organisation is still silent
	PlannedBlocked  PlannedState = "blocked"  // its moment has come, but the mail cannot go yet
	PlannedQueued   PlannedState = "queued"   // was sent by the program
	PlannedMissed   PlannedState = "missed"   // could not be sent before the deadline
	PlannedPast     PlannedState = "past"     // its moment was over before the plan or the invitation
	PlannedAnswered PlannedState = "answered" // not needed any more
)

// PlannedStep is one step of the plan for one invitation.
type PlannedStep struct {
	State PlannedState
	Due   time.Time
	At    db.Time         // of one that was queued
	Why   conference.Text // of one that was missed or is blocked, and of one that waits what stands against it now
}

// PlannedRow is one invitation in the plan.
type PlannedRow struct {
	Invitation
	Steps [RemindSteps]PlannedStep
}

// Schedule gives for every invited organisation of an edition what the plan means for it
// as things are now. A plan that nobody has confirmed is taken as confirmed now.
func (r *Room) Schedule(ctx context.Context, q db.Reader, p RemindPlan) ([]PlannedRow, error) {
	now := r.db.Now()
	if !p.Active() {
		p.ConfirmedAt = db.At(now)
	}
	all, err := List(ctx, q, p.EditionID)
	if err != nil {
		return nil, err
	}
	mails, err := readPost(ctx, q, all)
	if err != nil {
		return nil, err
	}
	kept, err := db.Many(ctx, q, sqlPlannedOf, (*Reminder).fields, p.EditionID)
	if err != nil {
		return nil, fmt.Errorf("read planned reminders: %w", err)
	}
	done := make(map[stepKey]Reminder, len(kept))
	for _, k := range kept {
		done[stepKey{k.InvitationID, k.Step}] = k
	}
	var out []PlannedRow
	for _, i := range all {
		if i.invitedAt().IsZero() {
			continue
		}
		row := PlannedRow{Invitation: i}
		for n := range row.Steps {
			rem, found := done[stepKey{i.ID, n + 1}]
			row.Steps[n] = p.stand(i, n+1, rem, found, mails, now)
		}
		out = append(out, row)
	}
	return out, nil
}

func (p RemindPlan) stand(i Invitation, step int, rem Reminder, found bool, mails post, now time.Time) PlannedStep {
	due, ok := p.Due(i, step)
	switch s := (PlannedStep{Due: due}); {
	case found && rem.Missed == "":
		s.State, s.Due, s.At = PlannedQueued, rem.DueAt.Time, rem.At
		return s
	case !ok:
		return s
	case i.Answer != Unanswered:
		s.State = PlannedAnswered
		return s
	case due.After(now):
		s.State, s.Why = PlannedWaiting, mails.unreached(i)
		return s
	case found:
		s.State, s.Due, s.Why = PlannedMissed, rem.DueAt.Time, rem.MissedText()
		return s
	case !p.holds(i, due) || !i.Open(now):
		s.State = PlannedPast
		return s
	default:
		s.State, s.Why = PlannedBlocked, mails.unreached(i)
		return s
	}
}
