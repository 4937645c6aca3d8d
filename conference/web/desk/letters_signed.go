package desk

import (
	"fmt"
	"net/http"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

type letterPage struct {
	ui.Frame
	Form  *ui.Form
	Base  string
	ID    int64
	Name  string
	Kinds []letterOfKind
}

// letterOfKind is one kind of letter of an organisation.
type letterOfKind struct {
	Kind   invitation.LetterKind
	Label  string
	Own    bool
	Signed bool
	File   string
	When   string
	Who    string
	Pages  int
	Error  string
}

func (d *Desk) oneLetter(r *ui.Request) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	return d.showLetter(r, http.StatusOK, i, "", r.NewForm(nil))
}

// showLetter shows an organisation's letters, with the refusal of a scan beside the kind that was posted.
func (d *Desk) showLetter(r *ui.Request, status int, i invitation.Invitation, posted invitation.LetterKind, form *ui.Form) error {
	page := letterPage{Frame: r.Frame("letters", lettersCrumb(r)), Form: form, Base: lettersBase(r), ID: i.ID, Name: i.Organisation.In(r.Lang())}
	signed, err := invitation.SignedFor(r.Context(), d.DB, i.ID)
	if err != nil {
		return err
	}
	for _, k := range invitation.LetterKinds() {
		of := letterOfKind{Kind: k, Label: r.Say(invitation.LetterKindText(k))}
		if of.Own, err = d.hasOwn(r, k); err != nil {
			return err
		}
		for _, s := range signed {
			if s.Kind == k {
				of.Signed, of.File, of.Pages, of.Who, of.When = true, s.Name, s.Pages, s.UploadedBy, ui.Moment(s.UploadedAt.Time, r.Lang())
			}
		}
		if k == posted {
			of.Error = form.Error("signed")
		}
		page.Kinds = append(page.Kinds, of)
	}
	return r.PageStatus(status, "desk/letters/one", page)
}

// setSigned takes the signed scan of one organisation.
func (d *Desk) setSigned(r *ui.Request, kind invitation.LetterKind) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	var file ui.File
	form, err := r.Files("signed", invitation.MaxSigned, func(_ *ui.Form, f ui.File) error { file = f; return nil })
	if err != nil {
		return err
	}
	if !form.Wrong() {
		if err := d.Invitations.SetSigned(r.Context(), i.ID, kind, file.Name, file.Data); err != nil && !form.Refuse(err) {
			return err
		}
	}
	if form.Wrong() {
		return d.showLetter(r, form.Status(), i, kind, form)
	}
	r.Flash("success", "letters.signed.saved")
	return r.Redirect("%s/%d", lettersBase(r), i.ID)
}

func (d *Desk) dropSigned(r *ui.Request, kind invitation.LetterKind) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	if err := d.Invitations.DropSigned(r.Context(), i.ID, kind); err != nil {
		return err
	}
	r.Flash("success", "letters.signed.dropped")
	return r.Redirect("%s/%d", lettersBase(r), i.ID)
}

func (d *Desk) signedFile(r *ui.Request, kind invitation.LetterKind) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	data, err := invitation.SignedFile(r.Context(), d.DB, i.ID, kind)
	if err != nil {
		return err
	}
	return r.File("application/pdf", invitation.LetterName(i, kind, "pdf"), data)
}

type uploadsPage struct {
	ui.Frame
	Form    *ui.Form
	Base    string
	Kind    invitation.LetterKind
	Tabs    []filter
	Rows    []uploadRow
	Refused []string // files of the last upload that were not taken, with the reason
	Clear   int
}

// uploadRow is one scan that waits to be confirmed.
type uploadRow struct {
	Field, Name, Size, State, StateLabel, Error string
	Pages                                       int
	Matches                                     []string // the organisations that its name means
	Options                                     []ui.Option
}

func (d *Desk) uploads(r *ui.Request) error {
	return d.showUploads(r, http.StatusOK, chosenKind(r), r.NewForm(nil), nil)
}

