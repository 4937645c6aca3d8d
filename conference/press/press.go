// Package press accredits journalists for an edition and keeps what its press page
// says. An accredited journalist is a delegate like any other, with a badge of the
// press group and a personal link; who applies is nobody yet (domain rule 4.5).
package press

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/delegation"
	"hoinghi/conference/outbox"
	"hoinghi/db"
	"hoinghi/templates"
)

// GroupCode is the delegate group of accredited journalists; abbr stands in their numbers.
const (
	GroupCode = "press"
	abbr      = "BAO"
)

// NoticeVersion names the privacy notice that stands above the form. It is raised
// whenever the notice's words change.
const NoticeVersion = "2026-11-24"

// Room is the press room. Its methods are safe for concurrent use.
type Room struct {
	db          *db.DB
	outbox      *outbox.Outbox
	delegations *delegation.Room
	locales     *templates.Locales
	baseURL     string
	mail        *templates.Mail
}

// New makes the room and tells the outbox who composes its mails. baseURL is the
// public address without a slash at its end. A mail template that cannot be parsed is
// a mistake in the program and panics.
func New(d *db.DB, out *outbox.Outbox, delegations *delegation.Room, locales *templates.Locales, baseURL string) *Room {
	r := &Room{db: d, outbox: out, delegations: delegations, locales: locales, baseURL: baseURL, mail: templates.MustMail("press")}
	out.Compose(KindReceived, r.composeReceived)
	out.Compose(KindApproved, r.composeApproved)
	out.Compose(KindRefused, r.composeEnd)
	out.Compose(KindRevoked, r.composeEnd)
	return r
}

// OutletKind says what sort of medium an outlet is.
type OutletKind string

// OutletKinds lists the kinds of outlet in the order in which they are shown.
func OutletKinds() []OutletKind {
	return []OutletKind{"print", "online", "broadcast", "magazine", "agency"}
}

// OutletKindText gives the name of a kind of outlet for people.
func OutletKindText(k OutletKind) conference.Text { return conference.Say("press.kind." + string(k)) }

// Role says what an applicant does for the outlet.
type Role string

// Roles lists the roles in the order in which they are shown.
func Roles() []Role { return []Role{"reporter", "editor", "photographer", "camera", "technician"} }

// RoleText gives the name of a role for people.
func RoleText(r Role) conference.Text { return conference.Say("press.role." + string(r)) }

// State is how far an application has come.
type State string

// The states of an application.
const (
	Waiting  State = "new"
	Approved State = "approved"
	Refused  State = "refused"
	Revoked  State = "revoked" // approved once; the badge is dead
)

// States lists the states in the order in which they are shown.
func States() []State { return []State{Waiting, Approved, Refused, Revoked} }

// StateText gives the name of a state for people.
func StateText(s State) conference.Text { return conference.Say("press.state." + string(s)) }

// Draft is what an applicant types. Its form fields are outlet, outlet_kind,
// full_name, gender, role, card_number, phone, email, needs, notice and client_key; the
// letter of introduction comes in the field letter.
type Draft struct {
	Outlet     string
	OutletKind OutletKind
	FullName   string
	Gender     delegation.Gender
	Role       Role
	CardNumber string // of the press card; may be empty when there is a letter
	Phone      string
	Email      string
	Needs      string // equipment, a place for a camera: optional
	Lang       string // in which the applicant is answered: "vi" or "en"
	Notice     bool   // the privacy notice was read
	ClientKey  string // made by the form: posting one form twice is one application
}

// Application is one person's application for one edition.
type Application struct {
	ID        int64
	EditionID int64
	Draft
	State      State
	Reason     string // of refusing or revoking, or the word to one approved, as mailed
	DecidedAt  db.Time
	DecidedBy  string
	DelegateID int64 // 0 unless approved or revoked
	HasLetter  bool
	CreatedAt  db.Time
	ChangedAt  db.Time
}

func (a *Application) fields() []any {
	return []any{&a.ID, &a.EditionID, &a.Outlet, &a.OutletKind, &a.FullName, &a.Gender, &a.Role, &a.CardNumber, &a.Phone, &a.Email, &a.Needs,
		&a.Lang, &a.State, &a.Reason, &a.DecidedAt, &a.DecidedBy, &a.DelegateID, &a.HasLetter, &a.CreatedAt, &a.ChangedAt}
}

const sqlApplications = `SELECT a.id, a.edition_id, a.outlet, a.outlet_kind, a.full_name, a.gender, a.role, a.card_number, a.phone, a.email, a.needs,
    a.lang, a.state, a.reason, a.decided_at, a.decided_by, ifnull(a.delegate_id, 0),
    EXISTS (SELECT 1 FROM press_letter l WHERE l.application_id = a.id), a.created_at, a.changed_at
FROM press_application a`

const sqlApplication = sqlApplications + ` WHERE a.id = ?`

// ByID gives one application. Errors: not_found.
func ByID(ctx context.Context, q db.Reader, id int64) (Application, error) {
	a, err := db.One(ctx, q, sqlApplication, (*Application).fields, id)
	if err != nil {
		return Application{}, fmt.Errorf("read press application: %w", err)
	}
	return a, nil
}

const sqlApplicationOfDelegate = sqlApplications + ` WHERE a.delegate_id = ?`

// OfDelegate gives the application by which a delegate was accredited. Errors: not_found.
func OfDelegate(ctx context.Context, q db.Reader, delegateID int64) (Application, error) {
	a, err := db.One(ctx, q, sqlApplicationOfDelegate, (*Application).fields, delegateID)
	if err != nil {
		return Application{}, fmt.Errorf("read press application of a delegate: %w", err)
	}
	return a, nil
}

// Topic is what db.Subscribe takes to hear of an edition's applications.
func Topic(editionID int64) string { return fmt.Sprintf("press/%d", editionID) }

// TopicAny is published when what a press page says changes, whatever the edition.
const TopicAny = "press"

// note writes the audit row of a change to one application.
func note(ctx context.Context, tx *db.Tx, action string, a Application, detail map[string]any) error {
	tx.Publish(Topic(a.EditionID))
	return audit.Note(ctx, tx, audit.Change{Edition: a.EditionID, Action: action, SubjectKind: "press_application", SubjectID: a.ID, Detail: detail})
}
