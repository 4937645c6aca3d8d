package ui

import (
	"errors"
	"fmt"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

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
	var file []byte
	form, err := r.readFiles(field, math.MaxInt64-1, func(form *Form, f File) error {
		file = f.Data
		form.values.Set(field+"_name", vietnamese.Normalise(f.Name))
		return nil
	})
	if err != nil || form.Wrong() {
		return form, nil, err
	}
	return form, file, nil
}

// uploadTime is how long the body of an upload of many files may take.
const uploadTime = 15 * time.Minute

// File is one uploaded file.
type File struct {
	Name string
	Data []byte
}

// Files reads a posted form that carries any number of files in the field named,
// and hands each on as soon as it is read: only one is in memory at a time. A file of more
// than most bytes is handed on cut to most+1, for its taker to refuse. Errors of each end the reading. What is larger
// than the route's limit altogether is noted at the field, of a single file with most as the limit.
func (r *Request) Files(field string, most int64, each func(*Form, File) error) (*Form, error) {
	// Scans of a whole edition take an office's line longer than a form may.
	//nolint:forbidigo // a connection's deadline is a matter of the machine's clock
	if err := http.NewResponseController(r.c.Response()).SetReadDeadline(time.Now().Add(uploadTime)); err != nil {
		return nil, fmt.Errorf("upload: %w", err)
	}
	return r.readFiles(field, most, each)
}

func (r *Request) readFiles(field string, most int64, each func(*Form, File) error) (*Form, error) {
	if !strings.HasPrefix(r.c.Request().Header.Get("Content-Type"), "multipart/form-data") {
		return r.Form()
	}
	parts, err := r.c.Request().MultipartReader()
	if err != nil {
		return nil, conference.Fail(conference.KindInvalid, "error.form").Because(err)
	}
	form := r.NewForm(nil)
	files, cut := 0, false
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err == nil && n >= maxFields {
			err = fmt.Errorf("more than %d fields", maxFields)
		}
		var f File
		if err == nil {
			f, err = form.take(part, field, most)
		}
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			form.large = true
			form.Note(field, tooLarge(files, cut, most, large.Limit))
			return form, nil
		case err != nil:
			return nil, conference.Fail(conference.KindInvalid, "error.form").Because(err)
		}
		if f.Name != "" {
			files, cut = files+1, int64(len(f.Data)) > most
			if err := each(form, f); err != nil {
				return form, err
			}
		}
	}
}

// tooLarge says why a form was not read to its end: for a single file by what a file
// may have, which is less than the route takes.
func tooLarge(files int, cut bool, most, limit int64) conference.Text {
	switch {
	case files > 1:
		return conference.Say("error.files_too_large", "max", limit>>20)
	case cut:
		return conference.Say("error.file_too_large", "max", most>>20)
	}
	return conference.Say("error.file_too_large", "max", limit>>20)
}

// Status gives the status with which a form that Wrong reports is shown again: 413
// when a file was too large for the route, 422 otherwise.
func (f *Form) Status() int {
	if f.large {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusUnprocessableEntity
}

// take reads one part: a file of the field, or a value that was typed.
func (f *Form) take(part *multipart.Part, field string, most int64) (File, error) {
	if part.FormName() == field && part.FileName() != "" {
		data, err := io.ReadAll(io.LimitReader(part, most+1))
		return File{Name: part.FileName(), Data: data}, err
	}
	value, err := io.ReadAll(io.LimitReader(part, maxPart+1))
	if err != nil {
		return File{}, err
	}
	if len(value) > maxPart {
		return File{}, fmt.Errorf("a value of more than %d bytes", maxPart)
	}
	if part.FileName() == "" {
		f.add(part.FormName(), string(value))
	}
	return File{}, nil
}
