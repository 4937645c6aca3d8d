package ui

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/vietnamese"
)

// maxPart is the longest typed value of a form that carries a file, in bytes.
const maxPart = 64 << 10

// Upload reads a posted form that carries one file (multipart/form-data) in the
// field named. The file is nil if none was chosen, and empty but not nil if an empty
// one was; its own name is the value of the field with "_name" behind it. What is larger than the
// route's limit is noted at the file's field, with what was typed before it kept: so
// the file's field stands last in its form.
func (r *Request) Upload(field string) (*Form, []byte, error) {
	if !strings.HasPrefix(r.c.Request().Header.Get("Content-Type"), "multipart/form-data") {
		form, err := r.Form()
		return form, nil, err
	}
	parts, err := r.c.Request().MultipartReader()
	if err != nil {
		return nil, nil, conference.Fail(conference.KindInvalid, "error.form").Because(err)
	}
	form := r.NewForm(nil)
	var file []byte
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, file, nil
		}
		if err == nil && n >= maxFields {
			err = fmt.Errorf("more than %d fields", maxFields)
		}
		if err == nil {
			err = form.take(part, field, &file)
		}
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			form.Note(field, conference.Say("error.file_too_large", "max", large.Limit>>20))
			return form, nil, nil
		case err != nil:
			return nil, nil, conference.Fail(conference.KindInvalid, "error.form").Because(err)
		}
	}
}

// take reads one part: the file, or a value that was typed.
func (f *Form) take(part *multipart.Part, field string, file *[]byte) error {
	name := part.FormName()
	if name == field && part.FileName() != "" {
		data, err := io.ReadAll(part)
		if err == nil {
			*file = data
			f.values.Set(name+"_name", vietnamese.Normalise(part.FileName()))
		}
		return err
	}
	value, err := io.ReadAll(io.LimitReader(part, maxPart+1))
	if err != nil {
		return err
	}
	if len(value) > maxPart {
		return fmt.Errorf("a value of more than %d bytes", maxPart)
	}
	if part.FileName() == "" {
		f.values.Add(name, vietnamese.NormaliseText(string(value)))
	}
	return nil
}
