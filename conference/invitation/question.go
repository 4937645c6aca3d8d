package invitation

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

const (
	maxQuestion = 2000 // characters, of a question and of an answer

	// A link is held by one office, and each question is a mail to the secretariat:
	// somebody who really asks sends two or three in a row, and a program that was set on a link
	// still leaves the mailbox usable.
	questionsAnHour = 5
	questionsADay   = 20
)

// QuestionDraft is what somebody asks. Its form fields are question, asker_name,
// asker_phone and asker_email; one of the last two is needed, or nobody could answer.
type QuestionDraft struct {
	Text      string
	Asker     Contact
	ClientKey string // of the form; the same one twice is one question
}

func (d QuestionDraft) check() (QuestionDraft, error) {
	var p conference.Problems
	out := QuestionDraft{Text: vietnamese.NormaliseText(d.Text), ClientKey: d.ClientKey}
	switch n := utf8.RuneCountInString(out.Text); {
	case n == 0:
		p.Add("question", "question.error.missing")
	case n > maxQuestion:
		p.Add("question", "question.error.long", "max", maxQuestion)
	}
	out.Asker = d.Asker.check(&p, "asker_")
	if out.Asker.Name == "" && !p.Has("asker_name") {
		p.Add("asker_name", "question.error.name_missing")
	}
	if out.Asker.Phone == "" && out.Asker.Email == "" && !p.Has("asker_phone") && !p.Has("asker_email") {
		p.Add("asker_email", "question.error.no_way_back")
	}
	if out.ClientKey == "" || len(out.ClientKey) > 64 {
		out.ClientKey = conference.NewSecret()
	}
	return out, p.Err()
}

// Question is what an invited organisation asked the secretariat.
type Question struct {
	ID           int64
	EditionID    int64
	InvitationID int64
	Organisation conference.Names
	Asker        Contact
	Text         string
	AskedAt      db.Time
	Answer       string // what the organisation reads on its page; answered by telephone or mail it may be ""
	AnsweredBy   string
	AnsweredAt   db.Time // zero while nobody has answered
}

// Answered reports whether the secretariat says that it has answered.
func (q Question) Answered() bool { return !q.AnsweredAt.IsZero() }

func (q *Question) fields() []any {
	return []any{&q.ID, &q.EditionID, &q.InvitationID, &q.Organisation.Vi, &q.Organisation.En, &q.Asker.Name, &q.Asker.Phone, &q.Asker.Email, &q.Text, &q.AskedAt,
		&q.Answer, &q.AnsweredBy, &q.AnsweredAt}
}

const (
	sqlQuestionRows = `SELECT q.id, i.edition_id, q.invitation_id, o.name_vi, o.name_en, q.asker_name, q.asker_phone, q.asker_email, q.question, q.asked_at,
    q.answer, q.answered_by, q.answered_at
FROM invitation_question q JOIN invitation i ON i.id = q.invitation_id JOIN organisation o ON o.id = i.organisation_id`
	sqlQuestionByID = sqlQuestionRows + ` WHERE q.id = ?`
	sqlQuestionsOf  = sqlQuestionRows + ` WHERE q.invitation_id = ? ORDER BY q.id DESC LIMIT 50`
	sqlQuestions    = sqlQuestionRows + ` WHERE i.edition_id = ?1 AND (?2 = 0 OR q.answered_at IS NULL) AND (?3 = 0 OR q.id < ?3) ORDER BY q.id DESC LIMIT ?4`
)

// QuestionByID gives one question. Errors: not_found.
func QuestionByID(ctx context.Context, q db.Reader, id int64) (Question, error) {
	one, err := db.One(ctx, q, sqlQuestionByID, (*Question).fields, id)
	if err != nil {
		return Question{}, fmt.Errorf("read question: %w", err)
	}
	return one, nil
}

// QuestionsOf gives the latest 50 questions of one organisation, newest first.
func QuestionsOf(ctx context.Context, q db.Reader, invitationID int64) ([]Question, error) {
	all, err := db.Many(ctx, q, sqlQuestionsOf, (*Question).fields, invitationID)
	if err != nil {
		return nil, fmt.Errorf("list questions: %w", err)
	}
	return all, nil
}

