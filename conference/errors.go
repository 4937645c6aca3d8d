package conference

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind says what sort of failure an Error is; the faces turn it into an HTTP status.
type Kind string

// The kinds of error a verb may return.
const (
	KindInvalid     Kind = "invalid"     // the input breaks a rule; Fields may say where
	KindNotFound    Kind = "not_found"   // no such thing, or none that this actor may see
	KindConflict    Kind = "conflict"    // the input was right, but the state forbids it (quota full, already sent)
	KindForbidden   Kind = "forbidden"   // the actor may not do this
	KindGone        Kind = "gone"        // a link or code that was right once and was withdrawn
	KindTooMany     Kind = "too_many"    // asked too often; try again later
	KindTooLarge    Kind = "too_large"   // the body is over the limit of its route
	KindUnavailable Kind = "unavailable" // the queue is full or the store cannot be written now
)

// Text is a message in no language yet: a key of templates/locales and the
// values for its placeholders, as alternating name and value.
type Text struct {
	Key  string
	Args []any
}

// Say makes a Text.
func Say(key string, args ...any) Text { return Text{Key: key, Args: args} }

// Names is a name that is written differently in each language, as the value of a
// placeholder: the group in "group {group} is full".
type Names struct{ Vi, En string }

// In gives the name in a language ("vi", "en"), the Vietnamese one when there is no other.
func (n Names) In(lang string) string {
	if lang == "en" && n.En != "" {
		return n.En
	}
	return n.Vi
}

// FieldError says what is wrong with one field of a form. Field is the field's
// name as posted.
type FieldError struct {
	Field string
	Text  Text
}

// Error is all that a visitor may read about a failure. Every other error is
// logged under a reference number and shown as that number only.
type Error struct {
	Kind    Kind
	Message Text
	Fields  []FieldError
	cause   error
}

// Error gives the form for logs: kind, key and field names, never a value typed by anyone.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Message.Key)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Field, f.Text.Key)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

// Unwrap gives the cause, if one was attached by Because.
func (e *Error) Unwrap() error { return e.cause }

// Because attaches the inner error for the log and returns e.
func (e *Error) Because(err error) *Error {
	e.cause = err
	return e
}

// Fail makes an Error of the given kind with a message for the visitor.
func Fail(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Message: Say(key, args...)}
}

// NotFound says that there is no such thing for this visitor.
func NotFound() *Error { return Fail(KindNotFound, "error.not_found") }

// Forbidden says that the actor may not do this.
func Forbidden() *Error { return Fail(KindForbidden, "error.forbidden") }

// KindOf gives the kind of the first *Error in err's chain, or "" for any other error.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// Problems collects field errors while a form is read, so that a visitor sees
// all of them at once. The zero value is ready to use.
type Problems struct{ fields []FieldError }

// Add notes one problem of one field.
func (p *Problems) Add(field, key string, args ...any) {
	p.fields = append(p.fields, FieldError{Field: field, Text: Say(key, args...)})
}

// Has reports whether a problem of the field was noted.
func (p *Problems) Has(field string) bool {
	return slices.ContainsFunc(p.fields, func(f FieldError) bool { return f.Field == field })
}

// Any reports whether a problem was noted.
func (p *Problems) Any() bool { return len(p.fields) > 0 }

// Err gives nil, or one invalid Error with every field noted.
func (p *Problems) Err() error {
	if len(p.fields) == 0 {
		return nil
	}
	e := Fail(KindInvalid, "error.fields")
	e.Fields = p.fields
	return e
}
