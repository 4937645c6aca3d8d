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

// OrganisationKind says what sort of body an organisation is (domain table 2.1).
type OrganisationKind string

// The kinds that the rules of the house name; OrganisationKinds lists all.
const (
	KindDoit               OrganisationKind = "doit" // Sở Công Thương, the focal organisation of a province
	KindMinistryDepartment OrganisationKind = "ministry_department"
	KindIPC                OrganisationKind = "ipc"
)

// OrganisationKinds lists every kind in the order in which they are shown.
func OrganisationKinds() []OrganisationKind {
	return []OrganisationKind{"ministry", KindMinistryDepartment, "provincial_committee", KindDoit, KindIPC, "provincial_agency",
		"district_unit", "commune_unit", "rural_enterprise", "craft_village", "association", "academia", "bank", "distributor",
		"press_central", "press_local", "service"}
}

// OrganisationKindText gives the name of a kind for people.
func OrganisationKindText(k OrganisationKind) conference.Text {
	return conference.Say("edition.organisation." + string(k))
}

// Organisation is a body that is invited. It outlives editions; its name holds
// between two days, and the organisation that follows it is another row.
type Organisation struct {
	ID         int64
	Kind       OrganisationKind
	ProvinceID int64 // the identity of its province, 0 for none
	NameVi     string
	NameEn     string
	Email      string
	Phone      string // E.164
	OtherPhone string // a second number, E.164
	ValidFrom  string // "" since always
	ValidTo    string // last day, "" while it exists
}

// Name gives the organisation's name.
func (o Organisation) Name(lang string) string { return pick(lang, o.NameVi, o.NameEn) }

func (o *Organisation) fields() []any {
	return []any{&o.ID, &o.Kind, &o.ProvinceID, &o.NameVi, &o.NameEn, &o.Email, &o.Phone, &o.OtherPhone, &o.ValidFrom, &o.ValidTo}
}

const sqlOrganisation = `SELECT id, kind, COALESCE(province_id, 0), name_vi, name_en, email, phone, other_phone, valid_from, COALESCE(valid_to, '')
FROM organisation WHERE id = ?`

// OrganisationByID gives an organisation or conference.NotFound.
func OrganisationByID(ctx context.Context, q db.Reader, id int64) (Organisation, error) {
	return db.One(ctx, q, sqlOrganisation, (*Organisation).fields, id)
}

const sqlOrganisationsOf = `SELECT o.id, o.kind, COALESCE(o.province_id, 0), o.name_vi, o.name_en, o.email, o.phone, o.other_phone,
	o.valid_from, COALESCE(o.valid_to, '')
FROM organisation o JOIN edition e ON e.id = ?1
	LEFT JOIN (SELECT v.province_id, v.sort_key FROM edition_province m JOIN province_version v ON v.id = m.province_version_id
		WHERE m.edition_id = ?1) p ON p.province_id = o.province_id
WHERE (?2 = '' OR o.kind = ?2)
	AND (o.province_id IS NULL OR p.province_id IS NOT NULL)
	AND (o.valid_from = '' OR o.valid_from <= e.starts_on) AND (o.valid_to IS NULL OR o.valid_to >= e.starts_on)
ORDER BY p.sort_key, o.folded, o.id`

// OrganisationsOf gives the organisations that an edition can invite: those of its
// provinces and those of no province that exist on its first day, of one kind or of
// all when kind is "". Those of no province come first, then Vietnamese order of provinces.
func OrganisationsOf(ctx context.Context, q db.Reader, editionID int64, kind OrganisationKind) ([]Organisation, error) {
	return db.Many(ctx, q, sqlOrganisationsOf, (*Organisation).fields, editionID, kind)
}

const sqlInsertOrganisation = `INSERT INTO organisation
	(kind, province_id, name_vi, name_en, folded, email, phone, other_phone, valid_from, valid_to, created_at, changed_at)
VALUES (?1, NULLIF(?2, 0), ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULLIF(?10, ''), ?11, ?11)`

