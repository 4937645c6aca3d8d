package invitation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// maxName is the longest name of a person, in characters.
const maxName = 120

// Contact names the focal point. Its form fields are focal_name, focal_phone and
// focal_email; all may be empty.
type Contact struct {
	Name  string
	Phone string
	Email string
}

// check gives the contact as it is stored and notes what is wrong with it, under the
// fields name, phone and email with a prefix.
func (c Contact) check(p *conference.Problems, prefix string) Contact {
	out := Contact{Name: vietnamese.Normalise(c.Name)}
	switch {
	case utf8.RuneCountInString(out.Name) > maxName:
		p.Add(prefix+"name", "invitation.error.focal_name_long", "max", maxName)
	case vietnamese.IsPlaceholder(out.Name):
		p.Add(prefix+"name", "invitation.error.focal_name_placeholder")
	}
	phone, err := vietnamese.ParsePhone(c.Phone)
	var bad *vietnamese.PhoneError
	switch {
	case err == nil:
		out.Phone = phone
	case errors.As(err, &bad) && bad.Reason == vietnamese.PhoneEmpty:
	default:
		p.Add(prefix+"phone", "invitation.error.focal_phone")
	}
	if typed := vietnamese.Normalise(c.Email); typed != "" {
		email, ok := vietnamese.NormaliseEmail(typed)
		if !ok {
			p.Add(prefix+"email", "invitation.error.focal_email")
		}
		out.Email = email
	}
	return out
}

const sqlSetContact = `UPDATE invitation SET focal_name = ?2, focal_phone = ?3, focal_email = ?4, changed_at = ?5 WHERE id = ?1`

// maxTold is how many mailboxes a day are told that they are no focal point any
// more: whoever holds a link must not make this program write to all the world.
const maxTold = 5

// SetContact names the focal point of an invitation; the focal point may do it
// too, but only organisers leave nobody. Whoever was it before is told by mail, if another mailbox
// takes its place. Errors: invalid with the fields of Contact; too_many when it changes hands all day; not_found, forbidden.
func (r *Room) SetContact(ctx context.Context, id int64, c Contact) error {
	if err := Answerable(ctx, id); err != nil {
		return err
	}
	var p conference.Problems
	c = c.check(&p, "focal_")
	if err := p.Err(); err != nil {
		return err
	}
	told, err := r.outbox.Of(ctx, id, KindFocalNamed, KindFocalChanged)
	if err != nil {
		return fmt.Errorf("mails to former focal points: %w", err)
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if c == (Contact{i.FocalName, i.FocalPhone, i.FocalEmail}) {
			return nil
		}
		if c == (Contact{}) && conference.ActorOf(ctx).Kind == conference.ActorFocalPoint {
			p.Add("focal_name", "invitation.error.focal_nobody")
			return p.Err()
		}
		if err := r.tellFormer(ctx, tx, i, c, told); err != nil {
			return err
		}
		if err := db.Exec(ctx, tx, sqlSetContact, id, c.Name, c.Phone, c.Email, db.At(tx.Now())); err != nil {
			return fmt.Errorf("set contact: %w", err)
		}
		if err := consentEndsWith(ctx, tx, i, c.Name); err != nil {
			return err
		}
		var changed []string
		for field, differs := range map[string]bool{"name": c.Name != i.FocalName, "phone": c.Phone != i.FocalPhone, "email": c.Email != i.FocalEmail} {
			if differs {
				changed = append(changed, field)
			}
		}
		return note(ctx, tx, "invitation.set_contact", i, map[string]any{"changed": changed})
	})
}

// tellFormer queues the mails to the focal point whose place c takes, and to c with the link. The organiser who
// prepares invitations corrects addresses: only a change on the organisation's own page is told.
func (r *Room) tellFormer(ctx context.Context, tx *db.Tx, i Invitation, c Contact, told []outbox.Mail) error {
	if conference.ActorOf(ctx).Kind != conference.ActorFocalPoint || strings.EqualFold(i.FocalEmail, c.Email) {
		return nil
	}
	today := 0
	for _, m := range told {
		if tx.Now().Sub(m.QueuedAt.Time) < 24*time.Hour {
			today++
		}
	}
	if today >= 2*maxTold {
		return conference.Fail(conference.KindTooMany, "invitation.error.focal_often")
	}
	for _, to := range []struct{ kind, address, name string }{{KindFocalChanged, i.FocalEmail, i.FocalName}, {KindFocalNamed, c.Email, c.Name}} {
		if to.address == "" {
			continue
		}
		_, err := r.outbox.Queue(ctx, tx, outbox.Queued{Edition: i.EditionID, Kind: to.kind, Subject: i.ID, Lang: "vi", ToAddress: to.address, ToName: to.name})
		if err != nil && conference.KindOf(err) != conference.KindInvalid { // an address that never got anything
			return fmt.Errorf("queue mail to the former and the new focal point: %w", err)
		}
	}
	return nil
}

const sqlSetDeadline = `UPDATE invitation SET register_by = ?2, changed_at = ?3 WHERE id = ?1`

// SetDeadline gives an organisation its own deadline; the zero time puts it back
// to the edition's. Errors: invalid with the field register_by for a moment after
// the edition's end; not_found, forbidden.
func (r *Room) SetDeadline(ctx context.Context, id int64, deadline time.Time) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		e, err := edition.ByID(ctx, tx, i.EditionID)
		if err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		var p conference.Problems
		if !deadline.IsZero() && !deadline.After(tx.Now()) {
			p.Add("register_by", "invitation.error.deadline_past")
			return p.Err()
		}
		if !e.DeadlineFits(deadline, tx.Now()) {
			p.Add("register_by", "invitation.error.deadline_late")
			return p.Err()
		}
		if deadline.UnixMilli() == i.OwnDeadline.UnixMilli() {
			return nil
		}
		if err := db.Exec(ctx, tx, sqlSetDeadline, id, db.At(deadline), db.At(tx.Now())); err != nil {
			return fmt.Errorf("set deadline: %w", err)
		}
		return note(ctx, tx, "invitation.set_deadline", i, map[string]any{"before": i.OwnDeadline.UTC(), "after": deadline.UTC()})
	})
}

const (
	sqlKeepOldHashes = `INSERT OR IGNORE INTO invitation_old_hash (hash, invitation_id, replaced_at)
SELECT token_hash, id, ?2 FROM invitation WHERE id = ?1 UNION ALL SELECT code_hash, id, ?2 FROM invitation WHERE id = ?1`
	sqlForgetOpened = `UPDATE invitation SET opened_at = NULL WHERE id = ?1`
)

// Reissue replaces the link and the short code of an invitation at once: the old
// ones are gone, for whoever holds them. It gives the invitation with the new ones.
// Errors: not_found, forbidden.
func (r *Room) Reissue(ctx context.Context, id int64) (Invitation, error) {
	if err := conference.MayOrganise(ctx); err != nil {
		return Invitation{}, err
	}
	var i Invitation
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := db.Exec(ctx, tx, sqlKeepOldHashes, id, db.At(tx.Now())); err != nil {
			return fmt.Errorf("keep replaced link: %w", err)
		}
		if err := r.setHashes(ctx, tx, id, before.Generation+1); err != nil {
			return err
		}
		if err := db.Exec(ctx, tx, sqlForgetOpened, id); err != nil {
			return fmt.Errorf("forget opening: %w", err)
		}
		if i, err = ByID(ctx, tx, id); err != nil {
			return err
		}
		return note(ctx, tx, "invitation.reissue", i, map[string]any{"generation": i.Generation})
	})
	if err != nil {
		return Invitation{}, err
	}
	return i, nil
}
