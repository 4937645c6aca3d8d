package edition

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/db"
)

// Fate says what became of an organisation between two editions.
type Fate string

// The fates.
const (
	FateSame      Fate = "same"      // itself, under the same name, in the same province
	FateContinued Fate = "continued" // the Sở of the same province, which received others in a merger
	FateRenamed   Fate = "renamed"   // its province has another name or kind
	FateMerged    Fate = "merged"    // its province became part of another
	FateEnded     Fate = "ended"     // it no longer exists, and nothing follows it
)

// FateText gives the name of a fate for people.
func FateText(f Fate) conference.Text { return conference.Say("edition.fate." + string(f)) }

// Succession says what an organisation of one edition is on the first day of another.
type Succession struct {
	Organisation
	Fate Fate
	From Province // as of the earlier edition, the zero value for none
	To   Province // what the province is on the later day
	Heir Organisation
	// Heir is who is invited now: the organisation itself, the Sở Công Thương that follows
	// it; the zero value while that one is not in the register yet.
}

const sqlOrganisationsIn = `SELECT id, kind, COALESCE(province_id, 0), name_vi, name_en, email, phone, other_phone, valid_from, COALESCE(valid_to, '')
FROM organisation WHERE id IN (SELECT organisation_id FROM invitation WHERE edition_id = ?)`

// Successions gives what became of the organisations that an edition invited, on the
// first day of another, by their number.
func Successions(ctx context.Context, q db.Reader, source, target Edition) (map[int64]Succession, error) {
	all, err := db.Many(ctx, q, sqlOrganisationsIn, (*Organisation).fields, source.ID)
	if err != nil {
		return nil, fmt.Errorf("read organisations: %w", err)
	}
	then, err := PlacesOn(ctx, q, source.StartsOn)
	if err != nil {
		return nil, fmt.Errorf("provinces then: %w", err)
	}
	now, err := PlacesOn(ctx, q, target.StartsOn)
	if err != nil {
		return nil, fmt.Errorf("provinces now: %w", err)
	}
	out := make(map[int64]Succession, len(all))
	for _, o := range all {
		s := Succession{Organisation: o, Fate: FateSame}
		if o.ProvinceID != 0 {
			s.From, _ = then.On(o.ProvinceID)
			s.To, _ = now.On(o.ProvinceID)
			s.Fate = provinceFate(s.From, s.To)
		}
		if s, err = withHeir(ctx, q, s, target.StartsOn); err != nil {
			return nil, err
		}
		out[o.ID] = s
	}
	return out, nil
}

func provinceFate(from, to Province) Fate {
	switch {
	case to.ProvinceID == 0:
		return FateEnded
	case from.ProvinceID != to.ProvinceID:
		return FateMerged
	case from.NameVi != to.NameVi || from.Kind != to.Kind:
		return FateRenamed
	}
	return FateSame
}

const sqlDoitOn = `SELECT id, kind, COALESCE(province_id, 0), name_vi, name_en, email, phone, other_phone, valid_from, COALESCE(valid_to, '')
FROM organisation WHERE province_id = ?1 AND kind = 'doit' AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to >= ?2) ORDER BY id LIMIT 1`

// DoitOn gives the Sở Công Thương of a province on a day, or conference.NotFound.
func DoitOn(ctx context.Context, q db.Reader, provinceID int64, day string) (Organisation, error) {
	return db.One(ctx, q, sqlDoitOn, (*Organisation).fields, provinceID, day)
}

// withHeir finds who is invited on the day in the place of an organisation.
func withHeir(ctx context.Context, q db.Reader, s Succession, day string) (Succession, error) {
	exists := s.ValidFrom <= day && (s.ValidTo == "" || s.ValidTo >= day)
	switch {
	case exists && (s.Kind != KindDoit || s.Fate == FateSame):
		s.Heir = s.Organisation
		return s, nil
	case s.Kind != KindDoit || s.To.ProvinceID == 0:
		s.Fate = FateEnded
		return s, nil
	case s.Fate == FateSame:
		s.Fate = FateContinued
	}
	heir, err := DoitOn(ctx, q, s.To.ProvinceID, day)
	if err != nil && conference.KindOf(err) != conference.KindNotFound {
		return s, fmt.Errorf("look for the Sở that follows: %w", err)
	}
	if err != nil {
		heir = Organisation{Kind: KindDoit, ProvinceID: s.To.ProvinceID, NameVi: "Sở Công Thương " + s.To.Print("vi"),
			NameEn: "Department of Industry and Trade of " + s.To.Print("en")}
	}
	s.Heir = heir
	return s, nil
}