// Questions gives up to limit questions of an edition, newest first; those that nobody
// has answered only, and those before one number, where that is asked for.
func Questions(ctx context.Context, q db.Reader, editionID int64, waiting bool, before int64, limit int) ([]Question, error) {
	all, err := db.Many(ctx, q, sqlQuestions, (*Question).fields, editionID, waiting, before, limit)
	if err != nil {
		return nil, fmt.Errorf("list questions: %w", err)
	}
	return all, nil
}

const sqlCountWaiting = `SELECT count(*) FROM invitation_question q JOIN invitation i ON i.id = q.invitation_id WHERE q.answered_at IS NULL AND i.edition_id = ?`

// QuestionsWaiting counts an edition's questions that nobody has answered.
func QuestionsWaiting(ctx context.Context, q db.Reader, editionID int64) (int, error) {
	n, err := db.Value[int](ctx, q, sqlCountWaiting, editionID)
	if err != nil {
		return 0, fmt.Errorf("count questions: %w", err)
	}
	return n, nil
}

const (
	sqlAskedBefore = `SELECT count(*) FROM invitation_question WHERE invitation_id = ? AND client_key = ?`
	sqlAskedSince  = `SELECT count(*) FROM invitation_question WHERE invitation_id = ? AND asked_at > ?`
	sqlAsk         = `INSERT INTO invitation_question (invitation_id, client_key, asker_name, asker_phone, asker_email, question, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?)`
)

// Ask keeps a question to the secretariat, also after the deadline, and mails it to the
// edition's contact address if there is one; the desk lists it in any case. The same form twice is one
// question. Errors: invalid with the fields of QuestionDraft; too_many; not_found, forbidden.
func (r *Room) Ask(ctx context.Context, invitationID int64, d QuestionDraft) error {
	if err := Answerable(ctx, invitationID); err != nil {
		return err
	}
	d, err := d.check()
	if err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, invitationID)
		if err != nil {
			return err
		}
		if before, err := db.Value[int](ctx, tx, sqlAskedBefore, i.ID, d.ClientKey); err != nil || before > 0 {
			return err
		}
		if err := seldom(ctx, tx, i.ID); err != nil {
			return err
		}
		id, err := db.Insert(ctx, tx, sqlAsk, i.ID, d.ClientKey, d.Asker.Name, d.Asker.Phone, d.Asker.Email, d.Text, db.At(tx.Now()))
		if err != nil {
			return fmt.Errorf("keep question: %w", err)
		}
		if _, err := r.mailQuestion(ctx, tx, i, id); err != nil {
			return err
		}
		return note(ctx, tx, "invitation.ask", i, map[string]any{"question": id})
	})
}

// seldom holds an organisation to a number of questions an hour and a day.
func seldom(ctx context.Context, tx *db.Tx, invitationID int64) error {
	for _, l := range []struct {
		within time.Duration
		most   int
	}{{time.Hour, questionsAnHour}, {24 * time.Hour, questionsADay}} {
		n, err := db.Value[int](ctx, tx, sqlAskedSince, invitationID, db.At(tx.Now().Add(-l.within)))
		if err != nil {
			return fmt.Errorf("count questions: %w", err)
		}
		if n >= l.most {
			return conference.Fail(conference.KindTooMany, "question.error.often")
		}
	}
	return nil
}

// mailQuestion queues the mail to the secretariat and reports whether there is
// anybody to send it to.
func (r *Room) mailQuestion(ctx context.Context, tx *db.Tx, i Invitation, id int64) (bool, error) {
	e, err := edition.ByID(ctx, tx, i.EditionID)
	if err != nil {
		return false, fmt.Errorf("read edition: %w", err)
	}
	if e.ContactEmail == "" {
		return false, nil
	}
	_, err = r.outbox.Queue(ctx, tx, outbox.Queued{Edition: e.ID, Kind: KindQuestion, Subject: id, Lang: "vi", ToAddress: e.ContactEmail, ToName: e.ContactName,
		DedupeKey: fmt.Sprintf("%s/%d", KindQuestion, id)})
	if conference.KindOf(err) == conference.KindInvalid {
		return false, nil // no address that mail can be sent to: the desk's list is all there is
	}
	if err != nil {
		return false, fmt.Errorf("queue question: %w", err)
	}
	return true, nil
}

