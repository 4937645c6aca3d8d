package edition

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// known is an organisation that is stored, with its contacts.
type known struct {
	Organisation
	contacts []Contact
}

const sqlKnown = `SELECT id, kind, COALESCE(province_id, 0), name_vi, name_en, email, phone, other_phone, valid_from, COALESCE(valid_to, '')
FROM organisation ORDER BY id`

const sqlAllContacts = contactColumns + ` ORDER BY organisation_id, position, id`

// readKnown gives the organisations by what two spellings have in common: those that exist
// on a day, and all by the day from which they are there.
func readKnown(ctx context.Context, q db.Reader, places *Places, day string) (map[entryKey]*known, error) {
	all, err := db.Many(ctx, q, sqlKnown, (*Organisation).fields)
	if err != nil {
		return nil, fmt.Errorf("organisations: %w", err)
	}
	contacts, err := db.Many(ctx, q, sqlAllContacts, (*Contact).fields)
	if err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	byID := make(map[int64]*known, len(all))
	out := make(map[entryKey]*known, len(all))
	for _, o := range all {
		k := &known{Organisation: o}
		byID[o.ID] = k
		key := keyOf(places, o)
		if o.validOn(day) {
			k.standsFor(key, out)
		}
		if key.from = o.ValidFrom; key.from != "" {
			k.standsFor(key, out)
		}
	}
	for _, c := range contacts {
		if k := byID[c.OrganisationID]; k != nil {
			k.contacts = append(k.contacts, c)
		}
	}
	return out, nil
}

// standsFor takes a key; of two, the one that was in the province all along has it.
func (k *known) standsFor(key entryKey, all map[entryKey]*known) {
	if first := all[key]; first == nil || first.ProvinceID != key.province && k.ProvinceID == key.province {
		all[key] = k
	}
}

// compare says for each entry what applying it would do.
func (c *Checked) compare(stored map[entryKey]*known) {
	for i := range c.Entries {
		e := &c.Entries[i]
		e.stored = stored[e.key]
		if e.stored != nil {
			e.Organisation.ValidFrom, e.Organisation.ValidTo = e.stored.ValidFrom, e.stored.ValidTo
			c.bound(e)
		}
		e.State, e.Changes = e.against(e.stored)
		switch e.State {
		case EntryNew:
			c.New++
		case EntryChanged:
			c.Changed++
		case EntrySame:
			c.Same++
		}
	}
}

// bound leaves out the new contacts that an organisation has no room for beside its
// stored ones, and says whose.
func (c *Checked) bound(e *Entry) {
	room := maxContacts - len(e.stored.contacts)
	var over []string
	for _, m := range e.mergedContacts(e.stored.contacts) {
		if m.ID != 0 {
			continue
		}
		if room--; room < 0 {
			over = append(over, m.FullName)
		}
	}
	if len(over) == 0 {
		return
	}
	e.Contacts = slices.DeleteFunc(e.Contacts, func(m Contact) bool { return slices.Contains(over, m.FullName) })
	c.Problems = append(c.Problems, RowProblem{Row: e.Row, Field: FieldContactName, Column: c.contactAt, Value: strings.Join(over, ", "),
		Text: conference.Say("edition.error.contacts_full", "max", maxContacts)})
}

// against compares an entry with what is stored.
func (e *Entry) against(k *known) (EntryState, []FieldChange) {
	if k == nil {
		return EntryNew, nil
	}
	_, changes := e.merged(k.Organisation)
	for _, c := range e.mergedContacts(k.contacts) {
		changes = append(changes, c.changes...)
	}
	if len(changes) == 0 {
		return EntrySame, nil
	}
	return EntryChanged, changes
}

// differences collects what changes.
type differences []FieldChange

// fill puts a value in its place. An empty one never empties what is stored, and what
// people read alike is no change.
func (d *differences) fill(f ImportField, place *string, value string, show func(string) string) {
	if value != "" && value != *place && show(value) != show(*place) {
		*d = append(*d, FieldChange{f, show(*place), show(value)})
		*place = value
	}
}

// fillPhones puts two numbers in their places. Those that are stored already, in whatever
// order, change nothing.
func (d *differences) fillPhones(f ImportField, first, second *string, a, b string) {
	stored := func(n string) bool { return n == "" || n == *first || n == *second }
	switch {
	case stored(a) && stored(b):
	case b != "" && a == *second || b != "" && b == *first:
		d.fill(f, first, b, vietnamese.FormatPhone)
		d.fill(f, second, a, vietnamese.FormatPhone)
	default:
		d.fill(f, first, a, vietnamese.FormatPhone)
		d.fill(f, second, b, vietnamese.FormatPhone)
	}
}

// merged gives the organisation as it will be, and what that changes.
func (e *Entry) merged(stored Organisation) (out Organisation, d differences) {
	out = stored
	if betterSpelling(stored.NameVi, e.Organisation.NameVi) {
		d.fill(FieldName, &out.NameVi, e.Organisation.NameVi, asIs)
	}
	d.fill(FieldEmail, &out.Email, e.Organisation.Email, asIs)
	d.fillPhones(FieldPhone, &out.Phone, &out.OtherPhone, e.Organisation.Phone, e.Organisation.OtherPhone)
	return out, d
}

func asIs(s string) string { return s }

// betterSpelling reports whether a name corrects a stored one: the same letters with
// other marks or capitals. All capitals or none, and hòa for hoà, correct nothing.
func betterSpelling(stored, now string) bool {
	return vietnamese.Fold(stored) == vietnamese.Fold(now) && vietnamese.CanonicalTone(stored) != vietnamese.CanonicalTone(now) && !vietnamese.LooksAllCaps(now) &&
		now != strings.ToLower(now)
}

// contactChange is a contact as it will be; ID is 0 for a new one.
type contactChange struct {
	Contact
	changes differences
}

// mergedContacts pairs the contacts of an entry with the stored ones by name: as it is
// written first, then without its marks. Another name is another person, whatever telephone
// or mailbox of the office the two share: nobody is renamed, and nobody is removed.
func (e *Entry) mergedContacts(stored []Contact) []contactChange {
	pair := make([]int, len(e.Contacts)) // index into stored + 1
	used := make([]bool, len(stored))
	for _, key := range []func(string) string{vietnamese.CanonicalTone, vietnamese.DedupeKey} {
		for i, c := range e.Contacts {
			for j, s := range stored {
				if pair[i] == 0 && !used[j] && key(c.FullName) == key(s.FullName) {
					pair[i], used[j] = j+1, true
				}
			}
		}
	}
	var out []contactChange
	for i, c := range e.Contacts {
		if pair[i] == 0 {
			out = append(out, contactChange{c, []FieldChange{{FieldContactName, "", c.FullName}}})
			continue
		}
		if m := mergeContact(stored[pair[i]-1], c); len(m.changes) > 0 {
			out = append(out, m)
		}
	}
	return out
}

// mergeContact gives a stored person with what the list says of the same person. An
// empty cell never empties what is stored.
func mergeContact(stored, c Contact) contactChange {
	out := contactChange{Contact: stored}
	d := &out.changes
	if betterSpelling(stored.FullName, c.FullName) {
		d.fill(FieldContactName, &out.FullName, c.FullName, asIs)
	}
	d.fill(FieldContactTitle, &out.JobTitle, c.JobTitle, asIs)
	d.fillPhones(FieldContactPhone, &out.Phone, &out.OtherPhone, c.Phone, c.OtherPhone)
	d.fill(FieldContactEmail, &out.Email, c.Email, asIs)
	return out
}
