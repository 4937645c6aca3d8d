package delegation

import (
	"errors"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/vietnamese"
)

// The limits of a person's fields, in characters.
const (
	minName      = 2
	maxName      = 120
	maxTitle     = 200
	maxClientKey = 64
)

// Person is what a focal point enters about one delegate. The form fields are
// full_name, gender, job_title, organisation, group, phone, email, head and client_key.
type Person struct {
	FullName     string // as written; a name in capitals only is put into title case
	Gender       Gender
	JobTitle     string
	Organisation string // empty: the invited organisation
	GroupID      int64
	Phone        string // one number as people write it; required of the head
	Email        string
	Head         bool   // of the delegation; false takes the part away from whoever has it
	ClientKey    string // made by the form: posting one form twice lists one delegate
}

// check gives the person as stored, except for the group, which only the
// invitation knows.
func (p Person) check() (Person, error) {
	var bad conference.Problems
	p.FullName = checkName(&bad, p.FullName)
	p.JobTitle = checkText(&bad, "job_title", p.JobTitle)
	p.Organisation = checkText(&bad, "organisation", p.Organisation)
	p.Phone = checkPhone(&bad, p.Phone)
	if p.Head && p.Phone == "" {
		bad.Add("phone", "delegation.error.head_phone")
	}
	if p.Email = vietnamese.Normalise(p.Email); p.Email != "" {
		email, ok := vietnamese.NormaliseEmail(p.Email)
		if !ok || len(email) > 254 { // RFC 5321 4.5.3.1.3, less the angle brackets
			bad.Add("email", "delegation.error.email")
		}
		p.Email = email
	}
	switch p.Gender {
	case Unsaid, Male, Female:
	default:
		bad.Add("gender", "delegation.error.gender")
	}
	if p.GroupID == 0 {
		bad.Add("group", "delegation.error.group_missing")
	}
	if p.ClientKey = vietnamese.Normalise(p.ClientKey); p.ClientKey == "" {
		p.ClientKey = conference.NewSecret()
	}
	if len(p.ClientKey) > maxClientKey {
		bad.Add("client_key", "delegation.error.client_key")
	}
	return p, bad.Err()
}

func checkName(bad *conference.Problems, typed string) string {
	name := vietnamese.Normalise(typed)
	if vietnamese.LooksAllCaps(name) {
		name = vietnamese.TitleCase(name)
	}
	switch n := utf8.RuneCountInString(name); {
	case name == "":
		bad.Add("full_name", "delegation.error.name_missing")
	case vietnamese.IsPlaceholder(name):
		bad.Add("full_name", "delegation.error.name_placeholder")
	case n < minName:
		bad.Add("full_name", "delegation.error.name_short")
	case n > maxName:
		bad.Add("full_name", "delegation.error.name_long", "max", maxName)
	}
	return name
}

func checkText(bad *conference.Problems, field, typed string) string {
	text := vietnamese.Normalise(typed)
	if utf8.RuneCountInString(text) > maxTitle {
		bad.Add(field, "delegation.error."+field+"_long", "max", maxTitle)
	}
	return text
}

func checkPhone(bad *conference.Problems, typed string) string {
	e164, err := vietnamese.ParsePhone(typed)
	if err == nil {
		return e164
	}
	var why *vietnamese.PhoneError
	switch {
	case errors.As(err, &why) && why.Reason == vietnamese.PhoneEmpty:
	case errors.As(err, &why) && why.Reason == vietnamese.PhoneSeveral:
		bad.Add("phone", "delegation.error.phone_several")
	default:
		bad.Add("phone", "delegation.error.phone")
	}
	return ""
}
