package guest

import (
	"time"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/vietnamese"
	"hoinghi/conference/web/ui"
)

// talk is what the page shows of what was said between an organisation and the organisers.
type talk struct {
	Questions []asked
	Proposals []proposed
	InPlaceOf []string // whose place the organisation takes
	Replaced  bool     // its seats went to another one: only the organisers can let it in again
	MayPick   bool     // it may still propose another one in its place
}

// asked is one question with what became of it.
type asked struct {
	Text, State, Answer string
	Answered            bool
}

// proposed is one organisation proposed in the place of this one.
type proposed struct{ Text, Note, Kind string }

func (g *Guest) talk(r *ui.Request, i invitation.Invitation) (talk, error) {
	t := talk{MayPick: true}
	questions, err := invitation.QuestionsOf(r.Context(), g.DB, i.ID)
	if err != nil {
		return t, err
	}
	for _, q := range questions {
		line := asked{Text: q.Text, State: r.T("question.guest.waiting", "when", ui.Moment(q.AskedAt.Time, r.Lang())), Answered: q.Answered()}
		if line.Answered {
			line.State, line.Answer = r.T("question.guest.answered", "when", ui.Moment(q.AnsweredAt.Time, r.Lang())), q.Answer
		}
		t.Questions = append(t.Questions, line)
	}
	proposals, err := invitation.Substitutes(r.Context(), g.DB, i.ID)
	if err != nil {
		return t, err
	}
	for _, s := range proposals {
		name := s.Organisation
		if s.State == invitation.SubstituteInvited {
			name, t.MayPick = s.Invited.In(r.Lang()), false
			t.Replaced = t.Replaced || s.SeatsMoved > 0 && i.Seats() == 0
		}
		if s.State != invitation.SubstituteWithdrawn {
			t.Proposals = append(t.Proposals, proposed{Text: r.T("substitute.guest."+string(s.State), "name", name), Note: s.Note, Kind: string(s.State)})
		}
	}
	chain, err := invitation.InPlaceOf(r.Context(), g.DB, i.ID)
	for _, s := range chain {
		t.InPlaceOf = append(t.InPlaceOf, r.T("substitute.guest.in_place", "name", s.By))
	}
	return t, err
}

// ask sends a question to the secretariat. Unlike everything else it goes on after the
// deadline: whoever is late has the most to ask.
func (g *Guest) ask(r *ui.Request, i invitation.Invitation) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	draft := invitation.QuestionDraft{Text: form.Text("question"), ClientKey: form.Get("client_key"),
		Asker: invitation.Contact{Name: form.Get("asker_name"), Phone: form.Get("asker_phone"), Email: form.Get("asker_email")}}
	if err := g.Invitations.Ask(r.Context(), i.ID, draft); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return g.refuse(r, i, forms{Question: form})
	}
	r.Flash("success", "question.guest.sent")
	return r.Redirect("%s#ask", base(r))
}

// declining gives the form of an answer that was not posted: as it was given before.
func (g *Guest) declining(r *ui.Request, i invitation.Invitation) (*ui.Form, error) {
	values := map[string]string{"reason": i.DeclineReason}
	all, err := invitation.Substitutes(r.Context(), g.DB, i.ID)
	for _, s := range all {
		if s.State == invitation.SubstituteOpen {
			values["sub_organisation"], values["sub_name"], values["sub_phone"], values["sub_email"] = s.Organisation, s.Contact.Name, ui.Phone(s.Contact.Phone), s.Contact.Email
		}
	}
	return r.NewForm(values), err
}

// inWords gives a moment as letters write it.
func inWords(r *ui.Request, t time.Time) string {
	at := t.In(vietnamese.Zone())
	clock, date := vietnamese.LetterTime(at), vietnamese.LetterDate(at)
	if r.Lang() == "en" {
		clock, date = vietnamese.ClockTime(at), vietnamese.EnglishDate(at)
	}
	return r.T("invitation.time.deadline", "time", clock, "date", date)
}

// ownDeadline says in words that an organisation's deadline is not the general one, "" when it is.
func ownDeadline(r *ui.Request, i invitation.Invitation) string {
	general := i.EditionDeadline.Time
	switch {
	case i.OwnDeadline.IsZero() || i.OwnDeadline.Equal(general):
		return ""
	case i.OwnDeadline.After(general):
		return r.T("guest.deadline.extended", "deadline", inWords(r, general))
	}
	return r.T("guest.deadline.shortened", "deadline", inWords(r, general))
}

// former makes the frame show the conference of a link that was withdrawn, with whom
// to call there. A page without it is still a page.
func (g *Guest) former(r *ui.Request, typed string) {
	id, err := g.Invitations.EditionOfFormer(r.Context(), g.DB, typed)
	if err == nil {
		err = g.setEdition(r, id)
	}
	if err != nil && conference.KindOf(err) != conference.KindNotFound {
		g.Log.Error("edition of a withdrawn link", "error", err)
	}
}