func (d *Desk) showUploads(r *ui.Request, status int, kind invitation.LetterKind, form *ui.Form, refused []string) error {
	base := lettersBase(r)
	page := uploadsPage{Frame: r.Frame("letters", lettersCrumb(r)), Form: form, Base: base, Kind: kind, Tabs: kindTabs(r, base+"/upload", kind), Refused: refused}
	staged, err := invitation.Staged(r.Context(), d.DB, r.Edition().ID, kind)
	if err != nil {
		return err
	}
	all, err := invitation.List(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	signed, err := invitation.SignedOf(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	for _, u := range staged {
		row := uploadRow{Field: invitation.UploadField(u.ID), Name: u.Name, Pages: u.Pages, Size: fmt.Sprintf("%.1f", max(0.1, float64(u.Size)/(1<<20))), State: "pending"}
		row.Error = form.Error(row.Field)
		chosen := form.ID(row.Field)
		switch {
		case len(u.Candidates) == 1:
			row.State, row.StateLabel = "registered", r.T("letters.upload.matched")
			page.Clear++
			if !form.Wrong() {
				chosen = u.Candidates[0]
			}
		case len(u.Candidates) > 1:
			row.StateLabel = r.T("letters.upload.ambiguous", "n", len(u.Candidates))
		default:
			row.StateLabel = r.T("letters.upload.unmatched")
		}
		for _, i := range all {
			label := i.Organisation.In(r.Lang())
			if slices.Contains(u.Candidates, i.ID) {
				row.Matches = append(row.Matches, label)
			}
			if i.Province.Abbr != "" { // first, so that a narrow screen cuts off the rest
				label = i.Province.Abbr + " · " + label
			}
			for _, s := range signed[i.ID] {
				if s.Kind == kind {
					label += " " + r.T("letters.upload.replaces")
				}
			}
			row.Options = append(row.Options, ui.Option{Value: ui.Itoa(i.ID), Label: label, Selected: i.ID == chosen})
		}
		page.Rows = append(page.Rows, row)
	}
	return r.PageStatus(status, "desk/letters/upload", page)
}

// uploadSigned takes many scans and keeps them apart until they are confirmed. One
// that is refused does not hold up the others.
func (d *Desk) uploadSigned(r *ui.Request) error {
	var refused []string
	taken := 0
	form, err := r.Files("signed", invitation.MaxSigned, func(form *ui.Form, f ui.File) error {
		kind, err := kindOf(form.Get("kind"))
		if err != nil {
			return err
		}
		err = d.Invitations.Stage(r.Context(), r.Edition().ID, kind, f.Name, f.Data)
		if words, ok := wordsOf(r, err); ok {
			refused = append(refused, f.Name+": "+words)
			return nil
		}
		taken++
		return err
	})
	if err != nil {
		return err
	}
	kind, err := kindOf(form.Get("kind"))
	if err != nil {
		return err
	}
	if taken == 0 && len(refused) == 0 && !form.Wrong() {
		form.Note("signed", conference.Say("letters.upload.none"))
	}
	if len(refused) > 0 {
		form.Note("signed", conference.Say("letters.upload.refused_some", "n", len(refused)))
	}
	switch {
	case form.Wrong() && taken == 0:
		return d.showUploads(r, form.Status(), kind, form, refused)
	case form.Wrong(): // the others wait to be confirmed
		return d.showUploads(r, http.StatusOK, kind, form, refused)
	}
	return r.Redirect("%s/upload?kind=%s", lettersBase(r), kind)
}

// wordsOf gives what a refusal says; ok is false when it is none.
func wordsOf(r *ui.Request, err error) (words string, ok bool) {
	form := r.NewForm(nil)
	if err == nil || !form.Refuse(err) {
		return "", false
	}
	return form.Error("signed"), true
}

func (d *Desk) confirmUploads(r *ui.Request) error {
	form, kind, err := kindForm(r)
	if err != nil {
		return err
	}
	staged, err := invitation.Staged(r.Context(), d.DB, r.Edition().ID, kind)
	if err != nil {
		return err
	}
	chosen := map[int64]int64{}
	for _, u := range staged {
		field := invitation.UploadField(u.ID)
		if !form.Has(field) {
			continue // came in after the page was opened: nobody has seen it there
		}
		if chosen[u.ID] = form.ID(field); chosen[u.ID] == 0 && form.Get(field) != "" {
			form.Note(field, conference.Say("invitation.letter.error.whose"))
		}
	}
	if form.Wrong() {
		return d.showUploads(r, http.StatusUnprocessableEntity, kind, form, nil)
	}
	n, err := d.Invitations.Confirm(r.Context(), r.Edition().ID, kind, chosen)
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showUploads(r, http.StatusUnprocessableEntity, kind, form, nil)
	}
	r.Flash("success", "letters.upload.confirmed", "n", n)
	return r.Redirect("%s?kind=%s", lettersBase(r), kind)
}

func (d *Desk) discardUploads(r *ui.Request) error {
	_, kind, err := kindForm(r)
	if err != nil {
		return err
	}
	if err := d.Invitations.Discard(r.Context(), r.Edition().ID, kind); err != nil {
		return err
	}
	r.Flash("success", "letters.upload.discarded")
	return r.Redirect("%s/upload?kind=%s", lettersBase(r), kind)
}
