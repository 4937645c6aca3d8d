package desk

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/invitation"
	"hoinghi/conference/sheet"
	"hoinghi/conference/vietnamese"
	"hoinghi/conference/web/ui"
)

const (
	handRows = 30 // messages on one page of the list
	// pictureScale is the size of one module of a code's picture in pixels: some 500 across.
	pictureScale = 12
)

func (d *Desk) byHandRoutes() []ui.Route {
	const at = "/desk/e/:edition/invitations"
	return []ui.Route{
		ui.GET(at+"/by-hand", ui.Organisers, d.byHand),
		ui.POST(at+"/by-hand/messages.csv", ui.Organisers, d.messagesCSV),
		ui.GET(at+"/by-hand/text", ui.Organisers, d.messageText),
		ui.POST(at+"/by-hand/text", ui.Organisers, d.setMessageText),
		ui.GET(at+"/:id/qr.png", ui.Organisers, d.invitationPicture),
		ui.POST(at+"/:id/by-hand", ui.Organisers, d.handOver),
		ui.POST(at+"/:id/take-back", ui.Organisers, d.takeBack),
	}
}

// message is what one organisation is sent by hand, with what was sent already.
type message struct {
	ID                 int64
	Name, Focal, Phone string
	Text, Unmarked     string
	Length, Short      string // how long each is as an SMS
	Base               string // address of the organisation's invitation
	Deliveries         []delivery
	Ways               []ui.Option // those in which the present link was not sent yet
	Show, From         string      // where to go back to after a tick
	Page               int
}

type delivery struct {
	ID    int64
	Text  string
	Stale bool
}

// messageOf fills in what the list and the invitation's own page show alike.
func (d *Desk) messageOf(r *ui.Request, i invitation.Invitation, body string, handed []invitation.HandDelivery) message {
	m := d.Invitations.Message(r.Edition(), i, body)
	out := message{ID: i.ID, Name: i.Organisation.In(r.Lang()), Focal: i.FocalName, Phone: ui.Phone(i.FocalPhone), Text: m.Text, Unmarked: m.Unmarked,
		Length: smsLength(r, m.Length), Short: smsLength(r, m.UnmarkedLength), Base: "/desk/e/" + r.Edition().Slug + "/invitations/" + ui.Itoa(i.ID)}
	sent := map[invitation.Channel]bool{}
	for _, h := range handed {
		sent[h.Channel] = sent[h.Channel] || !h.Stale
		out.Deliveries = append(out.Deliveries, delivery{ID: h.ID, Stale: h.Stale, Text: r.T("byhand.delivered",
			"channel", invitation.ChannelText(h.Channel), "when", ui.Moment(h.At.Time, r.Lang()), "who", h.By)})
	}
	for _, c := range invitation.Channels() {
		if !sent[c] {
			out.Ways = append(out.Ways, ui.Option{Value: string(c), Label: r.T("byhand.sent." + string(c))})
		}
	}
	return out
}

func smsLength(r *ui.Request, m vietnamese.SMS) string {
	key := "byhand.length"
	if m.Unicode {
		key = "byhand.length_unicode"
	}
	return r.T(key, "units", m.Units, "parts", m.Parts)
}

type byHandPage struct {
	ui.Frame
	Rows        []message
	Filters     []filter
	Show        string
	Page, Pages int
	Prev, Next  string
	Done        *message // just marked as sent
	Base        string
	None        bool // the edition has no invitations at all
}

// handed reports whether the present link of an invitation was handed over.
func handed(all []invitation.HandDelivery) bool {
	for _, h := range all {
		if !h.Stale {
			return true
		}
	}
	return false
}

// handList reports whether an invitation belongs to one of the lists.
func handList(show string, i invitation.Invitation, delivered []invitation.HandDelivery) bool {
	switch show {
	case "silent":
		return i.Answer == invitation.Unanswered
	case "done":
		return handed(delivered)
	case "all":
		return true
	}
	return !handed(delivered) && i.Answer == invitation.Unanswered // whoever has answered is not invited once more
}

