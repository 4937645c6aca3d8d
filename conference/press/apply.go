package press

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
	"hoinghi/templates"
)

// The limits of an application's fields, in characters.
const (
	minName   = 2
	maxName   = 120
	maxOutlet = 200
	maxCard   = 40
	maxNeeds  = 500
	maxKey    = 64
	maxEmail  = 254 // RFC 5321 4.5.3.1.3, less the angle brackets
	maxCrew   = 20  // applications of one address that wait: nobody is to be flooded with mails of receipt
)

// LastMoment gives the last moment at which applications are taken: the deadline, at
// most the edition's end. It is zero for a sample without a deadline, which stays open when its
// conference is over, or nobody could try out how one applies.
func LastMoment(e edition.Edition, d Desk) time.Time {
	last := d.ApplyBy.Time
	if end := e.End().Add(-1); !e.IsSample && (last.IsZero() || end.Before(last)) {
		last = end
	}
	return last
}

// Open reports whether applications are taken at a moment.
func Open(e edition.Edition, d Desk, now time.Time) bool {
	last := LastMoment(e, d)
	return e.IsPublic && (last.IsZero() || !now.After(last))
}

// AnswerText says by when an applicant is answered.
func AnswerText(e edition.Edition, now time.Time, lang string) conference.Text {
	if !now.Before(e.Start()) {
		return conference.Say("press.answer_today")
	}
	day := vietnamese.ShortDate(e.Start())
	if lang == templates.English {
		day = vietnamese.EnglishDate(e.Start())
	}
	return conference.Say("press.answer_by", "day", day)
}

// check gives the draft of an applicant as it is stored.
func (d Draft) check(hasLetter bool) (Draft, error) {
	var p conference.Problems
	d.checkData(&p)
	if d.CardNumber == "" && !hasLetter {
		p.Add("card_number", "press.error.proof")
	}
	if !d.Notice {
		p.Add("notice", "press.error.notice")
	}
	if d.Lang != templates.English {
		d.Lang = templates.Vietnamese
	}
	if d.ClientKey = vietnamese.Normalise(d.ClientKey); d.ClientKey == "" || len(d.ClientKey) > maxKey {
		d.ClientKey = conference.NewSecret()
	}
	return d, p.Err()
}

// checkData brings what is said of outlet and person into the form in which it is
// stored and notes every problem.
func (d *Draft) checkData(p *conference.Problems) {
	if d.Outlet = checkLine(p, "outlet", d.Outlet, maxOutlet); d.Outlet == "" {
		p.Add("outlet", "press.error.missing_outlet")
	}
	d.FullName = checkName(p, d.FullName)
	d.CardNumber = checkLine(p, "card_number", d.CardNumber, maxCard)
	d.Needs = checkLine(p, "needs", d.Needs, maxNeeds)
	if !slices.Contains(OutletKinds(), d.OutletKind) {
		p.Add("outlet_kind", "press.error.choose_kind")
	}
	if !slices.Contains(Roles(), d.Role) {
		p.Add("role", "press.error.choose_role")
	}
	if d.Gender != "" && d.Gender != "male" && d.Gender != "female" {
		p.Add("gender", "press.error.choose")
	}
	phone, err := vietnamese.ParsePhone(d.Phone)
	if err != nil {
		p.Add("phone", "press.error.phone")
	}
	email, ok := vietnamese.NormaliseEmail(vietnamese.Normalise(d.Email))
	if !ok || len(email) > maxEmail {
		p.Add("email", "press.error.email")
	}
	d.Phone, d.Email = phone, email
}

func checkLine(p *conference.Problems, field, typed string, most int) string {
	text := vietnamese.Normalise(typed)
	if utf8.RuneCountInString(text) > most {
		p.Add(field, "press.error.long", "max", most)
	}
	return text
}

func checkName(p *conference.Problems, typed string) string {
	name := vietnamese.Normalise(typed)
	if vietnamese.LooksAllCaps(name) {
		name = vietnamese.TitleCase(name)
	}
	switch n := utf8.RuneCountInString(name); {
	case name == "":
		p.Add("full_name", "press.error.missing_name")
	case n < minName || vietnamese.IsPlaceholder(name):
		p.Add("full_name", "press.error.name")
	case n > maxName:
		p.Add("full_name", "press.error.long", "max", maxName)
	}
	return name
}

