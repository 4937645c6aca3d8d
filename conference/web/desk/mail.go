package desk

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/conference/web/ui"
)

const mailRows = 50

func (d *Desk) mailRoutes() []ui.Route {
	return []ui.Route{
		ui.GET("/desk/mail", ui.AnyOrganisers, d.mailList),
		ui.GET("/desk/mail/live", ui.AnyOrganisers, func(r *ui.Request) error { return r.Stream(mailTopics(r)...) }),
		ui.GET("/desk/mail/:id", ui.AnyOrganisers, d.mailOne),
		ui.GET("/desk/mail/:id/part/:n", ui.AnyOrganisers, d.mailPart),
		ui.POST("/desk/mail/:id/resend", ui.AnyOrganisers, d.mailResend),
		ui.POST("/desk/mail/:id/stop", ui.AnyOrganisers, d.mailStop),
	}
}

type mailListPage struct {
	ui.Frame
	Rows   []mailRow
	State  string
	Query  string
	States []ui.Option
	Next   string
	Local  bool    // no mail server is configured: mails stay in this box
	Box    *boxRow // nil: not for this visitor
}

type mailRow struct {
	outbox.Mail
	StateLabel, Queued, Sent, KindLabel string
	Kept                                string     // in words, when it never left: then it was not sent at any time
	Outcome, Answer                     string     // of the latest attempt; the words of the server or the program's own
	Next                                string     // what happens by itself, or that a person has to decide
	Bounce                              *bounceRow // the worst of what came back of it
}

func (d *Desk) mailList(r *ui.Request) error {
	filter := outbox.Filter{State: outbox.State(r.Query("state")), Query: r.Query("q"), Before: r.QueryID("before"), Limit: mailRows, Within: organised(r)}
	mails, err := d.Outbox.List(r.Context(), filter)
	if err != nil {
		return err
	}
	page := mailListPage{Frame: r.Frame("mail"), State: string(filter.State), Query: filter.Query, Local: d.Outbox.Local(), Box: d.returnBox(r)}
	if page.Rows, err = d.mailLines(r, mails); err != nil {
		return err
	}
	for _, s := range append(outbox.States(), outbox.CameBack) {
		page.States = append(page.States, ui.Option{Value: string(s), Label: r.T("outbox.state." + string(s)), Selected: s == filter.State})
	}
	if len(mails) == mailRows {
		page.Next = fmt.Sprintf("/desk/mail?state=%s&q=%s&before=%d", filter.State, ui.QueryEscape(filter.Query), mails[len(mails)-1].ID)
	}
	if r.Query("part") == "rows" {
		return r.Fragment("desk/mail/list", "rows", page)
	}
	return r.Page("desk/mail/list", page)
}

func mailLine(r *ui.Request, m outbox.Mail) mailRow {
	row := mailRow{Mail: m, StateLabel: r.T("outbox.state." + string(m.State)), KindLabel: r.T("desk.mail.kind." + m.Kind),
		Queued: ui.Moment(m.QueuedAt.Time, r.Lang()), Sent: ui.Moment(m.SentAt.Time, r.Lang())}
	if m.Transport == outbox.TransportLocal { // it is sent nowhere
		row.StateLabel, row.Kept, row.Sent = r.T("desk.mail.local"), r.T("desk.mail.kept", "time", row.Sent), ""
	}
	row.Next = mailNext(r, m)
	return row
}

// mailNext says what becomes of a mail that is neither sent nor refused for good, and
// of one that nobody can be sure of.
func mailNext(r *ui.Request, m outbox.Mail) string {
	due := ui.Moment(m.DueAt.Time, r.Lang())
	switch {
	case m.State == outbox.StateUnknown && !m.DueAt.IsZero():
		return r.T("sending.next.unknown", "when", due)
	case m.State == outbox.StateUnknown:
		return r.T("sending.next.decide")
	case m.State == outbox.StateQueued && m.Attempts > 0:
		return r.T("sending.next.again", "when", due)
	case m.MayHaveArrived():
		return r.T("outbox.may_have_arrived")
	}
	return ""
}

// mailLines gives mails with what was answered to their latest attempts and what came back.
func (d *Desk) mailLines(r *ui.Request, mails []outbox.Mail) ([]mailRow, error) {
	answers, err := d.Outbox.Answers(r.Context(), mails)
	if err != nil {
		return nil, err
	}
	back, err := d.bounceLines(r, mails)
	if err != nil {
		return nil, err
	}
	rows := make([]mailRow, len(mails))
	for i, m := range mails {
		rows[i] = mailLine(r, m)
		rows[i].Bounce = back[m.ID]
		if a, ok := answers[m.ID]; ok {
			line := attemptLine(r, a)
			rows[i].Outcome, rows[i].Answer = line.Outcome, line.Answer
		}
	}
	return rows, nil
}

type mailPage struct {
	ui.Frame
	Mail     mailRow
	Title    string
	Text     string
	Lines    []piece
	Live     bool // the mail as its recipient reads it, with working links: local mailbox only
	Parts    []mailPartRow
	Attempts []attemptRow
	Bounces  []bounceRow
	Subject  *place // where its address is corrected, once it came back
	Left     bool   // it can come back
}

type mailPartRow struct {
	N                int
	Name, Type, Href string
	Image            bool
}

type attemptRow struct{ At, Outcome, Answer string }

