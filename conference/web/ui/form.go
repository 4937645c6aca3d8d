package ui

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
	"hoinghi/templates"
)

// maxFields is the most values that a form may hold.
const maxFields = 2000

// Form is what was typed, and what is wrong with it. A refused form is shown
// again with both.
type Form struct {
	values url.Values
	errors map[string]string
	order  []string
	labels map[string]string // of the fields that the page shows, known once it was rendered
	locale *templates.Locale
	refuse func(error) // keeps the request from writing anything
	large  bool        // a file was larger than the route takes
	// Message is the refusal as a whole, "" when only fields are wrong or nothing is.
	Message string
}

// NewForm gives a form with first values, for a page that was not posted yet.
func (r *Request) NewForm(values map[string]string) *Form {
	f := &Form{values: url.Values{}, errors: map[string]string{}, locale: r.locale, refuse: r.refuse}
	for k, v := range values {
		f.values.Set(k, v)
	}
	return f
}

// refuse keeps the rest of the request from writing: every db.Write fails with why.
func (r *Request) refuse(why error) {
	r.c.SetRequest(r.c.Request().WithContext(db.Refusing(r.Context(), why)))
}

// add takes a value that was typed, composed (NFC) and without control characters;
// line breaks are kept. Bytes that are no UTF-8 cannot be shown again as they were
// sent: that is said at the field, and nothing of the form can be stored.
func (f *Form) add(name, typed string) {
	f.values.Add(name, vietnamese.NormaliseText(typed))
	if utf8.ValidString(typed) {
		return
	}
	var p conference.Problems
	p.Add(name, "error.utf8")
	f.Refuse(p.Err())
	f.Message = f.locale.T("error.utf8_form") // the field may be one that no page shows
	f.refuse(p.Err())
}

// Form reads the posted form: valid UTF-8, composed (NFC), without control
// characters; line breaks are kept.
func (r *Request) Form() (*Form, error) {
	req := r.c.Request()
	if err := req.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, conference.Fail(conference.KindTooLarge, "error.too_large").Because(err)
		}
		return nil, conference.Fail(conference.KindInvalid, "error.form").Because(err)
	}
	if n := len(req.PostForm); n > maxFields {
		return nil, conference.Fail(conference.KindInvalid, "error.form").Because(fmt.Errorf("%d fields", n))
	}
	f := r.NewForm(nil)
	for name, values := range req.PostForm {
		for _, v := range values {
			f.add(name, v)
		}
	}
	return f, nil
}

// Get gives a one-line value, trimmed.
func (f *Form) Get(name string) string { return vietnamese.Normalise(f.values.Get(name)) }

// Text gives a value with its line breaks.
func (f *Form) Text(name string) string { return strings.TrimSpace(f.values.Get(name)) }

// Secret gives a value exactly as it came, for passwords.
func (r *Request) Secret(name string) string { return r.c.Request().PostForm.Get(name) }

// All gives every value of a name, as posted by check boxes.
func (f *Form) All(name string) []string { return f.values[name] }

// Checked reports whether a check box was ticked.
func (f *Form) Checked(name string) bool { return f.values.Get(name) != "" }

// Int gives a whole number; empty is 0. Anything else is noted as an error of the field.
func (f *Form) Int(name string) int {
	v := f.Get(name)
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		f.Note(name, conference.Say("error.number"))
		return 0
	}
	return n
}

// IDs gives every value of a name that is a row's number.
func (f *Form) IDs(name string) []int64 {
	var out []int64
	for _, v := range f.values[name] {
		if id, err := strconv.ParseInt(v, 10, 64); err == nil && id > 0 {
			out = append(out, id)
		}
	}
	return out
}

// ID gives a value that is a row's number, 0 otherwise.
func (f *Form) ID(name string) int64 { return Number(f.Get(name)) }

// Has reports whether the field was posted at all, if only empty.
func (f *Form) Has(name string) bool { return f.values.Has(name) }

// Set changes a value that will be shown.
func (f *Form) Set(name, value string) { f.values.Set(name, value) }

// Overlay takes over every value of another form, for a page with several forms
// of which one was posted.
func (f *Form) Overlay(posted *Form) {
	for name, values := range posted.values {
		f.values[name] = values
	}
}

// Note puts a message beside a field.
func (f *Form) Note(field string, t conference.Text) {
	if _, ok := f.errors[field]; !ok {
		f.order = append(f.order, field)
	}
	f.errors[field] = f.locale.Text(t)
}