// Apply takes an application from anybody, with the letter of introduction as
// uploaded or nil, and queues the mail that says so. Posting the same form again, or
// applying again for the same person with the same address while the first application
// waits, gives the one that is there; colleagues may share an address. Errors: invalid with
// the fields of Draft; conflict when the edition takes no applications (any more); not_found.
func (r *Room) Apply(ctx context.Context, editionID int64, d Draft, letter []byte) (Application, error) {
	file, fileErr := checkLetter(letter)
	d, err := d.check(len(letter) > 0)
	if fileErr != nil || err != nil {
		return Application{}, both(err, fileErr)
	}
	var a Application
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := edition.ByID(ctx, tx, editionID)
		if err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		desk, err := DeskOf(ctx, tx, editionID)
		if err != nil {
			return err
		}
		if !Open(e, desk, tx.Now()) {
			return conference.Fail(conference.KindConflict, "press.error.closed")
		}
		a, err = r.apply(ctx, tx, e, d, file)
		return err
	})
	if err != nil {
		return Application{}, err
	}
	return a, nil
}

const (
	sqlSameApplication = sqlApplications + ` WHERE a.edition_id = ?1 AND (a.client_key = ?2 OR a.state = 'new' AND lower(a.email) = ?3 AND a.folded = ?4) ORDER BY a.client_key = ?2 DESC LIMIT 1`
	sqlCrew            = `SELECT count(*) FROM press_application WHERE edition_id = ?1 AND state = 'new' AND lower(email) = ?2`
	sqlInsert          = `INSERT INTO press_application (edition_id, client_key, outlet, outlet_kind, full_name, gender, role, card_number, phone, email, needs,
    lang, notice_version, folded, state, created_at, changed_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 'new', ?15, ?15)`
)

func (r *Room) apply(ctx context.Context, tx *db.Tx, e edition.Edition, d Draft, file letter) (Application, error) {
	before, err := db.Many(ctx, tx, sqlSameApplication, (*Application).fields, e.ID, d.ClientKey, strings.ToLower(d.Email), folded(d))
	if err != nil {
		return Application{}, fmt.Errorf("look for the same application: %w", err)
	}
	if len(before) > 0 {
		return before[0], nil
	}
	crew, err := db.Value[int](ctx, tx, sqlCrew, e.ID, strings.ToLower(d.Email))
	if err != nil {
		return Application{}, fmt.Errorf("count applications of an address: %w", err)
	}
	if crew >= maxCrew {
		var p conference.Problems
		p.Add("email", "press.error.crew", "max", maxCrew)
		return Application{}, p.Err()
	}
	id, err := db.Insert(ctx, tx, sqlInsert, e.ID, d.ClientKey, d.Outlet, d.OutletKind, d.FullName, d.Gender, d.Role, d.CardNumber, d.Phone, d.Email,
		d.Needs, d.Lang, NoticeVersion, folded(d), db.At(tx.Now()))
	if err != nil {
		return Application{}, fmt.Errorf("insert press application: %w", err)
	}
	if err := file.keep(ctx, tx, id); err != nil {
		return Application{}, err
	}
	a, err := ByID(ctx, tx, id)
	if err != nil {
		return Application{}, err
	}
	if err := r.queue(ctx, tx, KindReceived, a, fmt.Sprintf("%s/%d", KindReceived, a.ID)); err != nil {
		return Application{}, err
	}
	return a, note(ctx, tx, "press.apply", a, map[string]any{"outlet_kind": a.OutletKind, "letter": a.HasLetter})
}

func folded(d Draft) string { return vietnamese.Fold(d.FullName + " " + d.Outlet) }

// queue writes a mail to the applicant. A dedupe key that was used before queues nothing.
func (r *Room) queue(ctx context.Context, tx *db.Tx, kind string, a Application, dedupe string) error {
	_, err := r.outbox.Queue(ctx, tx, outbox.Queued{Edition: a.EditionID, Kind: kind, Subject: a.ID, Lang: a.Lang,
		ToAddress: a.Email, ToName: a.FullName, DedupeKey: dedupe})
	if err != nil {
		return fmt.Errorf("queue mail to applicant: %w", err)
	}
	return nil
}
