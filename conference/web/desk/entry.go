package desk

import (
	"net/http"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/web/ui"
)

// A hall shares one address, so this limit is generous; the account room's own
// limit per account is the strict one.
var signInLimit = ui.Limit{Name: "sign-in", Per: 6 * time.Second, Burst: 30}

func (d *Desk) entryRoutes() []ui.Route {
	return []ui.Route{
		ui.GET("/desk/sign-in", ui.Anyone, d.signInForm),
		ui.POST("/desk/sign-in", ui.Anyone, d.signIn),
		ui.POST("/desk/sign-out", ui.SignedIn, d.signOut),
		ui.GET("/desk/link/:token", ui.LinkHolder, d.linkForm),
		ui.POST("/desk/link/:token", ui.LinkHolder, d.useLink),
		ui.GET("/desk/me", ui.SignedIn, d.me),
		ui.POST("/desk/me/password", ui.SignedIn, d.changePassword),
		ui.POST("/desk/me/sessions/end", ui.SignedIn, d.endOtherSessions),
	}
}

type signInPage struct {
	ui.Frame
	Form *ui.Form
	To   string
}

func (d *Desk) signInForm(r *ui.Request) error {
	if r.SignedIn() {
		return r.Redirect("/desk")
	}
	return d.showSignIn(r, http.StatusOK, r.NewForm(nil), ui.LocalPath(r.Query("to"), "/desk"))
}

// showSignIn keeps where the visitor wants to go when they change the language.
func (d *Desk) showSignIn(r *ui.Request, status int, form *ui.Form, to string) error {
	page := signInPage{Frame: r.Frame(""), Form: form, To: to}
	page.Keep = "to=" + ui.QueryEscape(to)
	return r.PageStatus(status, "public/sign-in", page)
}

func (d *Desk) signIn(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	to := ui.LocalPath(form.Get("to"), "/desk")
	var token string
	if err = r.Allow(signInLimit); err == nil {
		_, token, err = d.Accounts.SignIn(r.Context(), form.Get("email"), r.Secret("password"), r.UserAgent())
	}
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showSignIn(r, http.StatusUnprocessableEntity, form, to)
	}
	r.StartSession(token)
	return r.Redirect("%s", to)
}

func (d *Desk) signOut(r *ui.Request) error {
	if err := d.Accounts.EndSession(r.Context(), r.Session().ID); err != nil {
		return err
	}
	r.ForgetSession()
	return r.Redirect("/desk/sign-in")
}

type linkPage struct {
	ui.Frame
	Form *ui.Form
	Link account.Link
}

// linkForm shows what a one-time link is for. Only the demo's links sign in by
// being opened: they are printed for people who try the program out.
func (d *Desk) linkForm(r *ui.Request) error {
	link, err := d.Accounts.OpenLink(r.Context(), r.Param("token"))
	if err != nil {
		return err
	}
	if link.Purpose == account.PurposeDemoSignIn {
		_, token, err := d.Accounts.SignInByLink(r.Context(), r.Param("token"), r.UserAgent())
		if err != nil {
			return err
		}
		r.StartSession(token)
		return r.Redirect("/desk")
	}
	form := r.NewForm(map[string]string{"full_name": link.FullName, "email": link.Email})
	return r.Page("public/link", linkPage{Frame: r.Frame(""), Form: form, Link: link})
}

func (d *Desk) useLink(r *ui.Request) error {
	link, err := d.Accounts.OpenLink(r.Context(), r.Param("token"))
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	var staff account.Staff
	if r.Secret("password") != r.Secret("again") {
		form.Note("again", conference.Say("desk.error.again"))
	} else {
		staff, err = d.Accounts.UseLink(r.Context(), r.Param("token"), account.Credentials{
			FullName: form.Get("full_name"), Email: form.Get("email"), Password: r.Secret("password")})
		if err != nil && !form.Refuse(err) {
			return err
		}
	}
	if form.Wrong() {
		return r.PageStatus(http.StatusUnprocessableEntity, "public/link", linkPage{Frame: r.Frame(""), Form: form, Link: link})
	}
	_, token, err := d.Accounts.SignIn(r.Context(), staff.Email, r.Secret("password"), r.UserAgent())
	if err != nil {
		return err
	}
	r.StartSession(token)
	r.Flash("success", "desk.link.done")
	return r.Redirect("/desk")
}

type mePage struct {
	ui.Frame
	Form     *ui.Form
	Email    string
	Sessions []sessionRow
}

type sessionRow struct {
	Device, Since, Seen string
	Here                bool
}

func (d *Desk) me(r *ui.Request) error { return d.showMe(r, http.StatusOK, r.NewForm(nil)) }

func (d *Desk) showMe(r *ui.Request, status int, form *ui.Form) error {
	sessions, err := d.Accounts.Sessions(r.Context(), r.Staff().ID)
	if err != nil {
		return err
	}
	page := mePage{Frame: r.Frame("me"), Form: form, Email: r.Staff().Email}
	for _, s := range sessions {
		page.Sessions = append(page.Sessions, sessionRow{Device: s.Device, Since: ui.Moment(s.CreatedAt.Time, r.Lang()),
			Seen: ui.Moment(s.SeenAt.Time, r.Lang()), Here: s.ID == r.Session().ID})
	}
	return r.PageStatus(status, "desk/me", page)
}

func (d *Desk) changePassword(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	err = d.Accounts.ChangePassword(r.Context(), r.Staff().ID, r.Session().ID, account.PasswordChange{Old: r.Secret("old_password"), New: r.Secret("new_password")})
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showMe(r, http.StatusUnprocessableEntity, form)
	}
	r.Flash("success", "desk.me.password_changed")
	return r.Redirect("/desk/me")
}

func (d *Desk) endOtherSessions(r *ui.Request) error {
	if _, err := d.Accounts.EndOtherSessions(r.Context(), r.Staff().ID, r.Session().ID); err != nil {
		return err
	}
	r.Flash("success", "desk.me.sessions_ended")
	return r.Redirect("/desk/me")
}
