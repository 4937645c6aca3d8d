package invitation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// KindRemind is the outbox's name for the mail that reminds an organisation which is silent.
const KindRemind = "invitation.remind"

// remindPause is how soon after a reminder another one by hand is refused: nobody means
// to write to the same organisation twice within the hour.
const remindPause = time.Hour

// Silent reports whether the organisation was invited and has not answered.
func (i Invitation) Silent() bool { return i.Answer == Unanswered && !i.invitedAt().IsZero() }

// invitedAt gives when the invitation last left, by mail or by hand; of one that nobody
// noted down, when its link was first opened.
func (i Invitation) invitedAt() time.Time {
	switch {
	case i.HandedAt.After(i.QueuedAt.Time):
		return i.HandedAt.Time
	case i.QueuedAt.IsZero():
		return i.OpenedAt.Time
	}
	return i.QueuedAt.Time
}

// post is what is known of the mails of an edition's invitations.
type post struct {
	invites, reminders map[int64]outbox.Mail // the latest of each invitation
	returned           map[int64]bool        // one of them came back for good from the address in use
}

func readPost(ctx context.Context, q db.Reader, all []Invitation) (post, error) {
	ids := make([]int64, 0, len(all))
	for _, i := range all {
		ids = append(ids, i.ID)
	}
	var p post
	var err error
	if p.invites, err = outbox.StateOf(ctx, q, KindInvite, ids...); err != nil {
		return post{}, err
	}
	if p.reminders, err = outbox.StateOf(ctx, q, KindRemind, ids...); err != nil {
		return post{}, err
	}
	p.returned = map[int64]bool{}
	for kind, mails := range map[string]map[int64]outbox.Mail{KindInvite: p.invites, KindRemind: p.reminders} {
		bounces, err := outbox.Bounces(ctx, q, kind, ids...)
		if err != nil {
			return post{}, err
		}
		for _, i := range all {
			b, back := bounces[i.ID]
			if back && b.Kind == outbox.BounceHard && strings.EqualFold(mails[i.ID].ToAddress, i.Address()) {
				p.returned[i.ID] = true
			}
		}
	}
	return p, nil
}

// unreached says why a mail would not reach an invited organisation now, or gives the zero text.
func (p post) unreached(i Invitation) conference.Text {
	if i.Address() == "" {
		return conference.Say("reminder.skip.no_address")
	}
	if !outbox.Deliverable(i.Address()) {
		return conference.Say("reminder.skip.bad_address")
	}
	invite, sent := p.invites[i.ID]
	if sent {
		switch invite.State {
		case outbox.StateQueued, outbox.StateSending:
			return conference.Say("reminder.skip.waiting")
		case outbox.StateFailed, outbox.StateStopped:
			return conference.Say("reminder.skip.failed")
		case outbox.StateSent, outbox.StateUnknown:
		}
	}
	if p.returned[i.ID] {
		return conference.Say("reminder.skip.bounced")
	}
	if m, ok := p.reminders[i.ID]; ok && (m.State == outbox.StateQueued || m.State == outbox.StateSending) {
		return conference.Say("reminder.skip.reminding")
	}
	return conference.Text{}
}

// unremindable says why an organisation is not reminded by hand, or gives the zero text.
func (p post) unremindable(i Invitation, last db.Time, now time.Time) conference.Text {
	switch {
	case i.Answer != Unanswered:
		return conference.Say("reminder.skip.answered")
	case !i.Silent():
		return conference.Say("reminder.skip.not_invited")
	case !i.Open(now):
		return conference.Say("reminder.skip.deadline")
	}
	if why := p.unreached(i); why.Key != "" {
		return why
	}
	if !last.IsZero() && now.Sub(last.Time) < remindPause {
		return conference.Say("reminder.skip.recent", "time", vietnamese.ClockTime(last.In(vietnamese.Zone())))
	}
	return conference.Text{}
}

// Reminded is how often an organisation was reminded, and when last.
type Reminded struct {
	Times int
	Last  db.Time
}

const sqlReminded = `SELECT r.invitation_id, count(*), max(r.at) FROM reminder r JOIN invitation i ON i.id = r.invitation_id
WHERE i.edition_id = ? AND r.outcome = 'queued' AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.id = r.mail_id AND m.state IN ('failed', 'stopped')) GROUP BY r.invitation_id`

// RemindedOf gives for each invitation of an edition that was reminded how often and when last;
// a reminder that reached nobody is none.
func RemindedOf(ctx context.Context, q db.Reader, editionID int64) (map[int64]Reminded, error) {
	type row struct {
		id int64
		Reminded
	}
	rows, err := db.Many(ctx, q, sqlReminded, func(r *row) []any { return []any{&r.id, &r.Times, &r.Last} }, editionID)
	if err != nil {
		return nil, fmt.Errorf("count reminders: %w", err)
	}
	out := make(map[int64]Reminded, len(rows))
	for _, r := range rows {
		out[r.id] = r.Reminded
	}
	return out, nil
}

