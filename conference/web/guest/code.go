package guest

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

// How often short codes may be tried. An address gets 10 a minute after a first 20:
// a whole office is behind one, and somebody who misreads a letter tries three or four times.
// Wrong guesses of everybody together are held to 1,000 an hour, however many
// addresses they come from.
//
// What that is worth: a code is 30 bits behind the letters of a province, 2^30 = 1.07e9 values.
//   - One given organisation: 1.07e9 / 2 / 1,000 an hour = 61 years on average.
//   - Any organisation at all: a guess counts for one province only, and 34 provinces
//     invite some 500 organisations, 15 each; so 61 / 15 = 4 years of guessing day and night, all of
//     it in the log, for a page that lives some three months: a chance of about 3 %. With the
//     20 invitations of the XII conference it is 1 in 500.
//   - Codes that were replaced answer too, that they are gone: a hit on one gives nothing away.
//
// The price: one address alone cannot use up the limit for all (600 of 1,000 an hour), two
// can, and then codes wait while links go on. A letter bears the link as a QR code beside the code.
var (
	codeLimit  = ui.Limit{Name: "short-code", Per: 6 * time.Second, Burst: 20}
	wrongCodes = ui.Limit{Name: "wrong-short-code", Per: 3600 * time.Millisecond, Burst: 100, Global: true}
)

type codePage struct {
	ui.Frame
	Form *ui.Form
}

func (g *Guest) codeForm(r *ui.Request) error {
	return g.showCodeForm(r, http.StatusOK, r.NewForm(nil))
}

func (g *Guest) showCodeForm(r *ui.Request, status int, form *ui.Form) error {
	if _, ok := r.CurrentEdition(); !ok {
		g.setFront(r)
	}
	page := codePage{Frame: r.Frame("code"), Form: form}
	page.Path = "/m"
	return r.PageStatus(status, "guest/code", page)
}

// findCode leads to the page of the organisation whose short code was typed.
func (g *Guest) findCode(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	path, err := g.pathOfCode(r, form.Get("code"))
	switch kind := conference.KindOf(err); {
	case err == nil:
		return r.Redirect("%s", path)
	case kind == conference.KindTooMany:
		form.Refuse(err)
		r.Writer().Header().Set("Retry-After", "60")
		return g.showCodeForm(r, http.StatusTooManyRequests, form)
	case kind == conference.KindGone:
		var gone *conference.Error
		if errors.As(err, &gone) {
			form.Note("code", gone.Message)
		}
		_, token, link := strings.Cut(strings.ToLower(form.Get("code")), "/m/")
		if !link {
			token = form.Get("code")
		}
		g.former(r, token)
	case kind == conference.KindNotFound && form.Get("code") == "":
		form.Note("code", conference.Say("guest.error.code_missing"))
	case kind == conference.KindNotFound:
		form.Note("code", conference.Say("guest.error.code"))
	default:
		return err
	}
	return g.showCodeForm(r, http.StatusUnprocessableEntity, form)
}

// pathOfCode gives the address of a short code's page. Only a wrong code counts
// against the limit for all.
func (g *Guest) pathOfCode(r *ui.Request, code string) (string, error) {
	if err := r.Left(codeLimit); err != nil {
		return "", err
	}
	if err := r.Left(wrongCodes); err != nil {
		return "", err
	}
	i, err := g.byCodeOrLink(r, code)
	if err == nil {
		return g.Invitations.Path(i), nil
	}
	if limit := r.Allow(codeLimit); limit != nil {
		return "", limit
	}
	if conference.KindOf(err) == conference.KindNotFound && code != "" {
		g.Log.Warn("wrong short code") // never the code: it may be right but for one sign
		if full := r.Allow(wrongCodes); full != nil {
			return "", full
		}
	}
	return "", err
}

// byCodeOrLink finds the invitation of a short code, or of the whole link that
// people paste into whatever field they are offered.
func (g *Guest) byCodeOrLink(r *ui.Request, typed string) (invitation.Invitation, error) {
	if at := strings.LastIndex(strings.ToLower(typed), "/m/"); at >= 0 {
		return g.Invitations.ByToken(r.Context(), g.DB, typed[at+len("/m/"):])
	}
	return g.Invitations.ByCode(r.Context(), g.DB, typed)
}
