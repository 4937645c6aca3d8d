package edition

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

// Draft is all that an organiser types to set an edition up. Its further form
// fields are cluster, host_province and provinces.
type Draft struct {
	Settings
	Cluster      string   // whose provinces take part: north, central or south
	HostProvince string   // slug of the hosting province, which must be among them
	Provinces    []string // slugs of the provinces that take part; none means the whole cluster
}

// Draft gives the edition's settings for a form that changes them.
func (e Edition) Draft() Draft { return Draft{Settings: e.Settings} }

// Create sets an edition up: its provinces in the version of its first day, the
// ten delegate groups that held then, and one Sở Công Thương for each province that has none
// on that day. Errors: invalid with fields.
func (r *Room) Create(ctx context.Context, d Draft) (Edition, error) {
	if err := conference.MayOrganiseEverywhere(ctx); err != nil {
		return Edition{}, err
	}
	var e Edition
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		e, err = Create(ctx, tx, d)
		return err
	})
	if err != nil {
		return Edition{}, err
	}
	return e, nil
}

// Create is the verb of that name inside a write of another room.
func Create(ctx context.Context, tx *db.Tx, d Draft) (Edition, error) {
	var p conference.Problems
	d.check(&p, d.Cluster, tx.Now())
	members, err := chooseMembers(ctx, tx, &p, d)
	if err != nil {
		return Edition{}, err
	}
	if err := p.Err(); err != nil {
		return Edition{}, err
	}
	id, err := insertEdition(ctx, tx, d.Settings)
	if err != nil {
		return Edition{}, err
	}
	if err := insertMembers(ctx, tx, id, members); err != nil {
		return Edition{}, err
	}
	host := members[slices.IndexFunc(members, func(m Member) bool { return m.Role == RoleHost })]
	if err := insertGroups(ctx, tx, id, d.StartsOn, host.Kind); err != nil {
		return Edition{}, err
	}
	if err := addDoits(ctx, tx, d.StartsOn, members); err != nil {
		return Edition{}, err
	}
	publish(tx, id)
	if err := audit.Note(ctx, tx, audit.Change{Edition: id, Action: "edition.create", SubjectKind: "edition", SubjectID: id,
		Detail: map[string]any{"slug": d.Slug, "starts_on": d.StartsOn, "provinces": len(members), "host": host.Slug}}); err != nil {
		return Edition{}, err
	}
	return ByID(ctx, tx, id)
}

// TopicAny is published with each change of any edition.
const TopicAny = "edition"

// Topic gives what a change of an edition is published under.
func Topic(editionID int64) string { return fmt.Sprintf("edition/%d", editionID) }

func publish(tx *db.Tx, editionID int64) {
	tx.Publish(Topic(editionID))
	tx.Publish(TopicAny)
}

// chooseMembers picks the provinces of a draft as they are on its first day and
// notes what is wrong with the choice.
func chooseMembers(ctx context.Context, q db.Reader, p *conference.Problems, d Draft) ([]Member, error) {
	if !slices.Contains(Clusters(), d.Cluster) {
		p.Add("cluster", "edition.error.cluster")
		return nil, nil
	}
	if dayStart(d.StartsOn).IsZero() {
		return nil, nil // noted already, and without a day there are no provinces
	}
	all, err := ProvincesOn(ctx, q, d.StartsOn, "")
	if err != nil {
		return nil, fmt.Errorf("provinces of the first day: %w", err)
	}
	for _, slug := range d.Provinces {
		if !slices.ContainsFunc(all, func(v Province) bool { return v.Slug == slug }) {
			p.Add("provinces", "edition.error.province_unknown")
			break
		}
	}
	var members []Member
	hosted := false
	for _, v := range all {
		if len(d.Provinces) == 0 && v.Cluster != d.Cluster || len(d.Provinces) > 0 && !slices.Contains(d.Provinces, v.Slug) {
			continue
		}
		role := RoleMember
		if v.Slug == d.HostProvince {
			role, hosted = RoleHost, true
		}
		members = append(members, Member{v, role})
	}
	if !hosted {
		p.Add("host_province", "edition.error.host_province")
	}
	return members, nil
}