// mailOne shows a mail. One that stayed in the local mailbox is shown as its
// recipient would read it, with working links; of one that left by SMTP only the
// kept copy is shown, its links blanked.
func (d *Desk) mailOne(r *ui.Request) error {
	m, err := d.oneMail(r)
	if err != nil {
		return err
	}
	id := m.ID
	page := mailPage{Frame: r.Frame("mail", mailCrumb(r)), Mail: mailLine(r, m), Title: m.Subject, Text: m.Body, Left: m.Left()}
	if page.Bounces, err = d.bounced(r, m); err != nil {
		return err
	}
	if len(page.Bounces) > 0 {
		if page.Subject, err = d.subjectOf(r, m); err != nil {
			return err
		}
	}
	if d.Outbox.Local() && m.Transport == outbox.TransportLocal {
		msg, err := d.composed(r, id)
		if err != nil {
			return err
		}
		page.Live, page.Title, page.Text = true, msg.Subject, msg.Text
		for i, p := range slices.Concat(msg.Inline, msg.Files) {
			page.Parts = append(page.Parts, mailPartRow{N: i, Name: p.Name, Type: p.ContentType,
				Href: fmt.Sprintf("/desk/mail/%d/part/%d", id, i), Image: i < len(msg.Inline) && p.ContentType == "image/png"})
		}
	}
	page.Lines = pieces(page.Text)
	if page.Attempts, err = d.attempts(r, id); err != nil {
		return err
	}
	return r.Page("desk/mail/one", page)
}

// attempts gives every attempt to deliver a mail, newest first, with the words of the
// server or the program's own.
func (d *Desk) attempts(r *ui.Request, mailID int64) ([]attemptRow, error) {
	all, err := d.Outbox.Attempts(r.Context(), mailID)
	if err != nil {
		return nil, err
	}
	var out []attemptRow
	for _, a := range all {
		out = append(out, attemptLine(r, a))
	}
	return out, nil
}

func attemptLine(r *ui.Request, a outbox.Attempt) attemptRow {
	row := attemptRow{At: ui.Moment(a.StartedAt.Time, r.Lang()), Outcome: r.T("outbox.outcome." + string(a.Outcome)), Answer: a.Answer}
	if a.Reason.Key != "" {
		row.Answer = r.Say(a.Reason)
	}
	return row
}

// mailbox keeps the mail that was composed last, since its page asks for each of
// its pictures next, and a focal point's mail has a hundred. Its lock lets one
// mail at a time be composed for the desk: drawing codes must not slow the door.
type mailbox struct {
	mu  sync.Mutex
	id  int64
	at  time.Time
	msg outbox.Message
}

// keepComposed is how long a composed mail is shown again without a fresh look at its subject.
const keepComposed = time.Minute

func (d *Desk) composed(r *ui.Request, id int64) (outbox.Message, error) {
	d.box.mu.Lock()
	defer d.box.mu.Unlock()
	if d.box.id == id && r.Now().Sub(d.box.at) < keepComposed {
		return d.box.msg, nil
	}
	_, msg, err := d.Outbox.Render(r.Context(), id)
	if err != nil {
		return outbox.Message{}, err
	}
	d.box.id, d.box.at, d.box.msg = id, r.Now(), msg
	return msg, nil
}

func (d *Desk) mailPart(r *ui.Request) error {
	m, err := d.oneMail(r)
	if err != nil {
		return err
	}
	if !d.Outbox.Local() {
		return conference.NotFound()
	}
	msg, err := d.composed(r, m.ID)
	if err != nil {
		return err
	}
	n, parts := r.Index("n"), slices.Concat(msg.Inline, msg.Files)
	if n < 0 || n >= len(parts) {
		return conference.NotFound()
	}
	p := parts[n]
	if p.ContentType == "image/png" {
		return r.File(p.ContentType, "", p.Data)
	}
	return r.File(p.ContentType, p.Name, p.Data)
}

// mailResend leads to the mail that is sent now: a new one when the old had arrived.
func (d *Desk) mailResend(r *ui.Request) error {
	m, err := d.oneMail(r)
	if err != nil {
		return err
	}
	id := m.ID
	sent, err := d.Outbox.Resend(r.Context(), id)
	if err != nil {
		return err
	}
	r.Flash("success", "desk.mail.resent")
	return r.Redirect("/desk/mail/%d", sent)
}

func (d *Desk) mailStop(r *ui.Request) error {
	m, err := d.oneMail(r)
	if err != nil {
		return err
	}
	id := m.ID
	if err := d.Outbox.Stop(r.Context(), id); err != nil {
		return err
	}
	r.Flash("success", "desk.mail.stopped")
	return r.Redirect("/desk/mail/%d", id)
}

// piece is a stretch of a mail's text; with Href it is a link of this site or another.
type piece struct{ Text, Href string }

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// pieces finds the addresses in a mail's text, so that they can be followed.
func pieces(text string) []piece {
	var out []piece
	at := 0
	for _, m := range address.FindAllStringIndex(text, -1) {
		end := at + len(strings.TrimRight(text[at:m[1]], ".,;)"))
		out = append(out, piece{Text: text[at:m[0]]}, piece{Text: text[m[0]:end], Href: text[m[0]:end]})
		at = end
	}
	return append(out, piece{Text: text[at:]})
}
