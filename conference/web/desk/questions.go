package desk

import (
	"net/http"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

const questionRows = 30

func (d *Desk) questionRoutes() []ui.Route {
	const at = "/desk/e/:edition/questions"
	return []ui.Route{
		ui.GET(at, ui.Organisers, d.questions),
		ui.POST(at+"/:id/answer", ui.Organisers, d.answerQuestion),
		ui.POST(at+"/:id/reopen", ui.Organisers, d.reopenQuestion),
		ui.POST(at+"/:id/forward", ui.Organisers, d.forwardQuestion),
	}
}

type questionsPage struct {
	ui.Frame
	Rows    []questionRow
	Filters []filter
	Mailed  bool // the edition names an address
	Older   string
	Base    string
}

type questionRow struct {
	ID                      int64
	Organisation, Href      string
	Asked, Text             string
	Email, Phone, PhoneHref string
	Answered                bool
	State, Answer           string
	Mail                    *mailRow
	Form                    *ui.Form
}

func (d *Desk) questions(r *ui.Request) error { return d.showQuestions(r, http.StatusOK, 0, nil) }

// showQuestions lists the questions; one whose form was refused is shown with it.
func (d *Desk) showQuestions(r *ui.Request, status int, wrong int64, form *ui.Form) error {
	e, waiting := r.Edition(), r.Query("show") != "all"
	all, err := invitation.Questions(r.Context(), d.DB, e.ID, waiting, r.QueryID("before"), questionRows+1)
	if err != nil {
		return err
	}
	n, err := invitation.QuestionsWaiting(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	page := questionsPage{Frame: r.Frame("questions"), Mailed: e.ContactEmail != "", Base: questionsAt(r)}
	if len(all) > questionRows {
		all = all[:questionRows]
		page.Older = page.Base + "?before=" + ui.Itoa(all[questionRows-1].ID)
		if !waiting {
			page.Older += "&show=all"
		}
	}
	page.Filters = []filter{{Label: r.T("question.show.waiting"), Href: page.Base, Count: n, Current: waiting}, {Label: r.T("question.show.all"), Href: page.Base + "?show=all", Count: -1, Current: !waiting}}
	if wrong != 0 {
		q, err := invitation.QuestionByID(r.Context(), d.DB, wrong)
		if err != nil {
			return err
		}
		all = append([]invitation.Question{q}, without(all, wrong)...)
	}
	for _, q := range all {
		row, err := d.questionLine(r, q)
		if err != nil {
			return err
		}
		if q.ID == wrong {
			if form.Text("answer") == "" {
				form.Set("answer", q.Answer)
			}
			row.Form = form
		}
		page.Rows = append(page.Rows, row)
	}
	return r.PageStatus(status, "desk/questions/list", page)
}

func without(all []invitation.Question, id int64) []invitation.Question {
	var out []invitation.Question
	for _, q := range all {
		if q.ID != id {
			out = append(out, q)
		}
	}
	return out
}

func questionsAt(r *ui.Request) string { return "/desk/e/" + r.Edition().Slug + "/questions" }

func (d *Desk) questionLine(r *ui.Request, q invitation.Question) (questionRow, error) {
	row := questionRow{ID: q.ID, Organisation: q.Organisation.In(r.Lang()), Href: "/desk/e/" + r.Edition().Slug + "/invitations/" + ui.Itoa(q.InvitationID),
		Asked: r.T("question.asked", "name", q.Asker.Name, "when", ui.Moment(q.AskedAt.Time, r.Lang())), Text: q.Text,
		Email: q.Asker.Email, Phone: ui.Phone(q.Asker.Phone), PhoneHref: q.Asker.Phone, Answered: q.Answered(), Answer: q.Answer,
		Form: r.NewForm(map[string]string{"answer": q.Answer})}
	if row.Answered {
		row.State = r.T("question.answered", "when", ui.Moment(q.AnsweredAt.Time, r.Lang()), "who", q.AnsweredBy)
	}
	mails, err := d.Invitations.QuestionMails(r.Context(), q.ID)
	if len(mails) > 0 {
		line := mailLine(r, mails[0])
		row.Mail = &line
	}
	return row, err
}

// oneQuestion gives the number of the question of the address, if it is of the edition of the address.
func (d *Desk) oneQuestion(r *ui.Request) (int64, error) {
	id, err := r.ID("id")
	if err != nil {
		return 0, err
	}
	q, err := invitation.QuestionByID(r.Context(), d.DB, id)
	if err != nil {
		return 0, err
	}
	if q.EditionID != r.Edition().ID {
		return 0, conference.NotFound()
	}
	return id, nil
}

func (d *Desk) onQuestion(r *ui.Request, flash string, do func(*ui.Form, int64) error) error {
	id, err := d.oneQuestion(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := do(form, id); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showQuestions(r, http.StatusUnprocessableEntity, id, form)
	}
	r.Flash("success", flash)
	return r.Redirect("%s", questionsAt(r))
}

func (d *Desk) answerQuestion(r *ui.Request) error {
	return d.onQuestion(r, "question.marked", func(form *ui.Form, id int64) error {
		return d.Invitations.AnswerQuestion(r.Context(), id, form.Text("answer"))
	})
}

func (d *Desk) reopenQuestion(r *ui.Request) error {
	return d.onQuestion(r, "question.reopened", func(_ *ui.Form, id int64) error {
		return d.Invitations.ReopenQuestion(r.Context(), id)
	})
}

func (d *Desk) forwardQuestion(r *ui.Request) error {
	return d.onQuestion(r, "question.forwarded", func(_ *ui.Form, id int64) error {
		return d.Invitations.Forward(r.Context(), id)
	})
}