// AddOrganisation writes a new organisation and gives it with its number; o.ID is
// ignored. Errors: invalid with the fields kind, province, name_vi, name_en, email,
// phone, other_phone, valid_from, valid_to.
func AddOrganisation(ctx context.Context, tx *db.Tx, o Organisation) (Organisation, error) {
	var p conference.Problems
	o.check(&p)
	if err := p.Err(); err != nil {
		return Organisation{}, err
	}
	id, err := db.Insert(ctx, tx, sqlInsertOrganisation, o.Kind, o.ProvinceID, o.NameVi, o.NameEn, vietnamese.Fold(o.NameVi),
		o.Email, o.Phone, o.OtherPhone, o.ValidFrom, o.ValidTo, db.At(tx.Now()))
	if db.IsForeignKey(err) {
		p.Add("province", "edition.error.province_unknown")
		return Organisation{}, p.Err()
	}
	if err != nil {
		return Organisation{}, fmt.Errorf("add organisation: %w", err)
	}
	o.ID = id
	return o, audit.Note(ctx, tx, audit.Change{Action: "edition.add_organisation", SubjectKind: "organisation", SubjectID: id,
		Detail: map[string]any{"kind": o.Kind, "name_vi": o.NameVi}})
}

// validOn reports whether the organisation exists on a day.
func (o *Organisation) validOn(day string) bool {
	return o.ValidFrom <= day && (o.ValidTo == "" || o.ValidTo >= day)
}

// check normalises the organisation and notes what is wrong with it.
func (o *Organisation) check(p *conference.Problems) {
	if !slices.Contains(OrganisationKinds(), o.Kind) {
		p.Add("kind", "edition.error.kind")
	}
	o.NameVi = checkText(p, textField{"name_vi", &o.NameVi, maxTitle, true})
	o.NameEn = checkText(p, textField{"name_en", &o.NameEn, maxTitle, false})
	o.Email = checkEmail(p, "email", o.Email)
	o.Phone = checkPhone(p, "phone", o.Phone)
	o.OtherPhone = checkPhone(p, "other_phone", o.OtherPhone)
	if o.ValidFrom != "" {
		checkDay(p, "valid_from", o.ValidFrom)
	}
	if o.ValidTo != "" {
		checkDay(p, "valid_to", o.ValidTo)
	}
}

// AddOrganisation is the verb for one organisation; see the function of that name.
func (r *Room) AddOrganisation(ctx context.Context, o Organisation) (Organisation, error) {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return Organisation{}, err
	}
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		o, err = AddOrganisation(ctx, tx, o)
		return err
	})
	return o, err
}

const sqlChangeOrganisation = `UPDATE organisation SET name_vi = ?2, name_en = ?3, folded = ?4, email = ?5, phone = ?6, other_phone = ?7, changed_at = ?8
WHERE id = ?1`

// ChangeOrganisation corrects name, e-mail and telephones of the organisation o.ID;
// kind, province and dates stay, since an organisation of another time is another
// row. Errors: not found; invalid with fields.
func (r *Room) ChangeOrganisation(ctx context.Context, o Organisation) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return changeOrganisation(ctx, tx, o) })
}

func changeOrganisation(ctx context.Context, tx *db.Tx, o Organisation) error {
	before, err := OrganisationByID(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	after := before
	after.NameVi, after.NameEn, after.Email, after.Phone, after.OtherPhone = o.NameVi, o.NameEn, o.Email, o.Phone, o.OtherPhone
	var p conference.Problems
	after.check(&p)
	if err := p.Err(); err != nil {
		return err
	}
	if after == before {
		return nil
	}
	if err := db.Exec(ctx, tx, sqlChangeOrganisation, o.ID, after.NameVi, after.NameEn, vietnamese.Fold(after.NameVi),
		after.Email, after.Phone, after.OtherPhone, db.At(tx.Now())); err != nil {
		return fmt.Errorf("change organisation: %w", err)
	}
	return audit.Note(ctx, tx, audit.Change{Action: "edition.change_organisation", SubjectKind: "organisation", SubjectID: o.ID,
		Detail: map[string]any{"before": before.NameVi, "after": after.NameVi, "email_changed": before.Email != after.Email,
			"phone_changed": before.Phone != after.Phone || before.OtherPhone != after.OtherPhone}})
}
