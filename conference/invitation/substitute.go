package invitation

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// maxOrganisation is the longest name of a proposed organisation, in characters.
const maxOrganisation = 200

// Proposal is the organisation that one which does not come names in its place. Its form
// fields are sub_organisation, sub_name, sub_phone and sub_email; without an organisation all
// are empty.
type Proposal struct {
	Organisation string
	Contact      Contact
}

// check gives the proposal as it is stored.
func (s Proposal) check(p *conference.Problems) Proposal {
	out := Proposal{Organisation: vietnamese.Normalise(s.Organisation)}
	out.Contact = s.Contact.check(p, "sub_")
	switch {
	case utf8.RuneCountInString(out.Organisation) > maxOrganisation:
		p.Add("sub_organisation", "substitute.error.name_long", "max", maxOrganisation)
	case out.Organisation == "" && vietnamese.Normalise(s.Contact.Name+s.Contact.Phone+s.Contact.Email) != "":
		p.Add("sub_organisation", "substitute.error.name_missing")
	}
	return out
}

// SubstituteState says what became of a proposal.
type SubstituteState string

// The states of a proposal.
const (
	SubstituteOpen      SubstituteState = "open"
	SubstituteInvited   SubstituteState = "invited"
	SubstituteRefused   SubstituteState = "refused"
	SubstituteWithdrawn SubstituteState = "withdrawn" // the organisation thought better of it, or comes after all
)

// Substitute is a proposal with what became of it.
type Substitute struct {
	ID           int64
	InvitationID int64            // that was declined
	By           conference.Names // the organisation that declined it
	Proposal
	ProposedAt db.Time
	State      SubstituteState
	Note       string // why it was refused
	DecidedBy  string
	DecidedAt  db.Time
	InvitedID  int64            // the invitation in its place, 0 for none
	Invited    conference.Names // and its organisation
	SeatsMoved int
}

func (s *Substitute) fields() []any {
	return []any{&s.ID, &s.InvitationID, &s.By.Vi, &s.By.En, &s.Organisation, &s.Contact.Name, &s.Contact.Phone, &s.Contact.Email, &s.ProposedAt, &s.State, &s.Note,
		&s.DecidedBy, &s.DecidedAt, &s.InvitedID, &s.Invited.Vi, &s.Invited.En, &s.SeatsMoved}
}

const (
	sqlSubstitutes = `SELECT s.id, s.invitation_id, o.name_vi, o.name_en, s.organisation, s.contact_name, s.contact_phone, s.contact_email, s.proposed_at, s.state, s.note,
    s.decided_by, s.decided_at, ifnull(s.invited_id, 0), ifnull(n.name_vi, ''), ifnull(n.name_en, ''), s.seats_moved
FROM invitation_substitute s JOIN invitation i ON i.id = s.invitation_id JOIN organisation o ON o.id = i.organisation_id
LEFT JOIN invitation w ON w.id = s.invited_id LEFT JOIN organisation n ON n.id = w.organisation_id`
	sqlSubstitutesOf  = sqlSubstitutes + ` WHERE s.invitation_id = ? ORDER BY s.id DESC`
	sqlSubstituteFor  = sqlSubstitutes + ` WHERE s.invited_id = ? ORDER BY s.id`
	sqlSubstituteByID = sqlSubstitutes + ` WHERE s.id = ?`
	sqlWaiting        = sqlSubstitutes + ` WHERE i.edition_id = ? AND s.state = 'open' ORDER BY s.id`
)

func substitutes(ctx context.Context, q db.Reader, query string, arg int64) ([]Substitute, error) {
	all, err := db.Many(ctx, q, query, (*Substitute).fields, arg)
	if err != nil {
		return nil, fmt.Errorf("list proposed organisations: %w", err)
	}
	return all, nil
}

// Substitutes gives the organisations that were proposed in the place of an invited
// one, the latest first.
func Substitutes(ctx context.Context, q db.Reader, invitationID int64) ([]Substitute, error) {
	return substitutes(ctx, q, sqlSubstitutesOf, invitationID)
}

// InPlaceOf gives the proposals by which an invitation came to be: in whose place its
// organisation was invited. Most have none.
func InPlaceOf(ctx context.Context, q db.Reader, invitationID int64) ([]Substitute, error) {
	return substitutes(ctx, q, sqlSubstituteFor, invitationID)
}

