package public

import (
	"net/http"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/press"
	"hoinghi/conference/web/ui"
)

// applyLimit is per address: an editorial office sits behind one.
var applyLimit = ui.Limit{Name: "press-apply", Per: time.Minute, Burst: 20}

// applyBody leaves room for what is typed beside the letter.
const applyBody = press.MaxLetter + 256<<10

func (p *Public) pressRoutes() []ui.Route {
	const at = "/e/:edition/press"
	apply := ui.POST(at+"/apply", ui.Anyone, p.apply)
	apply.Limit = applyBody
	return []ui.Route{
		ui.GET("/press", ui.Anyone, p.pressFront),
		p.keptRoute(at, p.press),
		p.keptRoute(at+"/feed.atom", p.feed),
		ui.GET(at+"/apply", ui.Anyone, p.applyForm),
		apply,
		ui.GET(at+"/applied", ui.Anyone, p.applied),
	}
}

// pressFront leads to the press page of the edition that matters now.
func (p *Public) pressFront(r *ui.Request) error {
	e, err := edition.Front(r.Context(), p.DB)
	if err != nil {
		return err
	}
	return r.Redirect("/e/%s/press", e.Slug)
}

type pressPage struct {
	ui.Frame
	Base                string
	Words               string
	Days                []day
	Programme, Calendar string
	Feed, FeedURL       string
	Speakers            []speech // name and position, as they are to be written
	Desk                pressContact
	Apply               bool
	ApplyBy             string
	Address             string // full address of the page, for the print
}

// pressContact is whom the press calls.
type pressContact struct{ Name, Phone, PhoneHref, Email, Spokesperson string }

func contactOf(r *ui.Request, d press.Desk) pressContact {
	c := pressContact{Name: d.ContactName, Phone: ui.Phone(d.ContactPhone), PhoneHref: d.ContactPhone, Email: d.ContactEmail, Spokesperson: d.Spokesperson}
	if e := r.Edition(); c.Name == "" && c.Phone == "" && c.Email == "" { // better the secretariat than nobody
		c.Name, c.Phone, c.PhoneHref, c.Email = e.ContactName, ui.Phone(e.ContactPhone), e.ContactPhone, e.ContactEmail
	}
	return c
}

// press shows what journalists need without an account: programme, feed, contact.
func (p *Public) press(r *ui.Request) (content, error) {
	e, sessions, err := p.published(r)
	if err != nil {
		return content{}, err
	}
	desk, err := press.DeskOf(r.Context(), p.DB, e.ID)
	if err != nil {
		return content{}, err
	}
	speakers, err := agenda.Speakers(r.Context(), p.DB, e.ID)
	if err != nil {
		return content{}, err
	}
	base := "/e/" + e.Slug
	data := pressPage{Frame: r.Frame("press"), Base: base + "/press", Words: desk.Words(r.Lang()), Days: days(r, sessions), Programme: base + "/programme",
		Calendar: base + "/programme.ics", Feed: base + "/press/feed.atom", FeedURL: p.Absolute(base + "/press/feed.atom"), Desk: contactOf(r, desk),
		Apply: press.Open(e, desk, r.Now()), Address: p.Absolute(base + "/press")}
	for _, s := range spoken(sessions, speakers) {
		data.Speakers = append(data.Speakers, speech{Speaker: s.Addressed(r.Say), Position: s.Position(r.Lang())})
	}
	if !desk.ApplyBy.IsZero() {
		data.ApplyBy = ui.Moment(desk.ApplyBy.Time, r.Lang())
	}
	made, err := page(r, "public/press", data)
	if data.Apply { // past that moment the page must not invite any more
		made.until = press.LastMoment(e, desk)
	}
	return made, err
}

// spoken keeps the speakers who stand in one of the sessions: the others are not announced.
func spoken(sessions []agenda.Session, all []agenda.Speaker) []agenda.Speaker {
	shown := map[int64]bool{}
	for _, s := range sessions {
		for _, x := range s.Speeches {
			shown[x.SpeakerID] = true
		}
	}
	var out []agenda.Speaker
	for _, s := range all {
		if shown[s.ID] {
			out = append(out, s)
		}
	}
	return out
}

// feed gives the programme's changes to feed readers.
func (p *Public) feed(r *ui.Request) (content, error) {
	e, sessions, err := p.published(r)
	if err != nil {
		return content{}, err
	}
	cancelled, err := agenda.Cancelled(r.Context(), p.DB, e.ID, agenda.Public)
	if err != nil {
		return content{}, err
	}
	base := p.Absolute("/e/" + e.Slug)
	text, err := agenda.Feed(e, sessions, cancelled, agenda.FeedFrame{Lang: r.Lang(), URL: base + "/press/feed.atom", Page: base + "/programme",
		Anchor:    func(s agenda.Session) string { return "#s-" + number(s) },
		Cancelled: func(title string) string { return r.T("press.feed_cancelled", "title", title) }})
	return content{kind: agenda.FeedType, body: text}, err
}