const sqlInsertEdition = `INSERT INTO edition
	(id, slug, ordinal, title_vi, title_en, short_vi, short_en, prefix, theme_vi, theme_en, starts_on, ends_on, venue_vi, venue_en,
	 address_vi, address_en, organiser_vi, organiser_en, host_vi, host_en, contact_name, contact_phone, contact_email, register_by,
	 is_public, is_sample, reported_vi, created_at, changed_at)
VALUES (1 + max(COALESCE((SELECT max(id) FROM edition), 0), COALESCE((SELECT max(id) FROM edition_gone), 0)),
	?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func insertEdition(ctx context.Context, tx *db.Tx, s Settings) (int64, error) {
	now := db.At(tx.Now())
	id, err := db.Insert(ctx, tx, sqlInsertEdition, append(s.values(), now, now)...)
	if err != nil {
		return 0, slugTaken(fmt.Errorf("insert edition: %w", err))
	}
	return id, nil
}

// values gives the settings in the order of their columns.
func (s Settings) values() []any {
	return []any{s.Slug, s.Ordinal, s.TitleVi, s.TitleEn, s.ShortVi, s.ShortEn, s.Prefix, s.ThemeVi, s.ThemeEn, s.StartsOn, s.EndsOn,
		s.VenueVi, s.VenueEn, s.AddressVi, s.AddressEn, s.OrganiserVi, s.OrganiserEn, s.HostVi, s.HostEn,
		s.ContactName, s.ContactPhone, s.ContactEmail, s.RegisterBy, s.IsPublic, s.IsSample, s.ReportedVi}
}

// slugTaken turns the violated uniqueness of the slug, the only one that an edition
// can violate by what was typed, into a field error.
func slugTaken(err error) error {
	if !db.IsUnique(err) {
		return err
	}
	var p conference.Problems
	p.Add("slug", "edition.error.slug_taken")
	return p.Err()
}

const sqlInsertMember = `INSERT INTO edition_province (edition_id, province_version_id, role) VALUES (?, ?, ?)`

func insertMembers(ctx context.Context, tx *db.Tx, editionID int64, members []Member) error {
	for _, m := range members {
		if err := db.Exec(ctx, tx, sqlInsertMember, editionID, m.VersionID, m.Role); err != nil {
			return fmt.Errorf("insert member %s: %w", m.Slug, err)
		}
	}
	return nil
}

const sqlInsertGroup = `INSERT INTO delegate_group (edition_id, code, name_vi, name_en, position, colour, category) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5)`

// insertGroups writes the delegate groups that held on a day (data/groups.csv).
func insertGroups(ctx context.Context, tx *db.Tx, editionID int64, day, hostKind string) error {
	rows, err := readTable("groups.csv")
	if err != nil {
		return err
	}
	position := 0
	for _, row := range rows {
		code, nameVi, nameEn, colour, from, to := row[0], row[1], row[2], row[3], row[4], row[5]
		if day < from || to != "" && day > to {
			continue
		}
		position++
		nameVi, nameEn = hosted(nameVi, "vi", hostKind), hosted(nameEn, "en", hostKind)
		if err := db.Exec(ctx, tx, sqlInsertGroup, editionID, code, nameVi, nameEn, position, colour); err != nil {
			return fmt.Errorf("insert group %s: %w", code, err)
		}
	}
	return nil
}

// hosted puts the kind of the hosting province into the name of a group.
func hosted(name, lang, kind string) string {
	word := map[string]string{"vi": "tỉnh", "en": "province"}[lang]
	if kind == KindCity {
		word = map[string]string{"vi": "thành phố", "en": "city"}[lang]
	}
	return strings.ReplaceAll(name, "{host}", word)
}

const sqlHasDoit = `SELECT count(*) FROM organisation
WHERE province_id = ?1 AND kind = 'doit' AND (valid_from = '' OR valid_from <= ?2) AND (valid_to IS NULL OR valid_to >= ?2)`

// addDoits makes sure that each province has its Sở Công Thương on a day. The name
// follows the province's kind and name, so it is valid as long as that version is.
func addDoits(ctx context.Context, tx *db.Tx, day string, members []Member) error {
	for _, m := range members {
		n, err := db.Value[int](ctx, tx, sqlHasDoit, m.ProvinceID, day)
		if err != nil {
			return fmt.Errorf("look for the doit of %s: %w", m.Slug, err)
		}
		if n > 0 {
			continue
		}
		if _, err := AddOrganisation(ctx, tx, Organisation{
			Kind: KindDoit, ProvinceID: m.ProvinceID, ValidFrom: m.ValidFrom, ValidTo: m.ValidTo,
			NameVi: "Sở Công Thương " + m.Print("vi"), NameEn: "Department of Industry and Trade of " + m.Print("en"),
		}); err != nil {
			return fmt.Errorf("add the doit of %s: %w", m.Slug, err)
		}
	}
	return nil
}