// SubstitutesWaiting gives an edition's proposals that nobody has decided yet, the oldest first.
func SubstitutesWaiting(ctx context.Context, q db.Reader, editionID int64) ([]Substitute, error) {
	return substitutes(ctx, q, sqlWaiting, editionID)
}

// SubstituteByID gives one proposal. Errors: not_found.
func SubstituteByID(ctx context.Context, q db.Reader, id int64) (Substitute, error) {
	s, err := db.One(ctx, q, sqlSubstituteByID, (*Substitute).fields, id)
	if err != nil {
		return Substitute{}, fmt.Errorf("read proposed organisation: %w", err)
	}
	return s, nil
}

const (
	sqlWithdrawProposal = `UPDATE invitation_substitute SET state = 'withdrawn', decided_by = ?2, decided_at = ?3 WHERE invitation_id = ?1 AND state = 'open'`
	sqlPropose          = `INSERT INTO invitation_substitute (invitation_id, organisation, contact_name, contact_phone, contact_email, proposed_at) VALUES (?, ?, ?, ?, ?, ?)`
)

// propose makes p the one open proposal of an invitation; an empty one withdraws what
// is open. It reports whether anything changed.
func propose(ctx context.Context, tx *db.Tx, i Invitation, p Proposal) (bool, error) {
	before, err := Substitutes(ctx, tx, i.ID)
	if err != nil {
		return false, err
	}
	for _, s := range before {
		switch {
		case s.State == SubstituteOpen && s.Proposal == p:
			return false, nil
		case s.State == SubstituteInvited && p.Organisation != "":
			return false, conference.Fail(conference.KindConflict, "substitute.error.invited_already", "name", s.Invited)
		}
	}
	gone, err := db.Change(ctx, tx, sqlWithdrawProposal, i.ID, conference.ActorOf(ctx).Label, db.At(tx.Now()))
	if err != nil {
		return false, fmt.Errorf("withdraw proposed organisation: %w", err)
	}
	if p.Organisation == "" {
		return gone > 0, nil
	}
	if err := db.Exec(ctx, tx, sqlPropose, i.ID, p.Organisation, p.Contact.Name, p.Contact.Phone, p.Contact.Email, db.At(tx.Now())); err != nil {
		return false, fmt.Errorf("propose organisation: %w", err)
	}
	return true, nil
}

// choiceField gives the form's name of a field of a new organisation: the page has
// another form with the same ones.
func choiceField(name string) string {
	switch name {
	case "name_vi":
		return "new_name"
	case "kind":
		return "new_kind"
	}
	return "organisation"
}

// Choice is how an organiser follows a proposal. Its form fields are organisation,
// new_name and new_kind.
type Choice struct {
	// OrganisationID is the organisation that is invited; 0 makes a new one of this
	// name and kind in the province of the one that declined.
	OrganisationID int64
	Name           string
	Kind           edition.OrganisationKind
	MoveSeats      bool // the new one gets the seats of the one that declined
}

const sqlFollow = `UPDATE invitation_substitute SET state = 'invited', decided_by = ?2, decided_at = ?3, invited_id = ?4, seats_moved = ?5 WHERE id = ?1`

// InviteSubstitute invites the organisation that a declining one proposed, with the
// proposed contact as focal point, and gives its invitation. Nothing is sent. Errors: invalid with the
// fields of Choice; conflict for a proposal that is decided, or with the field organisation for one
// that is invited already; not_found, forbidden.
func (r *Room) InviteSubstitute(ctx context.Context, id int64, c Choice) (Invitation, error) {
	if err := conference.MayOrganise(ctx); err != nil {
		return Invitation{}, err
	}
	var made Invitation
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, from, err := open(ctx, tx, id)
		if err != nil {
			return err
		}
		organisation, err := chosen(ctx, tx, from, c)
		if err != nil {
			return err
		}
		if made, err = r.invite(ctx, tx, from.EditionID, organisation); err != nil {
			return err
		}
		if s.Contact != (Contact{}) {
			if err := db.Exec(ctx, tx, sqlSetContact, made.ID, s.Contact.Name, s.Contact.Phone, s.Contact.Email, db.At(tx.Now())); err != nil {
				return fmt.Errorf("set contact: %w", err)
			}
		}
		moved := 0
		if c.MoveSeats {
			if moved, err = moveSeats(ctx, tx, from, made); err != nil {
				return err
			}
		}
		if err := db.Exec(ctx, tx, sqlFollow, s.ID, conference.ActorOf(ctx).Label, db.At(tx.Now()), made.ID, moved); err != nil {
			return fmt.Errorf("follow proposal: %w", err)
		}
		if made, err = ByID(ctx, tx, made.ID); err != nil {
			return err
		}
		return note(ctx, tx, "invitation.substitute", from, map[string]any{"invited": made.ID, "seats": moved})
	})
	if err != nil {
		return Invitation{}, err
	}
	return made, nil
}

