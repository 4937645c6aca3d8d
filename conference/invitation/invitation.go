// Package invitation holds the invitations of organisations to one edition: the
// quota of each delegate group, the personal link and short code of the focal
// point, the texts that are sent, and the answer. An invitation addresses an
// organisation, never a person (domain rule 4.2).
package invitation

import (
	"context"
	"fmt"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/outbox"
	"hoinghi/db"
	"hoinghi/templates"
)

// centralAbbr stands before the short code of an organisation without a province.
const centralAbbr = "TWG"

// Room is the invitation room. Its methods are safe for concurrent use.
type Room struct {
	db      *db.DB
	keys    *conference.Keys
	outbox  *outbox.Outbox
	locales *templates.Locales
	baseURL string
	mail    *templates.Mail
	notices *templates.Mail

	programme Programme
}

// New makes the room and tells the outbox who composes its mails. baseURL is the
// public address without a slash at its end, as in "https://hoinghi.example.vn".
// A mail template that cannot be parsed is a mistake in the program and panics.
func New(d *db.DB, keys *conference.Keys, out *outbox.Outbox, locales *templates.Locales, baseURL string) *Room {
	r := &Room{db: d, keys: keys, outbox: out, locales: locales, baseURL: baseURL, mail: templates.MustMail("invite"), notices: templates.MustMail("notice")}
	out.Compose(KindInvite, r.composeInvite)
	out.Compose(KindCopy, r.composeInvite)
	out.Compose(KindTest, r.composeTest)
	out.Compose(KindQuestion, r.composeQuestion)
	out.Compose(KindFocalChanged, r.composeFocalChanged)
	out.Compose(KindFocalNamed, r.composeFocalNamed)
	out.Compose(KindAnswered, r.composeAnswered)
	out.Compose(KindRemind, r.composeRemind)
	return r
}

// Answer is what an organisation said to its invitation.
type Answer string

// The answers to an invitation.
const (
	Unanswered Answer = ""
	Accepted   Answer = "accepted"
	Declined   Answer = "declined"
)

// AnswerText gives the name of an answer for people.
func AnswerText(a Answer) conference.Text {
	if a == Unanswered {
		return conference.Say("invitation.answer.none")
	}
	return conference.Say("invitation.answer." + string(a))
}

// Quota is the number of seats that one delegate group has in one invitation.
type Quota struct {
	GroupID int64
	Group   conference.Names
	Colour  string
	Seats   int
}

// Invitation is one organisation's invitation to one edition.
type Invitation struct {
	ID             int64
	EditionID      int64
	OrganisationID int64
	Organisation   conference.Names
	// OrganisationEmail and OrganisationPhone are the organisation's own, not the focal point's.
	OrganisationEmail string
	OrganisationPhone string

	// Province is the province as of the edition, without its code and days of validity;
	// its VersionID is 0 for an organisation without a province.
	Province edition.Province

	Generation int64 // of the link and the short code
	FocalName  string
	FocalPhone string // E.164
	FocalEmail string

	OwnDeadline     db.Time // zero: the edition's holds
	EditionDeadline db.Time
	QueuedAt        db.Time // when it was last put into the outbox
	HandedAt        db.Time // when somebody last handed its present link over without this program
	OpenedAt        db.Time // the first time the link was opened, maybe by a mail scanner
	Answer          Answer
	AnsweredAt      db.Time
	DeclineReason   string

	Quotas []Quota // one for each group of the edition, in the groups' order
}

// Deadline gives the moment until which this organisation may register.
func (i Invitation) Deadline() time.Time {
	if i.OwnDeadline.IsZero() {
		return i.EditionDeadline.Time
	}
	return i.OwnDeadline.Time
}

// Open reports whether registration is still open for this organisation. The
// deadline itself still counts as open.
func (i Invitation) Open(now time.Time) bool { return !now.After(i.Deadline()) }

// Seats gives the sum of the quotas.
func (i Invitation) Seats() int {
	n := 0
	for _, q := range i.Quotas {
		n += q.Seats
	}
	return n
}

// Quota gives the quota of one group; ok is false for a group of another edition.
func (i Invitation) Quota(groupID int64) (q Quota, ok bool) {
	for _, q := range i.Quotas {
		if q.GroupID == groupID {
			return q, true
		}
	}
	return Quota{}, false
}

// Address gives where mail about the delegation goes: the focal point's address,
// else the organisation's, else "".
func (i Invitation) Address() string {
	if i.FocalEmail != "" {
		return i.FocalEmail
	}
	return i.OrganisationEmail
}

// Token gives the token of the focal point's personal link.
func (i Invitation) Token(keys *conference.Keys) string {
	return keys.LinkToken(conference.LinkInvitation, i.ID, i.Generation)
}

// Path gives the address of the focal point's page on this installation: "/m/<token>".
func (i Invitation) Path(keys *conference.Keys) string { return "/m/" + i.Token(keys) }

// ShortCode gives the code that is printed in letters and told over the telephone: "TNI-7K2M9P".
func (i Invitation) ShortCode(keys *conference.Keys) string {
	return i.Province.Abbr + "-" + keys.ShortCode(i.ID, i.Generation)
}

// Path gives the address of an invitation's page: "/m/<token>".
func (r *Room) Path(i Invitation) string { return i.Path(r.keys) }

// Link gives the whole address of an invitation's page, for mails, letters and "copy link".
func (r *Room) Link(i Invitation) string { return r.baseURL + i.Path(r.keys) }

// ShortCode gives an invitation's short code: "TNI-7K2M9P".
func (r *Room) ShortCode(i Invitation) string { return i.ShortCode(r.keys) }

func (i *Invitation) fields() []any {
	return []any{&i.ID, &i.EditionID, &i.OrganisationID, &i.Organisation.Vi, &i.Organisation.En, &i.OrganisationEmail, &i.OrganisationPhone,
		&i.Province.VersionID, &i.Province.ProvinceID, &i.Province.Slug, &i.Province.Abbr, &i.Province.NameVi, &i.Province.NameEn, &i.Province.Kind,
		&i.Generation, &i.FocalName, &i.FocalPhone, &i.FocalEmail, &i.OwnDeadline, &i.EditionDeadline,
		&i.QueuedAt, &i.HandedAt, &i.OpenedAt, &i.Answer, &i.AnsweredAt, &i.DeclineReason}
}

// Answerable lets through whoever may act for an invited organisation: its focal
// point, organisers, and the program itself. Errors: forbidden.
func Answerable(ctx context.Context, invitationID int64) error {
	if a := conference.ActorOf(ctx); a.Kind == conference.ActorFocalPoint && a.ID == invitationID {
		return nil
	}
	return conference.MayOrganise(ctx)
}

// note writes the audit row of a change to one invitation and tells the board.
func note(ctx context.Context, tx *db.Tx, action string, i Invitation, detail map[string]any) error {
	tx.Publish(Topic(i.EditionID))
	return audit.Note(ctx, tx, audit.Change{Edition: i.EditionID, Action: action, SubjectKind: "invitation", SubjectID: i.ID, Detail: detail})
}

// Topic is what db.Subscribe takes to hear of changes to an edition's invitations.
func Topic(editionID int64) string { return fmt.Sprintf("invitation/%d", editionID) }
