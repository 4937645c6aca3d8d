package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

// Returned is what a mail that was pasted at the desk says, to be confirmed by whoever pasted it.
type Returned struct {
	Bounce // of the first of Mails
	// Mails are those it may speak of: the one that it names, or, Guessed, the latest sent to the
	// addresses in it, newest first.
	Mails   []Mail
	Guessed bool
}

// ReadReturned reads a returned mail, whole or as copied from a screen; nothing is kept. What is
// none, tells of no mail sent from here, or is an automatic answer, is refused as invalid with words.
// Organisers of any edition; only mails of the editions that they organise count as sent from here.
func (o *Outbox) ReadReturned(ctx context.Context, raw []byte) (Returned, error) {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return Returned{}, err
	}
	r := readReport(raw, true)
	if r.nature != natureBounce {
		return Returned{}, conference.Fail(conference.KindInvalid, "outbox.error.returned."+string(r.nature))
	}
	out := Returned{}
	m, known, err := spokenOf(ctx, o.db, r)
	switch {
	case err != nil:
		return out, err
	case known && conference.MayOrganiseIn(ctx, m.Edition) == nil:
		out.Mails = []Mail{m}
	case !known:
		out.Guessed = true
		if out.Mails, err = sentTo(ctx, o.db, conference.ActorOf(ctx).Reach(conference.RoleOrganiser), r.addresses); err != nil {
			return out, err
		}
	}
	if len(out.Mails) == 0 {
		return out, conference.Fail(conference.KindInvalid, "outbox.error.returned.unknown")
	}
	out.Bounce = r.about(out.Mails[0].ToAddress).bounce(out.Mails[0], SourcePasted)
	return out, nil
}

func (one result) bounce(m Mail, source BounceSource) Bounce {
	return Bounce{Mail: m.ID, Kind: one.kind, Code: one.code, Answer: one.answer, Source: source}
}

var statusCode = regexp.MustCompile(`^[45]\.[0-9]{1,3}\.[0-9]{1,3}$`)

// Bounced keeps that a mail came back, as somebody at the desk says. One that never left is a
// conflict. Saying it twice changes nothing. Organisers of the mail's edition.
func (o *Outbox) Bounced(ctx context.Context, b Bounce) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	var p conference.Problems
	if b.Kind != BounceHard && b.Kind != BounceSoft {
		p.Add("kind", "outbox.error.returned.kind")
	}
	if b.Code != "" && !statusCode.MatchString(b.Code) {
		p.Add("code", "outbox.error.returned.code")
	}
	if b.Answer = oneLine(b.Answer); len([]rune(b.Answer)) > maxSaid {
		p.Add("answer", "outbox.error.returned.answer", "max", maxSaid)
	}
	if p.Any() {
		return p.Err()
	}
	b.Source = SourcePasted
	return o.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := byID(ctx, tx, b.Mail)
		if err == nil {
			err = conference.MayOrganiseIn(ctx, m.Edition)
		}
		if err != nil {
			return err
		}
		if !m.Left() {
			return conference.Fail(conference.KindConflict, "outbox.error.returned.not_sent")
		}
		return noteBounce(ctx, tx, m, b)
	})
}

// Left reports that a mail was handed to a server, as far as anybody knows.
func (m Mail) Left() bool {
	return m.Transport != TransportLocal && (m.State == StateSent || m.Unknowns > 0)
}

const sqlBounced = `INSERT INTO mail_bounce (mail_id, kind, code, answer, source, received_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6
WHERE ?3 NOT IN ('', '4.0.0', '5.0.0') OR NOT EXISTS (SELECT 1 FROM mail_bounce WHERE mail_id = ?1 AND kind = ?2) ON CONFLICT DO NOTHING`

// noteBounce keeps what came back of a mail. The same thing said again counts once, and so does
// the same thing said less precisely.
func noteBounce(ctx context.Context, tx *db.Tx, m Mail, b Bounce) error {
	n, err := db.Change(ctx, tx, sqlBounced, m.ID, b.Kind, b.Code, b.Answer, b.Source, db.At(tx.Now()))
	if err != nil || n == 0 {
		return err
	}
	publish(tx, m.Edition)
	return audit.Note(ctx, tx, audit.Change{Edition: m.Edition, Action: "outbox.bounced", SubjectKind: "mail", SubjectID: m.ID,
		Detail: map[string]any{"kind": m.Kind, "bounce": b.Kind, "code": b.Code, "source": b.Source}})
}

