// Package report reads across the rooms: the organiser's board, and what needs
// somebody today. It writes nothing.
package report

import (
	"context"
	"fmt"

	"hoinghi/db"
)

// State is how far an invitation has come; each state includes that those before it are behind.
type State string

// The states of an invitation, in the order of its life.
const (
	Drafted    State = "drafted"    // nothing was sent
	Queued     State = "queued"     // in the outbox
	Failed     State = "failed"     // refused for good by a mail server
	Unknown    State = "unknown"    // the line broke while it was handed over: may have arrived
	Bounced    State = "bounced"    // a mail server took it and sent it back for good
	Sent       State = "sent"       // a mail server accepted it
	Handed     State = "handed"     // no mail arrived, but somebody handed it over by Zalo, SMS or on paper
	Opened     State = "opened"     // the link was opened, by a person or by a mail scanner
	Accepted   State = "accepted"   // answered, nobody registered yet
	Declined   State = "declined"   // answered: not coming
	Registered State = "registered" // a list was sent
	Arrived    State = "arrived"    // somebody of it is inside
)

// States lists every state in order, for filters.
func States() []State {
	return []State{Drafted, Queued, Failed, Unknown, Bounced, Handed, Sent, Opened, Accepted, Declined, Registered, Arrived}
}

// Row is one invited organisation on the board.
type Row struct {
	InvitationID, ProvinceVersionID             int64
	OrganisationVi, OrganisationEn, Kind        string
	ProvinceVi, ProvinceEn, ProvinceKind, Slug  string
	Abbr                                        string
	Host                                        bool
	FocalName, FocalPhone, FocalEmail, OrgEmail string
	Seats, Listed, Registered, Arrived          int
	MailState                                   string  // of the latest invitation mail, "" when none was queued
	SentAt                                      db.Time // of that mail
	Reached                                     bool    // a mail server took an invitation, be it an earlier one
	QueuedAt, OpenedAt, AnsweredAt, SubmittedAt db.Time
	BouncedAt                                   db.Time // when it was known that the latest invitation mail came back for good
	HandedAt                                    db.Time // when somebody last handed the present link over
	Reminders                                   int
	RemindedAt                                  db.Time // the last time
	Answer, DeclineReason                       string
}

// Address gives where the invitation is mailed to, "" when nobody knows.
func (r Row) Address() string {
	if r.FocalEmail != "" {
		return r.FocalEmail
	}
	return r.OrgEmail
}

// State gives how far the invitation has come.
func (r Row) State() State {
	switch {
	case r.Arrived > 0:
		return Arrived
	case r.Answer == "declined":
		return Declined
	case r.Registered > 0:
		return Registered
	case r.Answer == "accepted":
		return Accepted
	case r.bounced() && r.HandedAt.IsZero():
		return Bounced
	case !r.OpenedAt.IsZero() && !r.bounced():
		return Opened
	case r.bounced():
		return Handed
	}
	switch r.MailState {
	case "sent":
		return Sent
	case "unknown":
		return Unknown
	case "queued", "sending":
		return Queued
	}
	switch {
	case r.Reached: // a second mail that fails takes nothing back
		return Sent
	case !r.HandedAt.IsZero():
		return Handed
	case r.MailState != "":
		return Failed
	}
	return Drafted
}

// bounced reports whether the invitation came back and nothing shows that its link was
// opened since: before it came back, a mail scanner may have done that.
func (r Row) bounced() bool {
	return !r.BouncedAt.IsZero() && !r.OpenedAt.After(r.BouncedAt.Time)
}

// Silent reports whether the organisation was invited and has not answered.
func (r Row) Silent() bool {
	switch r.State() {
	case Queued, Sent, Opened, Unknown, Handed:
		return true
	case Drafted, Failed, Bounced, Accepted, Declined, Registered, Arrived:
		return false
	}
	return false
}