type applyPage struct {
	ui.Frame
	Form                  *ui.Form
	Base                  string
	Kinds, Roles, Honours []ui.Option
	Desk                  pressContact
	Open                  bool
	MaxLetter             int
	Answer                string // by when an application is answered
	Version               string // of the privacy notice
}

func (p *Public) applyForm(r *ui.Request) error {
	return p.showApply(r, http.StatusOK, r.NewForm(map[string]string{"client_key": conference.NewSecret()}))
}

func (p *Public) showApply(r *ui.Request, status int, form *ui.Form) error {
	e := r.Edition()
	if !e.IsPublic {
		return conference.NotFound()
	}
	desk, err := press.DeskOf(r.Context(), p.DB, e.ID)
	if err != nil {
		return err
	}
	data := applyPage{Frame: r.Frame("press", ui.Crumb{Label: r.T("public.nav.press"), Href: "/e/" + e.Slug + "/press"}), Form: form, Base: "/e/" + e.Slug + "/press",
		Desk: contactOf(r, desk), Open: press.Open(e, desk, r.Now()), MaxLetter: press.MaxLetter >> 20, Answer: r.Say(press.AnswerText(e, r.Now(), r.Lang())), Version: press.NoticeVersion}
	data.Kinds, data.Roles = append(data.Kinds, ui.Option{Label: r.T("press.choose")}), append(data.Roles, ui.Option{Label: r.T("press.choose")})
	for _, k := range press.OutletKinds() {
		data.Kinds = append(data.Kinds, ui.Option{Value: string(k), Label: r.Say(press.OutletKindText(k))})
	}
	for _, k := range press.Roles() {
		data.Roles = append(data.Roles, ui.Option{Value: string(k), Label: r.Say(press.RoleText(k))})
	}
	data.Honours = []ui.Option{{Label: r.T("guest.person.unsaid")}}
	for _, g := range []delegation.Gender{delegation.Male, delegation.Female} {
		data.Honours = append(data.Honours, ui.Option{Value: string(g), Label: r.Say(delegation.Honorific(g))})
	}
	return r.PageStatus(status, "public/press-apply", data)
}

// apply takes an application for accreditation.
func (p *Public) apply(r *ui.Request) error {
	if !r.Edition().IsPublic {
		return conference.NotFound()
	}
	form, file, err := r.Upload("letter")
	if err != nil {
		return err
	}
	status := form.Status()
	if !form.Wrong() {
		if err := r.Allow(applyLimit); err != nil {
			if !form.Refuse(err) {
				return err
			}
			status = http.StatusTooManyRequests
		}
	}
	if !form.Wrong() {
		_, err := p.Press.Apply(r.Context(), r.Edition().ID, applicationOf(r, form), file)
		if err == nil {
			return r.Redirect("/e/%s/press/applied", r.Edition().Slug)
		}
		if !form.Refuse(err) {
			return err
		}
	}
	if len(file) > 0 && form.Error("letter") == "" {
		form.Note("letter", conference.Say("press.error.letter_again")) // a browser forgets the file that was chosen
	}
	return p.showApply(r, status, form)
}

func applicationOf(r *ui.Request, form *ui.Form) press.Draft {
	return press.Draft{Outlet: form.Get("outlet"), OutletKind: press.OutletKind(form.Get("outlet_kind")), FullName: form.Get("full_name"),
		Gender: delegation.Gender(form.Get("gender")), Role: press.Role(form.Get("role")), CardNumber: form.Get("card_number"), Phone: form.Get("phone"),
		Email: form.Get("email"), Needs: form.Get("needs"), Lang: r.Lang(), Notice: form.Checked("notice"), ClientKey: form.Get("client_key")}
}

// applied says what happens next; it is the same for everybody.
func (p *Public) applied(r *ui.Request) error {
	e := r.Edition()
	if !e.IsPublic {
		return conference.NotFound()
	}
	desk, err := press.DeskOf(r.Context(), p.DB, e.ID)
	if err != nil {
		return err
	}
	return r.Page("public/press-applied", applyPage{Frame: r.Frame("press", ui.Crumb{Label: r.T("public.nav.press"), Href: "/e/" + e.Slug + "/press"}),
		Base: "/e/" + e.Slug + "/press", Desk: contactOf(r, desk), Answer: r.Say(press.AnswerText(e, r.Now(), r.Lang()))})
}
