package edition

import (
	"context"
	"fmt"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// Where a contact came from.
const (
	SourceImport = "import" // a list that was uploaded
	SourceDesk   = "desk"   // typed by an organiser
)

// maxContacts bounds the contacts of one organisation.
const maxContacts = 20

// Contact is a person to be asked about an organisation's delegation. The first of an
// organisation becomes the focal point of its next invitation.
type Contact struct {
	ID             int64
	OrganisationID int64
	FullName       string
	JobTitle       string
	Phone          string // E.164
	OtherPhone     string
	Email          string
	Source         string
	Consented      bool // agreed to be kept for later editions
	ChangedAt      db.Time
}

func (c *Contact) fields() []any {
	return []any{&c.ID, &c.OrganisationID, &c.FullName, &c.JobTitle, &c.Phone, &c.OtherPhone, &c.Email, &c.Source, &c.Consented, &c.ChangedAt}
}

const contactColumns = `SELECT id, organisation_id, full_name, job_title, phone, other_phone, email, source, consented, changed_at FROM contact`

const sqlContacts = contactColumns + ` WHERE organisation_id = ? ORDER BY position, id`

// Contacts gives the contacts of an organisation, the first to be asked first.
func Contacts(ctx context.Context, q db.Reader, organisationID int64) ([]Contact, error) {
	return db.Many(ctx, q, sqlContacts, (*Contact).fields, organisationID)
}

// check gives what is wrong with a contact and brings it into the form in which it
// is stored. Its fields are full_name, job_title, phone, other_phone and email. before is
// the name that is stored, which a list may have brought.
func (c *Contact) check(p *conference.Problems, before string) {
	c.FullName = checkText(p, textField{"full_name", &c.FullName, maxShort, true})
	if c.FullName != before && vietnamese.IsPlaceholder(c.FullName) {
		p.Add("full_name", "edition.error.placeholder")
	}
	c.JobTitle = checkText(p, textField{"job_title", &c.JobTitle, maxTitle, false})
	c.Phone = checkPhone(p, "phone", c.Phone)
	c.OtherPhone = checkPhone(p, "other_phone", c.OtherPhone)
	c.Email = checkEmail(p, "email", c.Email)
}

// same reports whether two contacts hold the same; source and moment do not count.
func (c Contact) same(o Contact) bool {
	return c.FullName == o.FullName && c.JobTitle == o.JobTitle && c.Phone == o.Phone && c.OtherPhone == o.OtherPhone && c.Email == o.Email && c.Consented == o.Consented
}

const (
	sqlInsertContact = `INSERT INTO contact
	(organisation_id, position, full_name, name_key, job_title, phone, other_phone, email, source, consented, created_at, changed_at)
SELECT ?1, 1 + COALESCE((SELECT MAX(position) FROM contact WHERE organisation_id = ?1), 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10`
	sqlChangeContact = `UPDATE contact SET full_name = ?2, name_key = ?3, job_title = ?4, phone = ?5, other_phone = ?6, email = ?7, consented = ?8, changed_at = ?9
WHERE id = ?1`
)

// saveContact writes a contact that was checked, a new one when its ID is 0.
func saveContact(ctx context.Context, tx *db.Tx, c Contact) error {
	key := vietnamese.DedupeKey(c.FullName)
	var err error
	action := "edition.change_contact"
	if c.ID == 0 {
		action = "edition.add_contact"
		_, err = db.Insert(ctx, tx, sqlInsertContact, c.OrganisationID, c.FullName, key, c.JobTitle, c.Phone, c.OtherPhone, c.Email, c.Source, c.Consented, db.At(tx.Now()))
	} else {
		err = db.Exec(ctx, tx, sqlChangeContact, c.ID, c.FullName, key, c.JobTitle, c.Phone, c.OtherPhone, c.Email, c.Consented, db.At(tx.Now()))
	}
	if err != nil {
		return fmt.Errorf("save contact: %w", err)
	}
	return audit.Note(ctx, tx, audit.Change{Action: action, SubjectKind: "organisation", SubjectID: c.OrganisationID,
		Detail: map[string]any{"source": c.Source, "consented": c.Consented}})
}

// SaveContact adds a contact to an organisation, or changes the one with c.ID.
// Errors: invalid with the fields full_name, job_title, phone, other_phone, email;
// not_found, forbidden; conflict when the organisation has too many.
func (r *Room) SaveContact(ctx context.Context, c Contact) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := OrganisationByID(ctx, tx, c.OrganisationID); err != nil {
			return err
		}
		stored, err := Contacts(ctx, tx, c.OrganisationID)
		if err != nil {
			return err
		}
		c.Source = SourceDesk
		at, before := slices.IndexFunc(stored, func(s Contact) bool { return s.ID == c.ID }), ""
		if at >= 0 {
			before = stored[at].FullName
		}
		var p conference.Problems
		if c.check(&p, before); p.Any() {
			return p.Err()
		}
		switch {
		case c.ID == 0 && len(stored) >= maxContacts:
			return conference.Fail(conference.KindConflict, "edition.error.contacts_full", "max", maxContacts)
		case c.ID != 0 && at < 0:
			return conference.NotFound()
		case at >= 0 && stored[at].same(c):
			return nil
		}
		return saveContact(ctx, tx, c)
	})
}

const sqlRemoveContact = `DELETE FROM contact WHERE id = ? AND organisation_id = ?`

// RemoveContact forgets a contact. Errors: not_found, forbidden.
func (r *Room) RemoveContact(ctx context.Context, organisationID, id int64) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := db.Change(ctx, tx, sqlRemoveContact, id, organisationID)
		if err != nil {
			return fmt.Errorf("remove contact: %w", err)
		}
		if n == 0 {
			return conference.NotFound()
		}
		return audit.Note(ctx, tx, audit.Change{Action: "edition.remove_contact", SubjectKind: "organisation", SubjectID: organisationID})
	})
}

// FocalPoint gives the contact to be asked about an organisation's next delegation:
// the first who agreed to be kept or was entered within a year. conference.NotFound if there is none.
func FocalPoint(ctx context.Context, tx *db.Tx, organisationID int64) (Contact, error) {
	return KeptContact(ctx, tx, organisationID, db.At(tx.Now().AddDate(-1, 0, 0)))
}
