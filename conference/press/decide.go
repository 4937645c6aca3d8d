package press

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/delegation"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// maxReason is the longest reason for refusing or revoking, and the longest word to one
// who is approved, in characters.
const maxReason = 500

const sqlDecide = `UPDATE press_application SET state = ?2, reason = ?3, decided_at = ?4, decided_by = ?5, delegate_id = NULLIF(?6, 0), changed_at = ?4
WHERE id = ?1`

// decide moves an application from one state to another, in the caller's write. When somebody else was faster it says who, and when.
func decide(ctx context.Context, tx *db.Tx, a Application, to State, reason string, from State) error {
	if a.State != from {
		return decided(a)
	}
	if err := db.Exec(ctx, tx, sqlDecide, a.ID, to, reason, db.At(tx.Now()), conference.ActorOf(ctx).Label, a.DelegateID); err != nil {
		return fmt.Errorf("decide press application: %w", err)
	}
	return nil
}

// decided says who decided about an application, and when.
func decided(a Application) error {
	if a.State == Waiting {
		return conference.Fail(conference.KindConflict, "press.error.undecided")
	}
	at := a.DecidedAt.In(vietnamese.Zone())
	return conference.Fail(conference.KindConflict, "press.error.decided."+string(a.State), "who", a.DecidedBy,
		"time", vietnamese.ClockTime(at), "date", vietnamese.ShortDate(at))
}

// admitted gives an application to those who look after its edition's press. Errors:
// forbidden, for whoever does so nowhere before anything is looked up; not_found.
func (r *Room) admitted(ctx context.Context, id int64) (Application, error) {
	if err := conference.MayPress(ctx); err != nil {
		return Application{}, err
	}
	a, err := ByID(ctx, r.db, id)
	if err == nil {
		err = conference.MayPressIn(ctx, a.EditionID)
	}
	if err != nil {
		return Application{}, err
	}
	return a, nil
}

// write runs a decision of a press officer and gives the application afterwards.
func (r *Room) write(ctx context.Context, id int64, do func(context.Context, *db.Tx, Application) error) (Application, error) {
	if err := conference.MayPress(ctx); err != nil {
		return Application{}, err
	}
	var a Application
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := ByID(ctx, tx, id)
		if err == nil {
			err = conference.MayPressIn(ctx, before.EditionID)
		}
		if err != nil {
			return err
		}
		if err := do(ctx, tx, before); err != nil {
			return err
		}
		a, err = ByID(ctx, tx, id)
		return err
	})
	if err != nil {
		return Application{}, err
	}
	return a, nil
}

// Approve accredits an applicant, also one who was refused or revoked before: they
// become a delegate of the press group, with a badge and a personal link, which are mailed
// with words, if there are any. seen is the state that the officer saw: nobody undoes by
// accident what somebody else decided meanwhile. Errors: invalid with the field words; conflict
// when the state is another by now or the edition has no press group; not_found, forbidden.
func (r *Room) Approve(ctx context.Context, id int64, seen State, words string) (Application, error) {
	words, wrong := checkWords(words)
	return r.write(ctx, id, func(ctx context.Context, tx *db.Tx, a Application) error {
		if wrong != nil {
			return wrong
		}
		if a.State != seen || seen == Approved {
			return decided(a)
		}
		d, err := r.delegations.AddGuest(ctx, tx, delegation.Guest{EditionID: a.EditionID, GroupCode: GroupCode, Abbr: abbr, Person: delegation.Person{
			FullName: a.FullName, Gender: a.Gender, JobTitle: r.locales.In("vi").Text(RoleText(a.Role)), Organisation: a.Outlet,
			Phone: a.Phone, Email: a.Email, ClientKey: fmt.Sprintf("press-%d", a.ID)}})
		if err != nil {
			return err
		}
		a.DelegateID = d.ID
		if err := decide(ctx, tx, a, Approved, words, seen); err != nil {
			return err
		}
		if err := r.queue(ctx, tx, KindApproved, a, ""); err != nil {
			return err
		}
		return note(ctx, tx, "press.approve", a, map[string]any{"before": a.State, "number": d.Number})
	})
}

// Refuse turns an application down with a reason, which is mailed. Errors: invalid
// with the field reason; conflict when it was decided already; not_found, forbidden.
func (r *Room) Refuse(ctx context.Context, id int64, reason string) (Application, error) {
	reason, wrong := checkReason(reason)
	return r.write(ctx, id, func(ctx context.Context, tx *db.Tx, a Application) error {
		if wrong != nil {
			return wrong
		}
		if err := decide(ctx, tx, a, Refused, reason, Waiting); err != nil {
			return err
		}
		if err := r.queue(ctx, tx, KindRefused, a, ""); err != nil {
			return err
		}
		return note(ctx, tx, "press.refuse", a, nil)
	})
}

// Revoke takes an accreditation back with a reason, which is mailed; the badge is
// dead at once. Errors: invalid with the field reason; conflict when it is not
// approved; not_found, forbidden.
func (r *Room) Revoke(ctx context.Context, id int64, reason string) (Application, error) {
	reason, wrong := checkReason(reason)
	return r.write(ctx, id, func(ctx context.Context, tx *db.Tx, a Application) error {
		if wrong != nil {
			return wrong
		}
		if err := decide(ctx, tx, a, Revoked, reason, Approved); err != nil {
			return err
		}
		if err := delegation.Expel(ctx, tx, a.DelegateID); err != nil {
			return err
		}
		if err := r.queue(ctx, tx, KindRevoked, a, ""); err != nil {
			return err
		}
		return note(ctx, tx, "press.revoke", a, nil)
	})
}

// Resend queues the mail with the personal link and the code again. Errors: conflict
// unless the application is approved; not_found, forbidden.
func (r *Room) Resend(ctx context.Context, id int64) error {
	_, err := r.write(ctx, id, func(ctx context.Context, tx *db.Tx, a Application) error {
		if a.State != Approved {
			return conference.Fail(conference.KindConflict, "press.error.undecided")
		}
		if err := r.queue(ctx, tx, KindApproved, a, ""); err != nil {
			return err
		}
		return note(ctx, tx, "press.resend", a, nil)
	})
	return err
}

func checkWords(typed string) (string, error) {
	words := strings.TrimSpace(vietnamese.NormaliseText(typed))
	var p conference.Problems
	if utf8.RuneCountInString(words) > maxReason {
		p.Add("words", "press.error.long", "max", maxReason)
	}
	return words, p.Err()
}

func checkReason(typed string) (string, error) {
	reason := vietnamese.NormaliseText(typed)
	var p conference.Problems
	switch {
	case vietnamese.Normalise(reason) == "":
		p.Add("reason", "press.error.reason_missing")
	case utf8.RuneCountInString(reason) > maxReason:
		p.Add("reason", "press.error.long", "max", maxReason)
	}
	return reason, p.Err()
}

// NotePrint records who had how many press badges printed. Errors: forbidden.
func (r *Room) NotePrint(ctx context.Context, editionID int64, badges int) error {
	return r.noteEdition(ctx, editionID, "press.print", map[string]any{"badges": badges})
}

// NoteExport records who took the list of applications along. Errors: forbidden.
func (r *Room) NoteExport(ctx context.Context, editionID int64, rows int) error {
	return r.noteEdition(ctx, editionID, "press.export", map[string]any{"rows": rows})
}

func (r *Room) noteEdition(ctx context.Context, editionID int64, action string, detail map[string]any) error {
	if err := conference.MayPressIn(ctx, editionID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: action, SubjectKind: "edition", SubjectID: editionID, Detail: detail})
	})
}