// Forward mails a question that was not mailed when it was asked, since the edition
// named no address then. Errors: conflict while it still names none; not_found, forbidden.
func (r *Room) Forward(ctx context.Context, id int64) error {
	return r.onQuestion(ctx, id, func(ctx context.Context, tx *db.Tx, q Question, i Invitation) error {
		sent, err := r.mailQuestion(ctx, tx, i, q.ID)
		if err != nil {
			return err
		}
		if !sent {
			return conference.Fail(conference.KindConflict, "question.error.no_address")
		}
		return note(ctx, tx, "invitation.forward_question", i, map[string]any{"question": q.ID})
	})
}

const (
	sqlAnswerQuestion = `UPDATE invitation_question SET answer = ?2, answered_by = ?3, answered_at = ?4 WHERE id = ?1`
	sqlReopen         = `UPDATE invitation_question SET answered_by = '', answered_at = NULL WHERE id = ?1`
)

// AnswerQuestion marks a question answered, with words that the organisation reads on
// its page, or without when it was answered by mail or telephone. Doing it again changes the words. Errors:
// invalid with the field answer; not_found, forbidden.
func (r *Room) AnswerQuestion(ctx context.Context, id int64, words string) error {
	words = vietnamese.NormaliseText(words)
	if utf8.RuneCountInString(words) > maxQuestion {
		var p conference.Problems
		p.Add("answer", "question.error.long", "max", maxQuestion)
		return p.Err()
	}
	return r.onQuestion(ctx, id, func(ctx context.Context, tx *db.Tx, q Question, i Invitation) error {
		if q.Answered() && q.Answer == words {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlAnswerQuestion, q.ID, words, conference.ActorOf(ctx).Label, db.At(tx.Now())); err != nil {
			return fmt.Errorf("mark question answered: %w", err)
		}
		if words != "" && q.Asker.Email != "" {
			_, err := r.outbox.Queue(ctx, tx, outbox.Queued{Edition: i.EditionID, Kind: KindAnswered, Subject: q.ID, Lang: "vi", ToAddress: q.Asker.Email, ToName: q.Asker.Name})
			if err != nil {
				return fmt.Errorf("queue the answer to a question: %w", err)
			}
		}
		return note(ctx, tx, "invitation.answer_question", i, map[string]any{"question": q.ID})
	})
}

// ReopenQuestion takes the mark of AnswerQuestion away; the words stay for the next one
// and are not shown meanwhile. Errors: not_found, forbidden.
func (r *Room) ReopenQuestion(ctx context.Context, id int64) error {
	return r.onQuestion(ctx, id, func(ctx context.Context, tx *db.Tx, q Question, i Invitation) error {
		if !q.Answered() {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlReopen, q.ID); err != nil {
			return fmt.Errorf("reopen question: %w", err)
		}
		return note(ctx, tx, "invitation.reopen_question", i, map[string]any{"question": q.ID})
	})
}

func (r *Room) onQuestion(ctx context.Context, id int64, do func(context.Context, *db.Tx, Question, Invitation) error) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		q, err := QuestionByID(ctx, tx, id)
		if err != nil {
			return err
		}
		i, err := ByID(ctx, tx, q.InvitationID)
		if err != nil {
			return err
		}
		return do(ctx, tx, q, i)
	})
}

// QuestionMails gives what was mailed of a question, newest first: none while the
// edition names no address.
func (r *Room) QuestionMails(ctx context.Context, id int64) ([]outbox.Mail, error) {
	mails, err := r.outbox.Of(ctx, id, KindQuestion)
	if err != nil {
		return nil, fmt.Errorf("mails of a question: %w", err)
	}
	return mails, nil
}