// RemindWhom gives whom a reminder by hand would reach, and whom not for which reason.
// ids names the invitations; none means every one of the edition. Errors: not_found for
// an id of another edition.
func (r *Room) RemindWhom(ctx context.Context, q db.Reader, editionID int64, ids []int64) (Plan, error) {
	return remindWhom(ctx, q, editionID, ids, r.db.Now())
}

func remindWhom(ctx context.Context, q db.Reader, editionID int64, ids []int64, now time.Time) (Plan, error) {
	all, err := List(ctx, q, editionID)
	if err != nil {
		return Plan{}, err
	}
	wanted := make(map[int64]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	if len(ids) > 0 {
		all = slices.DeleteFunc(all, func(i Invitation) bool { return !wanted[i.ID] })
		if len(all) < len(wanted) {
			return Plan{}, conference.NotFound()
		}
	}
	p, err := readPost(ctx, q, all)
	if err != nil {
		return Plan{}, err
	}
	before, err := RemindedOf(ctx, q, editionID)
	if err != nil {
		return Plan{}, err
	}
	var out Plan
	for _, i := range all {
		if why := p.unremindable(i, before[i.ID].Last, now); why.Key != "" {
			out.Skipped = append(out.Skipped, Skip{Invitation: i, Reason: why})
			continue
		}
		out.Ready = append(out.Ready, i)
	}
	return out, nil
}

// Remind freezes the text and queues one reminder for each invitation that RemindWhom
// finds ready; the others come back with their reasons. Errors: not_found for an id of
// another edition, invalid as CheckReminderText, forbidden.
func (r *Room) Remind(ctx context.Context, editionID int64, ids []int64, t Text) (Sending, error) {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return Sending{}, err
	}
	t = t.normal()
	if err := CheckReminderText(t); err != nil {
		return Sending{}, err
	}
	var s Sending
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := remindWhom(ctx, tx, editionID, ids, tx.Now())
		if err != nil {
			return err
		}
		s = Sending{Queued: len(p.Ready), Skipped: p.Skipped}
		if len(p.Ready) == 0 {
			return nil
		}
		if s.CampaignID, err = freezeReminder(ctx, tx, editionID, t, len(p.Ready), conference.ActorOf(ctx).Label); err != nil {
			return err
		}
		for _, i := range p.Ready {
			if err := r.queueReminder(ctx, tx, i, s.CampaignID, planned{}); err != nil {
				return err
			}
		}
		tx.Publish(Topic(editionID))
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.remind", SubjectKind: "campaign", SubjectID: s.CampaignID,
			Detail: map[string]any{"queued": s.Queued, "skipped": len(s.Skipped)}})
	})
	if err != nil {
		return Sending{}, err
	}
	return s, nil
}

const sqlFreezeReminder = `INSERT INTO campaign (edition_id, subject, body, mails, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?)`

func freezeReminder(ctx context.Context, tx *db.Tx, editionID int64, t Text, mails int, by string) (int64, error) {
	id, err := db.Insert(ctx, tx, sqlFreezeReminder, editionID, t.Subject, t.Body, mails, by, db.At(tx.Now()))
	if err != nil {
		return 0, fmt.Errorf("freeze reminder: %w", err)
	}
	return id, nil
}

// One that was missed is made good when a longer deadline brings its moment anew.
const sqlInsertReminder = `INSERT INTO reminder (invitation_id, campaign_id, mail_id, step, outcome, due_at, at) VALUES (?1, ?2, ?3, NULLIF(?4, 0), 'queued', ?5, ?6)
ON CONFLICT (invitation_id, step) DO UPDATE SET campaign_id = ?2, mail_id = ?3, outcome = 'queued', reason = '', due_at = ?5, at = ?6 WHERE outcome = 'missed'`

func (r *Room) queueReminder(ctx context.Context, tx *db.Tx, i Invitation, campaign int64, p planned) error {
	to := i.to()
	mail, err := r.outbox.Queue(ctx, tx, outbox.Queued{Edition: i.EditionID, Kind: KindRemind, Subject: i.ID, Campaign: campaign,
		Lang: "vi", ToAddress: to.Address, ToName: to.Name, DedupeKey: fmt.Sprintf("%s/%d/%d", KindRemind, campaign, i.ID)})
	if err != nil {
		return fmt.Errorf("queue reminder: %w", err)
	}
	n, err := db.Change(ctx, tx, sqlInsertReminder, i.ID, campaign, mail, p.step, db.At(p.due), db.At(tx.Now()))
	if err != nil {
		return fmt.Errorf("keep reminder: %w", err)
	}
	if n == 0 { // then the mail may not stay either
		return fmt.Errorf("reminder %d of invitation %d was queued before", p.step, i.ID)
	}
	return nil
}
