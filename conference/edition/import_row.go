package edition

import (
	"slices"
	"strings"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/sheet"
	"hoinghi/conference/vietnamese"
)

// row reads one row into the entry of its organisation.
func (r *reader) row(row sheet.Row) {
	rr := &rowReader{reader: r, row: row}
	e, o, further := rr.continues()
	var key entryKey
	if !further {
		o = rr.organisation()
		key = rr.key(o)
		r.above = above{named: row, wrong: rr.failed}
	}
	r.above.last = row.Number
	wrong, before := rr.failed, len(r.out.Problems)
	contact, hasContact := rr.contact()
	if wrong {
		r.out.Errors++
		r.above.wrong = r.above.wrong || !further
		return
	}
	faulty := rr.failed // the person, which does not keep the organisation out
	rr.failed = false
	if !further {
		at, seen := r.byKey[key]
		if !seen {
			at = len(r.out.Entries)
			r.byKey[key] = at
			r.out.Entries = append(r.out.Entries, Entry{Row: row.Number, Organisation: o, key: key})
		}
		e, further, r.above.entry = &r.out.Entries[at], seen, at
	}
	switch joined := !further || rr.joins(e, o); {
	case !joined:
		r.out.Errors++
	case faulty:
		r.out.Errors++
		r.out.Persons++
		rr.personOnly(before)
	case hasContact:
		rr.addContact(e, contact)
	}
}

// joins takes a further row of an organisation: what is empty is filled, what
// contradicts the first row is an error.
func (r *rowReader) joins(e *Entry, o Organisation) bool {
	for _, f := range []struct {
		field ImportField
		first *string
		now   string
	}{{FieldEmail, &e.Organisation.Email, o.Email}, {FieldPhone, &e.Organisation.Phone, o.Phone}, {FieldPhone, &e.Organisation.OtherPhone, o.OtherPhone}} {
		switch {
		case f.now == "" || f.now == *f.first:
		case *f.first == "":
			*f.first = f.now
		default:
			r.problem(f.field, true, "import.problem.contradicts", "row", e.Row)
		}
	}
	if o.Kind != e.Organisation.Kind {
		r.problem(FieldKind, true, "import.problem.contradicts", "row", e.Row)
	}
	return !r.failed
}

func (r *rowReader) addContact(e *Entry, c Contact) {
	key := vietnamese.DedupeKey(c.FullName)
	for _, other := range e.Contacts {
		if vietnamese.DedupeKey(other.FullName) == key {
			r.problem(FieldContactName, false, "import.problem.contact_twice", "row", e.Row)
			return
		}
	}
	if len(e.Contacts) >= maxContacts {
		r.problem(FieldContactName, false, "edition.error.contacts_full", "max", maxContacts)
		return
	}
	e.Contacts = append(e.Contacts, c)
}

func (r *rowReader) organisation() Organisation {
	o := Organisation{NameVi: r.raised(FieldName, r.text(FieldName), organisationCase)}
	if o.NameVi == "" && !r.failed {
		r.problem(FieldName, true, "import.problem.no_name")
	}
	r.long(FieldName, o.NameVi, maxTitle)
	o.Kind = r.kind(o.NameVi)
	o.ProvinceID = r.province(o)
	if o.Kind == KindDoit && o.ProvinceID != 0 {
		p := r.places.Named(o.ProvinceID)
		o.ValidFrom, o.ValidTo = p.ValidFrom, p.ValidTo // its name follows the province's
	}
	o.Email = r.email(FieldEmail)
	o.Phone, o.OtherPhone = r.phones(FieldPhone)
	return o
}

func (r *rowReader) long(f ImportField, s string, limit int) {
	if utf8.RuneCountInString(s) > limit {
		r.problem(f, true, "edition.error.long", "max", limit)
	}
}

func (r *rowReader) kind(name string) OrganisationKind {
	written := r.text(FieldKind)
	if written != "" {
		k, ok := readKind(written)
		if !ok {
			r.problem(FieldKind, true, "import.problem.kind_unknown")
		}
		return k
	}
	k, ok := readKind(name)
	if !ok && name != "" && !r.failed {
		r.problem(FieldKind, true, "import.problem.kind_missing")
	}
	return k
}

func (r *rowReader) province(o Organisation) int64 {
	written := r.text(FieldProvince)
	if o.Kind == "ministry" || o.Kind == KindMinistryDepartment {
		return 0 // where its office stands does not matter
	}
	if written == "" || isCentral(written) {
		if o.Kind.central() || o.Kind == "" {
			return 0
		}
		now, ok := r.places.Within(o.NameVi)
		if !ok {
			r.problem(FieldProvince, true, "import.problem.province_missing")
			return 0
		}
		r.problem(FieldProvince, false, "import.problem.province_guessed", "province", conference.Names{Vi: now.Short("vi"), En: now.Short("en")})
		return now.ProvinceID
	}
	now, former, ok := r.places.Find(written)
	switch {
	case !ok:
		r.unknownProvince(written)
		return 0
	case former.ProvinceID != 0 && r.text(FieldValidFrom) == "":
		r.problem(FieldProvince, false, "import.problem.province_former", "former", conference.Names{Vi: former.Print("vi"), En: former.Print("en")}, "province", conference.Names{Vi: now.Print("vi"), En: now.Print("en")})
	}
	r.provinceOfName(o, now)
	return now.ProvinceID
}