// Forget takes the message of a field away, when another field says it better.
func (f *Form) Forget(field string) {
	delete(f.errors, field)
	f.order = slices.DeleteFunc(f.order, func(name string) bool { return name == field })
}

// Refuse notes an error of a verb that the visitor can mend on the form and
// reports whether it was one; any other error is the caller's to return.
func (f *Form) Refuse(err error) bool {
	var e *conference.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Kind {
	case conference.KindInvalid, conference.KindConflict, conference.KindTooMany, conference.KindUnavailable:
	case conference.KindNotFound, conference.KindForbidden, conference.KindGone, conference.KindTooLarge:
		return false
	}
	for _, fe := range e.Fields {
		f.Note(fe.Field, fe.Text)
	}
	if len(e.Fields) == 0 {
		f.Message = f.locale.Text(e.Message)
	}
	return true
}

// Wrong reports whether anything is noted.
func (f *Form) Wrong() bool { return len(f.errors) > 0 || f.Message != "" }

// Error gives the message beside a field.
func (f *Form) Error(field string) string { return f.errors[field] }

// Problem is one line of the summary above a refused form.
type Problem struct{ Field, Label, Text string }

// Problems gives the summary: each line names its field and links to it. The labels
// stand in the template below the summary, so a refused page is rendered twice.
func (f *Form) Problems() []Problem {
	var out []Problem
	for _, name := range f.order {
		out = append(out, Problem{Field: "f-" + name, Label: f.labels[name], Text: f.errors[name]})
	}
	return out
}

// Label gives the label of a field that a template draws by itself, and tells it to the summary.
func (f *Form) Label(name, label string) string {
	if f.labels == nil {
		f.labels = map[string]string{}
	}
	f.labels[name] = label
	return label
}

// Option is one choice of a select or radio field.
type Option struct {
	Value, Label string
	Selected     bool
}

// Field is one field as the partial "field" shows it.
type Field struct {
	ID, Name, Label, Help, Value, Error, Type string
	Autocomplete, Inputmode, Placeholder      string
	Required, Autofocus, Checked              bool
	Rows, MaxLength                           int
	Min, Max                                  string
	List                                      string // id of a datalist with values to choose from
	Options                                   []Option
}

// Field builds a field for a template from alternating names and values: label,
// help, type, autocomplete, inputmode, placeholder, required, autofocus, rows, maxlength, min,
// max, options, value, list. The typed value and its error are put in.
func (f *Form) Field(name string, pairs ...any) (Field, error) {
	d := Field{ID: "f-" + name, Name: name, Type: "text", Value: f.values.Get(name), Error: f.errors[name]}
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := d.set(fmt.Sprint(pairs[i]), pairs[i+1]); err != nil {
			return d, fmt.Errorf("field %s: %w", name, err)
		}
	}
	f.Label(name, d.Label)
	if d.Type == "password" {
		d.Value = ""
	}
	if d.Type == "checkbox" {
		d.Checked = d.Value != ""
		d.Value = "1"
	}
	chosen := f.values[name]
	for i := range d.Options {
		d.Options[i].Selected = len(chosen) > 0 && d.Options[i].Value == chosen[0]
	}
	return d, nil
}

func (d *Field) set(key string, v any) error {
	text := map[string]*string{"label": &d.Label, "help": &d.Help, "type": &d.Type, "autocomplete": &d.Autocomplete, "id": &d.ID,
		"inputmode": &d.Inputmode, "placeholder": &d.Placeholder, "min": &d.Min, "max": &d.Max, "value": &d.Value, "list": &d.List}
	flags := map[string]*bool{"required": &d.Required, "autofocus": &d.Autofocus}
	numbers := map[string]*int{"rows": &d.Rows, "maxlength": &d.MaxLength}
	if p, ok := text[key]; ok {
		*p = fmt.Sprint(v)
		return nil
	}
	if p, ok := flags[key]; ok {
		*p, ok = v.(bool)
		if ok {
			return nil
		}
	}
	if p, ok := numbers[key]; ok {
		*p, ok = v.(int)
		if ok {
			return nil
		}
	}
	if o, ok := v.([]Option); ok && key == "options" {
		d.Options = append([]Option(nil), o...)
		return nil
	}
	return fmt.Errorf("unknown or ill-typed %q", key)
}