// GroupFate says what a delegate group of one edition becomes in another.
type GroupFate struct {
	Old, New Group // New has no number before it was copied
	Replaced bool  // a group that ended with the law it came from: the level of districts
	Reworded bool  // "tỉnh đăng cai" became "thành phố đăng cai"
}

// GroupFates gives the groups of an edition as they would be in another one: those of the
// level of districts are followed by those of communes, and the host's kind is put right.
func GroupFates(ctx context.Context, q db.Reader, source, target Edition) ([]GroupFate, error) {
	groups, err := Groups(ctx, q, source.ID)
	if err != nil {
		return nil, fmt.Errorf("read groups: %w", err)
	}
	rows, err := readTable("groups.csv")
	if err != nil {
		return nil, err
	}
	before, err := hostKind(ctx, q, source.ID)
	if err != nil {
		return nil, err
	}
	after, err := hostKind(ctx, q, target.ID)
	if err != nil {
		return nil, err
	}
	var out []GroupFate
	taken := map[string]bool{}
	for _, g := range groups {
		taken[g.Code] = true
	}
	for _, g := range groups {
		f := GroupFate{Old: g, New: g}
		f.New.ID, f.New.EditionID = 0, target.ID
		f.follow(rows, taken, before, after, target.StartsOn)
		out = append(out, f)
	}
	return out, nil
}

// follow puts a group right for a day: rows is the reference table, before and after are the
// kinds of the hosting provinces.
func (f *GroupFate) follow(rows [][]string, taken map[string]bool, before, after, day string) {
	for i, row := range rows {
		if row[0] != f.Old.Code || f.Old.NameVi != hosted(row[1], "vi", before) {
			continue // another group, or one that somebody named anew
		}
		switch next := i + 1; {
		case row[5] != "" && row[5] < day && next < len(rows) && rows[next][4] > row[5] && !taken[rows[next][0]]:
			f.New.Code, f.New.NameVi, f.New.NameEn = rows[next][0], hosted(rows[next][1], "vi", after), hosted(rows[next][2], "en", after)
			f.Replaced = true
		case hosted(row[1], "vi", after) != f.Old.NameVi:
			f.New.NameVi, f.New.NameEn = hosted(row[1], "vi", after), hosted(row[2], "en", after)
			f.Reworded = true
		}
		return
	}
}

const sqlHostKind = `SELECT v.kind FROM edition_province m JOIN province_version v ON v.id = m.province_version_id WHERE m.edition_id = ? AND m.role = 'host'`

func hostKind(ctx context.Context, q db.Reader, editionID int64) (string, error) {
	kind, err := db.Value[string](ctx, q, sqlHostKind, editionID)
	if err != nil && conference.KindOf(err) != conference.KindNotFound {
		return "", fmt.Errorf("read the host's kind: %w", err)
	}
	return kind, nil
}

// CopyGroups replaces the groups of an edition, which nothing uses yet, by those of
// another, and gives the number of the new group for each old one.
func CopyGroups(ctx context.Context, tx *db.Tx, source, target Edition) (map[int64]int64, error) {
	fates, err := GroupFates(ctx, tx, source, target)
	if err != nil {
		return nil, err
	}
	if err := db.Exec(ctx, tx, sqlRemoveGroups, target.ID); db.IsForeignKey(err) {
		return nil, conference.Fail(conference.KindConflict, "edition.error.in_use").Because(err)
	} else if err != nil {
		return nil, fmt.Errorf("remove groups: %w", err)
	}
	out := make(map[int64]int64, len(fates))
	for _, f := range fates {
		g := f.New
		id, err := db.Insert(ctx, tx, sqlAddGroup, target.ID, g.Code, g.NameVi, g.NameEn, g.Position, g.Colour, g.Category)
		if err != nil {
			return nil, fmt.Errorf("copy group %s: %w", g.Code, err)
		}
		out[f.Old.ID] = id
	}
	publish(tx, target.ID)
	return out, nil
}

const sqlKeptContact = contactColumns + ` WHERE organisation_id = ?1 AND (consented = 1 OR changed_at >= ?2) ORDER BY position, id LIMIT 1`

// KeptContact gives the contact of an organisation who agreed to be kept for later
// editions, or who was entered since a moment. conference.NotFound if there is none.
func KeptContact(ctx context.Context, q db.Reader, organisationID int64, since db.Time) (Contact, error) {
	return db.One(ctx, q, sqlKeptContact, (*Contact).fields, organisationID, since)
}