const sqlBoard = `
SELECT i.id, coalesce(i.province_version_id, 0), o.name_vi, o.name_en, o.kind,
       coalesce(pv.name_vi, ''), coalesce(pv.name_en, ''), coalesce(pv.kind, ''), coalesce(p.slug, ''), coalesce(p.abbr, ''),
       coalesce(ep.role = 'host', 0),
       i.focal_name, i.focal_phone, i.focal_email, o.email,
       (SELECT coalesce(sum(q.seats), 0) FROM quota q WHERE q.invitation_id = i.id),
       (SELECT count(*) FROM delegate d WHERE d.delegation_id = dn.id AND d.state IN ('listed', 'registered')),
       (SELECT count(*) FROM delegate d WHERE d.delegation_id = dn.id AND d.state = 'registered'),
       (SELECT count(*) FROM delegate d WHERE d.delegation_id = dn.id AND d.state <> 'withdrawn'
         AND EXISTS (SELECT 1 FROM scan s WHERE s.edition_id = i.edition_id AND s.delegate_id = d.id AND s.undone_at IS NULL AND s.verdict IN ('accepted', 'already'))),
       coalesce(m.state, ''), m.sent_at,
       EXISTS (SELECT 1 FROM mail l WHERE l.kind = 'invitation.invite' AND l.subject_id = i.id AND l.state = 'sent'),
       i.queued_at, i.opened_at, i.answered_at, dn.submitted_at, i.answer, i.decline_reason,
       (SELECT max(b.received_at) FROM mail_bounce b WHERE b.mail_id = m.id AND b.kind = 'hard'),
       (SELECT max(h.delivered_at) FROM hand_delivery h WHERE h.invitation_id = i.id AND h.generation = i.generation AND h.undone_at IS NULL),
       (SELECT count(*) FROM reminder r JOIN mail l ON l.id = r.mail_id WHERE r.invitation_id = i.id AND r.outcome = 'queued' AND l.state NOT IN ('failed', 'stopped')),
       (SELECT max(r.at) FROM reminder r JOIN mail l ON l.id = r.mail_id WHERE r.invitation_id = i.id AND r.outcome = 'queued' AND l.state NOT IN ('failed', 'stopped'))
FROM invitation i
JOIN organisation o ON o.id = i.organisation_id
LEFT JOIN province_version pv ON pv.id = i.province_version_id
LEFT JOIN province p ON p.id = pv.province_id
LEFT JOIN edition_province ep ON ep.edition_id = i.edition_id AND ep.province_version_id = i.province_version_id
LEFT JOIN delegation dn ON dn.invitation_id = i.id
LEFT JOIN mail m ON m.id = (SELECT max(l.id) FROM mail l WHERE l.kind = 'invitation.invite' AND l.subject_id = i.id)
WHERE i.edition_id = ?
ORDER BY coalesce(ep.role = 'host', 0) DESC, pv.sort_key, o.name_vi, i.id`

// Board gives every invited organisation of an edition with how far it has come:
// the host's first, then by province in Vietnamese order.
func Board(ctx context.Context, q db.Reader, edition int64) ([]Row, error) {
	rows, err := db.Many(ctx, q, sqlBoard, func(r *Row) []any {
		return []any{&r.InvitationID, &r.ProvinceVersionID, &r.OrganisationVi, &r.OrganisationEn, &r.Kind,
			&r.ProvinceVi, &r.ProvinceEn, &r.ProvinceKind, &r.Slug, &r.Abbr, &r.Host,
			&r.FocalName, &r.FocalPhone, &r.FocalEmail, &r.OrgEmail,
			&r.Seats, &r.Listed, &r.Registered, &r.Arrived, &r.MailState, &r.SentAt, &r.Reached,
			&r.QueuedAt, &r.OpenedAt, &r.AnsweredAt, &r.SubmittedAt, &r.Answer, &r.DeclineReason,
			&r.BouncedAt, &r.HandedAt, &r.Reminders, &r.RemindedAt}
	}, edition)
	if err != nil {
		return nil, fmt.Errorf("read board: %w", err)
	}
	return rows, nil
}

// Summary adds a board up.
type Summary struct {
	Invitations, Drafted, Queued, Failed, Unknown, Bounced, Sent, Opened, Answered, Accepted, Declined, Silent int
	NoAddress, NoQuota                                                                                         int
	Seats, Listed, Registered, Arrived                                                                         int
	Waiting                                                                                                    int // listed, but the list was not sent yet
}

// Sum adds up the rows of a board.
func Sum(rows []Row) Summary {
	var s Summary
	for _, r := range rows {
		s.Invitations++
		s.Seats += r.Seats
		s.Listed += r.Listed
		s.Registered += r.Registered
		s.Arrived += r.Arrived
		if r.Listed > r.Registered {
			s.Waiting++
		}
		if r.Address() == "" {
			s.NoAddress++
		}
		if r.Seats == 0 {
			s.NoQuota++
		}
		if r.Silent() {
			s.Silent++
		}
		s.count(r)
	}
	return s
}

func (s *Summary) count(r Row) {
	switch r.MailState {
	case "sent":
		s.Sent++
	case "queued", "sending":
		s.Queued++
	case "failed", "stopped":
		s.Failed++
	case "unknown":
		s.Unknown++
	}
	switch r.State() {
	case Drafted:
		s.Drafted++
	case Bounced:
		s.Bounced++
	case Queued, Failed, Unknown, Handed, Sent, Opened, Accepted, Declined, Registered, Arrived:
	}
	if !r.OpenedAt.IsZero() {
		s.Opened++
	}
	switch r.Answer {
	case "accepted":
		s.Accepted++
		s.Answered++
	case "declined":
		s.Declined++
		s.Answered++
	}
}