// provinceOfName compares the province of a row with the one that the organisation's name holds: a
// line that slipped would put one province's body under another, where nobody looks for it.
func (r *rowReader) provinceOfName(o Organisation, written Province) {
	if named, ok := r.places.InName(o.NameVi, o.Kind.public()); ok {
		if named.ProvinceID != written.ProvinceID {
			r.problem(FieldProvince, true, "import.problem.province_contradicts", "named", conference.Names{Vi: named.Print("vi"), En: named.Print("en")})
		}
		return
	}
	if !o.Kind.public() {
		return // a company may be called after any place
	}
	if named, ok := r.places.Within(o.NameVi); ok && named.ProvinceID != written.ProvinceID {
		r.problem(FieldProvince, false, "import.problem.province_differs", "named", conference.Names{Vi: named.Print("vi"), En: named.Print("en")})
	}
}

// isCentral reports whether somebody wrote that an organisation belongs to no province.
func isCentral(written string) bool {
	return slices.Contains([]string{"trung uong", "tw", "central", "khong", "bo cong thuong"}, vietnamese.Fold(written))
}

func (r *rowReader) unknownProvince(written string) {
	near := r.places.Near(written)
	if len(near) == 0 {
		r.problem(FieldProvince, true, "import.problem.province_unknown")
		return
	}
	var vi, en []string
	for _, p := range near {
		vi, en = append(vi, p.Short("vi")), append(en, p.Short("en"))
	}
	r.problem(FieldProvince, true, "import.problem.province_near", "near", conference.Names{Vi: strings.Join(vi, ", "), En: strings.Join(en, ", ")})
}

// email gives the first address of a cell.
func (r *rowReader) email(f ImportField) string {
	text := strings.TrimPrefix(r.text(f), "mailto:")
	parts := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(";, /|", c) })
	if len(parts) == 0 || strings.Trim(text, "-– ") == "" {
		return ""
	}
	email, ok := vietnamese.NormaliseEmail(strings.Trim(parts[0], "<>."))
	if !ok {
		r.problem(f, true, "edition.error.email")
		return ""
	}
	if len(parts) > 1 {
		r.problem(f, false, "import.problem.emails", "kept", email)
	}
	return email
}

// phones gives the first two numbers of a cell.
func (r *rowReader) phones(f ImportField) (first, second string) {
	if r.text(f) == "" {
		return "", ""
	}
	raw := r.row.Cell(r.column(f))
	if strings.ContainsAny(raw, "\r\n") { // one number on each line
		raw = strings.Join(strings.FieldsFunc(raw, func(c rune) bool { return c == '\r' || c == '\n' }), "; ")
	}
	if strings.Trim(vietnamese.Normalise(raw), "-–. ") == "" {
		return "", ""
	}
	all, warnings, ok := vietnamese.ParsePhones(raw)
	for _, w := range warnings {
		r.phoneWarning(f, w, ok)
	}
	if len(all) > 2 {
		r.problem(f, false, "import.problem.phones", "n", len(all))
	}
	all = append(all, "", "")
	return all[0], all[1]
}

func (r *rowReader) phoneWarning(f ImportField, w vietnamese.PhoneWarning, ok bool) {
	switch {
	case w.Kind == vietnamese.PhoneUnreadable && w.Reason == vietnamese.PhoneRounded:
		r.problem(f, true, "import.problem.phone_rounded")
	case w.Kind == vietnamese.PhoneUnreadable && !ok:
		r.problem(f, true, "edition.error.phone")
	case w.Kind == vietnamese.PhoneUnreadable:
		r.problem(f, false, "import.problem.phone_part", "part", w.Part)
	case w.Kind == vietnamese.PhoneOldMobile:
		r.problem(f, false, "import.problem.phone_old", "now", vietnamese.FormatPhone(w.E164))
	case w.Kind == vietnamese.PhoneExtension:
		r.problem(f, false, "import.problem.phone_extension")
	case w.Kind == vietnamese.PhoneRemark:
		r.problem(f, false, "import.problem.phone_remark")
	}
}

// contact reads the focal point of a row; ok is false when the row names none.
func (r *rowReader) contact() (c Contact, ok bool) {
	c = Contact{FullName: r.raised(FieldContactName, withoutHonorific(r.text(FieldContactName)), vietnamese.TitleCase), JobTitle: r.raised(FieldContactTitle, r.text(FieldContactTitle), jobCase), Source: SourceImport}
	c.Phone, c.OtherPhone = r.phones(FieldContactPhone)
	c.Email = r.email(FieldContactEmail)
	switch {
	case c.FullName == "" && c.Phone == "" && c.Email == "":
		return c, false
	case c.FullName == "":
		f := FieldContactName
		if r.column(f) == sheet.NoHeader && c.Phone != "" {
			f = FieldContactPhone
		} else if r.column(f) == sheet.NoHeader {
			f = FieldContactEmail
		}
		r.problem(f, true, "import.problem.contact_no_name")
	case severalPeople(r.row.Cell(r.column(FieldContactName))):
		r.problem(FieldContactName, true, "import.problem.contact_two")
	case vietnamese.IsExampleName(c.FullName):
		r.problem(FieldContactName, false, "import.problem.contact_example")
	case vietnamese.IsPlaceholder(c.FullName):
		r.problem(FieldContactName, true, "edition.error.placeholder")
	}
	r.long(FieldContactName, c.FullName, maxShort)
	r.long(FieldContactTitle, c.JobTitle, maxTitle)
	return c, true
}

// withoutHonorific drops the form of address in front of a name.
func withoutHonorific(name string) string {
	for _, h := range []string{"Ông ", "Bà ", "Đ/c ", "Đồng chí ", "ÔNG ", "BÀ ", "ông ", "bà ", "đ/c ", "Đ/C ", "Ông: ", "Bà: "} {
		if rest, ok := strings.CutPrefix(name, h); ok && strings.Contains(rest, " ") {
			return rest
		}
	}
	return name
}