const (
	sqlBounceByID = bounceRow + `WHERE b.id = ?1 AND b.mail_id = ?2`
	sqlNoBounce   = `DELETE FROM mail_bounce WHERE id = ?`
)

// ForgetBounce takes back that a mail came back; the audit keeps that it was said. Not found if it
// was taken back already. Organisers of the mail's edition.
func (o *Outbox) ForgetBounce(ctx context.Context, mailID, id int64) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	return o.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := byID(ctx, tx, mailID)
		if err == nil {
			err = conference.MayOrganiseIn(ctx, m.Edition)
		}
		if err != nil {
			return err
		}
		b, err := db.One(ctx, tx, sqlBounceByID, (*Bounce).fields, id, mailID)
		if err != nil {
			return err
		}
		if err := db.Exec(ctx, tx, sqlNoBounce, id); err != nil {
			return fmt.Errorf("take bounce back: %w", err)
		}
		publish(tx, m.Edition)
		return audit.Note(ctx, tx, audit.Change{Edition: m.Edition, Action: "outbox.not_bounced", SubjectKind: "mail", SubjectID: m.ID,
			Detail: map[string]any{"kind": m.Kind, "bounce": b.Kind, "code": b.Code, "source": b.Source}})
	})
}

// '@' is followed by 'A': a mark is all that stands before the @ of a Message-ID.
const (
	sqlByMessageID = `SELECT id FROM mail WHERE message_id IN (SELECT value FROM json_each(?))`
	sqlByMark      = `SELECT m.id FROM json_each(?) j JOIN mail m ON m.message_id >= j.value || '@' AND m.message_id < j.value || 'A'`
)

// spokenOf gives the mail that a report speaks of: known by its own mark in the address that
// the report came to, or by its Message-ID. One that never left is not known: whoever reports
// it has made the report up.
func spokenOf(ctx context.Context, q db.Reader, r report) (Mail, bool, error) {
	for _, by := range []struct {
		query string
		keys  []string
	}{{sqlByMark, r.marks}, {sqlByMessageID, r.ids}} {
		list, err := json.Marshal(by.keys)
		if err != nil {
			return Mail{}, false, fmt.Errorf("list of marks: %w", err)
		}
		if len(by.keys) == 0 {
			continue
		}
		ids, err := db.Values[int64](ctx, q, by.query, string(list))
		if err != nil {
			return Mail{}, false, fmt.Errorf("look for the mail of a report: %w", err)
		}
		mails, err := byIDs(ctx, q, ids...)
		if err != nil {
			return Mail{}, false, err
		}
		mails = slices.DeleteFunc(mails, func(m Mail) bool { return !m.Left() })
		if len(mails) == 0 {
			continue
		}
		slices.SortStableFunc(mails, func(a, b Mail) int { return slices.Index(r.ids, a.MessageID) - slices.Index(r.ids, b.MessageID) })
		return mails[0], true, nil
	}
	return Mail{}, false, nil
}

const sqlSentTo = `SELECT id FROM mail
WHERE lower(to_address) IN (SELECT value FROM json_each(?1)) AND transport <> 'local' AND (state = 'sent' OR unknowns > 0)
    AND (?2 IS NULL OR edition_id IN (SELECT value FROM json_each(?2))) ORDER BY id DESC LIMIT 8`

// sentTo gives the latest mails that left for any of these addresses, of these editions alone if
// within is not nil.
func sentTo(ctx context.Context, q db.Reader, within []int64, addresses []string) ([]Mail, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	list, err := json.Marshal(addresses)
	if err != nil {
		return nil, fmt.Errorf("list of addresses: %w", err)
	}
	editions, err := listed(within)
	if err != nil {
		return nil, err
	}
	ids, err := db.Values[int64](ctx, q, sqlSentTo, string(list), editions)
	if err != nil {
		return nil, fmt.Errorf("mails to an address: %w", err)
	}
	return byIDs(ctx, q, ids...)
}

// take judges a mail that came into the mailbox of returned mail and keeps what it says. It
// reports whether it spoke of a mail of ours: one that did not is somebody's letter and left alone.
func (o *Outbox) take(ctx context.Context, source BounceSource, raw []byte) (bool, error) {
	r := readReport(raw, false)
	if r.nature != natureBounce {
		return false, nil
	}
	mine := false
	err := o.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, known, err := spokenOf(ctx, tx, r)
		if err != nil || !known {
			return err
		}
		mine = true
		return noteBounce(ctx, tx, m, r.about(m.ToAddress).bounce(m, source))
	})
	if err != nil {
		return false, fmt.Errorf("keep what came back: %w", err)
	}
	return mine, nil
}