// byHand lists the messages, to be copied one by one into chats and ticked off.
func (d *Desk) byHand(r *ui.Request) error {
	e := r.Edition()
	all, err := invitation.List(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	delivered, err := invitation.HandDelivered(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	body, err := d.Invitations.MessageText(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	page := byHandPage{Frame: r.Frame("by-hand", boardCrumb(r)), Base: "/desk/e/" + e.Slug + "/invitations", Show: "todo", None: len(all) == 0}
	lists := map[string][]invitation.Invitation{}
	for _, show := range []string{"todo", "silent", "done", "all"} {
		for _, i := range all {
			if handList(show, i, delivered[i.ID]) {
				lists[show] = append(lists[show], i)
			}
		}
		if r.Query("show") == show {
			page.Show = show
		}
	}
	for _, show := range []string{"todo", "silent", "done", "all"} {
		page.Filters = append(page.Filters, filter{Label: r.T("byhand.show." + show), Href: page.Base + "/by-hand?show=" + show, Count: len(lists[show]), Current: show == page.Show})
	}
	page.turn(r, len(lists[page.Show]))
	for n, i := range lists[page.Show] {
		if n/handRows+1 == page.Page {
			m := d.messageOf(r, i, body, delivered[i.ID])
			m.Show, m.Page = page.Show, page.Page
			page.Rows = append(page.Rows, m)
		}
	}
	for _, i := range all {
		if i.ID == r.QueryID("done") && len(delivered[i.ID]) > 0 {
			m := d.messageOf(r, i, body, delivered[i.ID][:1])
			m.Show, m.Page = page.Show, page.Page
			page.Done = &m
		}
	}
	return r.Page("desk/invitations/byhand", page)
}

// turn finds the page of a list of n.
func (p *byHandPage) turn(r *ui.Request, n int) {
	p.Pages = max(1, (n+handRows-1)/handRows)
	p.Page = max(1, min(p.Pages, int(min(r.QueryID("page"), 100_000))))
	if p.Page > 1 {
		p.Prev = p.Base + "/by-hand?show=" + p.Show + "&page=" + strconv.Itoa(p.Page-1)
	}
	if p.Page < p.Pages {
		p.Next = p.Base + "/by-hand?show=" + p.Show + "&page=" + strconv.Itoa(p.Page+1)
	}
}

// handOver records that a message was sent.
func (d *Desk) handOver(r *ui.Request) error {
	return d.tick(r, func(form *ui.Form, i invitation.Invitation) (string, error) {
		h, err := d.Invitations.HandOver(r.Context(), i.ID, invitation.Channel(form.Get("channel")))
		if err != nil {
			return "", err
		}
		r.Flash("success", "byhand.noted", "name", i.Organisation.In(r.Lang()), "channel", invitation.ChannelText(h.Channel))
		return "&done=" + ui.Itoa(i.ID), nil
	})
}

// takeBack undoes handOver.
func (d *Desk) takeBack(r *ui.Request) error {
	return d.tick(r, func(form *ui.Form, i invitation.Invitation) (string, error) {
		if err := d.Invitations.TakeBack(r.Context(), i.ID, form.ID("delivery")); err != nil {
			return "", err
		}
		r.Flash("success", "byhand.undone", "name", i.Organisation.In(r.Lang()))
		return "", nil
	})
}

// tick does one of both and goes back to where it was asked for.
func (d *Desk) tick(r *ui.Request, do func(*ui.Form, invitation.Invitation) (string, error)) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	more, err := do(form, i)
	if err != nil {
		return err
	}
	base := "/desk/e/" + r.Edition().Slug + "/invitations/"
	if form.Get("from") != "list" {
		return r.Redirect("%s%d#by-hand", base, i.ID)
	}
	return r.Redirect("%s", base+"by-hand?show="+ui.QueryEscape(form.Get("show"))+"&page="+ui.Itoa(form.ID("page"))+more)
}

// messagesCSV gives every message as a file, one row an organisation.
func (d *Desk) messagesCSV(r *ui.Request) error {
	e := r.Edition()
	all, err := invitation.List(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	delivered, err := invitation.HandDelivered(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	body, err := d.Invitations.MessageText(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	var rows [][]string
	var head []string
	for _, c := range []string{"no", "organisation", "focal", "phone", "link", "code", "message", "sms", "parts", "delivered"} {
		head = append(head, r.T("byhand.col."+c))
	}
	rows = append(rows, head)
	for n, i := range all {
		m, sent := d.Invitations.Message(e, i, body), []string{}
		for _, h := range d.messageOf(r, i, body, delivered[i.ID]).Deliveries {
			if !h.Stale {
				sent = append(sent, h.Text)
			}
		}
		rows = append(rows, []string{strconv.Itoa(n + 1), i.Organisation.In(r.Lang()), i.FocalName, ui.Phone(i.FocalPhone), d.Invitations.Link(i), d.Invitations.ShortCode(i),
			m.Text, m.Unmarked, strconv.Itoa(m.UnmarkedLength.Parts), strings.Join(sent, "; ")})
	}
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, rows); err != nil {
		return err
	}
	if err := d.Invitations.NoteMessages(r.Context(), e.ID, len(all)); err != nil {
		return err
	}
	return r.File("text/csv; charset=utf-8", r.T("byhand.file")+"-"+e.Slug+".csv", b.Bytes())
}

// invitationPicture gives the QR code of an organisation's link as a picture to send on.
func (d *Desk) invitationPicture(r *ui.Request) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	png, err := badge.PNG(strings.ToUpper(d.Invitations.Link(i)), pictureScale)
	if err != nil {
		return err
	}
	return r.File("image/png", invitation.PictureName(i), png)
}

type messageTextPage struct {
	ui.Frame
	Form    *ui.Form
	Fields  []mergeField
	Preview *message
	Base    string
}

func (d *Desk) messageText(r *ui.Request) error {
	body, err := d.Invitations.MessageText(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	return d.showMessageText(r, http.StatusOK, r.NewForm(map[string]string{"message": body}), body)
}

// showMessageText shows the wording with the message to the first organisation; body
// is "" when what was typed cannot be filled in.
func (d *Desk) showMessageText(r *ui.Request, status int, form *ui.Form, body string) error {
	e := r.Edition()
	page := messageTextPage{Frame: r.Frame("by-hand", boardCrumb(r)), Form: form, Base: "/desk/e/" + e.Slug + "/invitations/by-hand"}
	for _, f := range invitation.MergeFields() {
		page.Fields = append(page.Fields, mergeField{Name: "[" + f + "]", Text: r.T("invitation.field." + f)})
	}
	all, err := invitation.List(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	if body != "" && len(all) > 0 {
		m := d.messageOf(r, all[0], body, nil)
		page.Preview = &m
	}
	return r.PageStatus(status, "desk/invitations/message", page)
}

func (d *Desk) setMessageText(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	body := form.Text("message")
	if form.Get("do") == "preview" {
		if err = invitation.CheckMessage(body); err == nil {
			return d.showMessageText(r, http.StatusOK, form, body)
		}
	} else {
		err = d.Invitations.SetMessageText(r.Context(), r.Edition().ID, body)
	}
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showMessageText(r, http.StatusUnprocessableEntity, form, "")
	}
	r.Flash("success", "byhand.text.saved")
	return r.Redirect("/desk/e/%s/invitations/by-hand/text", r.Edition().Slug)
}

// sendOne sends one invitation at once; unsent says why it cannot be, "" when it is.
func (d *Desk) sendOne(r *ui.Request, id int64) (unsent string, err error) {
	if missing := missingForSending(r); len(missing) > 0 {
		return strings.Join(missing, ", "), nil
	}
	sent, err := d.Invitations.Send(r.Context(), r.Edition().ID, []int64{id})
	if conference.KindOf(err) == conference.KindInvalid {
		return r.T("desk.nav.invitation-text"), nil
	}
	if err != nil {
		return "", err
	}
	for _, s := range sent.Skipped {
		return r.Say(s.Reason), nil
	}
	return "", nil
}