// open gives a proposal that nobody has decided yet, and the invitation that was declined.
func open(ctx context.Context, tx *db.Tx, id int64) (Substitute, Invitation, error) {
	s, err := SubstituteByID(ctx, tx, id)
	if err != nil {
		return Substitute{}, Invitation{}, err
	}
	if s.State != SubstituteOpen {
		return Substitute{}, Invitation{}, conference.Fail(conference.KindConflict, "substitute.error.decided")
	}
	i, err := ByID(ctx, tx, s.InvitationID)
	return s, i, err
}

// chosen gives the organisation to invite, which it makes if there is none yet.
func chosen(ctx context.Context, tx *db.Tx, from Invitation, c Choice) (int64, error) {
	var p conference.Problems
	if c.OrganisationID == 0 {
		o, err := edition.AddOrganisation(ctx, tx, edition.Organisation{Kind: c.Kind, ProvinceID: from.Province.ProvinceID, NameVi: c.Name})
		var refused *conference.Error
		if errors.As(err, &refused) && len(refused.Fields) > 0 {
			for _, f := range refused.Fields {
				p.Add(choiceField(f.Field), f.Text.Key, f.Text.Args...)
			}
			return 0, p.Err()
		}
		return o.ID, err
	}
	if _, err := edition.OrganisationByID(ctx, tx, c.OrganisationID); conference.KindOf(err) == conference.KindNotFound {
		p.Add("organisation", "substitute.error.unknown")
		return 0, p.Err()
	} else if err != nil {
		return 0, fmt.Errorf("read organisation: %w", err)
	}
	switch _, err := db.Value[int64](ctx, tx, sqlInvitationOf, from.EditionID, c.OrganisationID); {
	case err == nil:
		p.Add("organisation", "substitute.error.invited")
		return 0, p.Err()
	case conference.KindOf(err) != conference.KindNotFound:
		return 0, fmt.Errorf("look for an invitation: %w", err)
	}
	return c.OrganisationID, nil
}

// moveSeats gives every seat of one invitation to another, and their number.
func moveSeats(ctx context.Context, tx *db.Tx, from, to Invitation) (int, error) {
	given, none := map[int64]int{}, map[int64]int{}
	for _, q := range from.Quotas {
		given[q.GroupID], none[q.GroupID] = q.Seats, 0
	}
	if err := setQuotas(ctx, tx, from, none); err != nil {
		return 0, err
	}
	return from.Seats(), setQuotas(ctx, tx, to, given)
}

const sqlRefuseProposal = `UPDATE invitation_substitute SET state = 'refused', note = ?2, decided_by = ?3, decided_at = ?4 WHERE id = ?1`

// RefuseSubstitute says no to a proposal; the organisation reads the note on its
// page. Errors: invalid with the field note; conflict for one that is decided; not_found, forbidden.
func (r *Room) RefuseSubstitute(ctx context.Context, id int64, why string) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	why = vietnamese.NormaliseText(why)
	var p conference.Problems
	if utf8.RuneCountInString(why) > maxReason {
		p.Add("note", "invitation.error.reason_long", "max", maxReason)
		return p.Err()
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, i, err := open(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := db.Exec(ctx, tx, sqlRefuseProposal, s.ID, why, conference.ActorOf(ctx).Label, db.At(tx.Now())); err != nil {
			return fmt.Errorf("refuse proposal: %w", err)
		}
		return note(ctx, tx, "invitation.refuse_substitute", i, nil)
	})
}

// replaced refuses an organisation that would come after all when another one was
// invited in its place with its seats. Organisers, and whoever has got seats again, pass.
func replaced(ctx context.Context, tx *db.Tx, i Invitation) error {
	if a := conference.ActorOf(ctx); i.Answer != Declined || i.Seats() > 0 || a.Kind != conference.ActorFocalPoint {
		return nil
	}
	all, err := Substitutes(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.State == SubstituteInvited && s.SeatsMoved > 0 {
			return conference.Fail(conference.KindConflict, "substitute.error.replaced", "name", s.Invited)
		}
	}
	return nil
}
