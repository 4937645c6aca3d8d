// Package delegation is the centre of the house: the delegation that an invited
// organisation sends, and its delegates from the moment they are listed until they
// are registered, have a badge, or withdraw. The unit of work is the delegation,
// which its focal point fills in; most delegates never open the site (domain rule 4.2).
package delegation

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/badge"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/db"
	"hoinghi/templates"
)

// Calendar makes the calendar file of a delegate's mail; the programme stands
// above this room.
type Calendar func(ctx context.Context, d Delegate) ([]byte, error)

// Room is the delegation room. Its methods are safe for concurrent use, except
// UseCalendar, which comes first.
type Room struct {
	db       *db.DB
	keys     *conference.Keys
	outbox   *outbox.Outbox
	signer   *badge.Signer
	locales  *templates.Locales
	baseURL  string
	host     string
	calendar Calendar
	confirm  *templates.Mail
	codes    *templates.Mail
}

// New makes the room and tells the outbox who composes its mails. baseURL is the
// public address without a slash at its end, host what badge codes name. A mail template
// that cannot be parsed is a mistake in the program and panics.
func New(d *db.DB, keys *conference.Keys, out *outbox.Outbox, signer *badge.Signer, locales *templates.Locales, baseURL, host string) *Room {
	r := &Room{db: d, keys: keys, outbox: out, signer: signer, locales: locales, baseURL: baseURL, host: host,
		confirm: templates.MustMail("confirm"), codes: templates.MustMail("codes")}
	out.Compose(KindConfirm, r.composeConfirm)
	out.Compose(KindCodes, r.composeCodes)
	return r
}

// UseCalendar has the calendar file made by c attached to the mails to delegates.
func (r *Room) UseCalendar(c Calendar) { r.calendar = c }

// State is how far a delegate has come.
type State string

// The states of a delegate.
const (
	Listed     State = "listed"     // on the list, which was not sent yet
	Registered State = "registered" // sent to the organisers; has a badge
	Withdrawn  State = "withdrawn"  // does not come; the seat is free again
)

// StateText gives the name of a state for people.
func StateText(s State) conference.Text { return conference.Say("delegation.state." + string(s)) }

// Gender is what the delegate's form of address is made of. It is never guessed from a name.
type Gender string

// The genders; most forms leave it unsaid at first.
const (
	Unsaid Gender = ""
	Male   Gender = "male"
	Female Gender = "female"
)

// Honorific gives the form of address: Ông, Bà, or both when nothing was said.
func Honorific(g Gender) conference.Text { return byGender("delegation.honorific.", g) }

// GenderText gives the name of a gender for people.
func GenderText(g Gender) conference.Text { return byGender("delegation.gender.", g) }

// pronoun gives what a letter calls its reader by inside a sentence: Vietnamese
// repeats the form of address, English says "you".
func pronoun(g Gender) conference.Text { return byGender("delegation.you.", g) }

func byGender(prefix string, g Gender) conference.Text {
	if g == Unsaid {
		return conference.Say(prefix + "unsaid")
	}
	return conference.Say(prefix + string(g))
}

// Delegate is one person of a delegation.
type Delegate struct {
	ID           int64
	EditionID    int64
	DelegationID int64
	InvitationID int64  // 0: came on their own account (AddGuest)
	Number       string // printed and spoken, no secret: "KC22-TNI-003"
	ClientKey    string
	FullName     string
	Gender       Gender
	JobTitle     string
	Organisation string
	Phone        string // E.164
	Email        string

	GroupID     int64
	Group       conference.Names
	GroupColour string
	Category    uint8 // of the group, as badge codes name it

	State        State
	Head         bool  // of the delegation
	Generation   int64 // of the personal link
	RegisteredAt db.Time
	CreatedAt    db.Time
	ChangedAt    db.Time

	Sender   conference.Names // the invited organisation, the own one of a guest
	Province edition.Province // of the invitation; without its code and days of validity

	// Warnings is filled by Add and Edit only.
	Warnings []Warning

	sortKey []byte
}

// Warning points at a delegate of the edition who may be the same person.
type Warning struct {
	Text    conference.Text
	OtherID int64
}

// Live reports whether the delegate holds a seat.
func (d Delegate) Live() bool { return d.State != Withdrawn }

// Token gives the token of the delegate's personal link.
func (d Delegate) Token(keys *conference.Keys) string {
	return keys.LinkToken(conference.LinkDelegate, d.ID, d.Generation)
}

// Token gives the token of a delegate's personal link, for what must not keep it.
func (r *Room) Token(d Delegate) string { return d.Token(r.keys) }

// Path gives the address of the delegate's page: "/m/<token>". It opens once the
// delegate is registered.
func (r *Room) Path(d Delegate) string { return "/m/" + d.Token(r.keys) }

// Link gives the whole address of the delegate's page.
func (r *Room) Link(d Delegate) string { return r.baseURL + r.Path(d) }

// Usage is how much of one group's quota is taken.
type Usage struct {
	invitation.Quota
	Taken int
}

// Left gives the free seats.
func (u Usage) Left() int { return max(0, u.Seats-u.Taken) }

// Delegation is what one invited organisation sends.
type Delegation struct {
	ID          int64 // 0 until somebody is listed
	EditionID   int64
	Invitation  invitation.Invitation
	HeadID      int64
	SubmittedAt db.Time // when the list was last sent to the organisers

	Delegates []Delegate // listed and registered: the head first, then by group
	Withdrawn []Delegate // those who were registered and do not come
	Groups    []Usage    // one for each group of the edition, in their order
}

// Head gives the head of the delegation; ok is false while there is none.
func (d Delegation) Head() (head Delegate, ok bool) {
	for _, x := range d.Delegates {
		if x.Head {
			return x, true
		}
	}
	return Delegate{}, false
}

// Count gives the number of delegates in a state.
func (d Delegation) Count(s State) int {
	if s == Withdrawn {
		return len(d.Withdrawn)
	}
	n := 0
	for _, x := range d.Delegates {
		if x.State == s {
			n++
		}
	}
	return n
}

// Topic is what db.Subscribe takes to hear of changes to an edition's delegations.
func Topic(editionID int64) string { return fmt.Sprintf("delegation/%d", editionID) }

// note writes the audit row of a change to one delegate and tells who watches.
func note(ctx context.Context, tx *db.Tx, action string, d Delegate, detail map[string]any) error {
	if detail == nil {
		detail = map[string]any{}
	}
	detail["number"] = d.Number
	tx.Publish(Topic(d.EditionID))
	return audit.Note(ctx, tx, audit.Change{Edition: d.EditionID, Action: action, SubjectKind: "delegate", SubjectID: d.ID, Detail: detail})
}
