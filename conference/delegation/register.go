package delegation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/badge"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/db"
)

// Receipt is what came of Submit.
type Receipt struct {
	New   int // registered now
	Total int // registered in all
}

const sqlSubmitted = `UPDATE delegation SET submitted_at = ?2, changed_at = ?2 WHERE id = ?1`

// Submit sends the list to the organisers: whoever is listed becomes registered,
// with a badge and a personal link, and is told by mail where there is an address; the focal
// point gets all codes in one mail. Doing it again does only what is new or changed.
//
// Errors: conflict without a delegate or a head (fields delegates and head), for a declined
// invitation, and after the deadline; not_found, forbidden.
func (r *Room) Submit(ctx context.Context, invitationID int64) (Receipt, error) {
	if err := invitation.Answerable(ctx, invitationID); err != nil {
		return Receipt{}, err
	}
	var out Receipt
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, _, err := begin(ctx, tx, invitationID); err != nil {
			return err
		}
		d, err := ForInvitation(ctx, tx, invitationID)
		if err != nil {
			return err
		}
		if err := complete(d); err != nil {
			return err
		}
		out = Receipt{New: d.Count(Listed), Total: len(d.Delegates)}
		return r.submit(ctx, tx, d)
	})
	if err != nil {
		return Receipt{}, err
	}
	return out, nil
}

// complete refuses a list that cannot be sent yet.
func complete(d Delegation) error {
	fail := func(field, key string) error {
		e := conference.Fail(conference.KindConflict, key)
		e.Fields = []conference.FieldError{{Field: field, Text: e.Message}}
		return e
	}
	if len(d.Delegates) == 0 {
		return fail("delegates", "delegation.error.empty")
	}
	if _, ok := d.Head(); !ok {
		return fail("head", "delegation.error.no_head")
	}
	return nil
}

func (r *Room) submit(ctx context.Context, tx *db.Tx, d Delegation) error {
	fresh := 0
	for _, x := range d.Delegates {
		if x.State == Listed {
			fresh++
			if err := r.register(ctx, tx, x); err != nil {
				return err
			}
			continue
		}
		// Nothing is queued again unless what the mail says has changed.
		if err := r.queueConfirm(ctx, tx, x); err != nil {
			return err
		}
	}
	if err := r.queueCodes(ctx, tx, d.Invitation); err != nil {
		return err
	}
	if err := db.Exec(ctx, tx, sqlSubmitted, d.ID, db.At(tx.Now())); err != nil {
		return fmt.Errorf("mark delegation submitted: %w", err)
	}
	tx.Publish(Topic(d.EditionID))
	return audit.Note(ctx, tx, audit.Change{Edition: d.EditionID, Action: "delegation.submit", SubjectKind: "delegation", SubjectID: d.ID,
		Detail: map[string]any{"new": fresh, "total": len(d.Delegates)}})
}

const sqlRegister = `UPDATE delegate SET state = 'registered', token_hash = ?2, registered_at = ifnull(registered_at, ?3), changed_at = ?3 WHERE id = ?1`

// register gives a delegate the state, the link, the badge and the mail of one who comes.
func (r *Room) register(ctx context.Context, tx *db.Tx, d Delegate) error {
	if err := r.admit(ctx, tx, d); err != nil {
		return err
	}
	return r.queueConfirm(ctx, tx, d)
}

// dayMask has one bit for each day of an edition, of which a badge code holds eight.
func dayMask(e edition.Edition) uint8 {
	return uint8(uint16(1)<<min(e.Days(), 8) - 1)
}

// The outbox's names for this room's mails.
const (
	KindConfirm = "delegation.confirm" // to one delegate: registered, with the code
	KindCodes   = "delegation.codes"   // to the focal point: all codes of the delegation
)

// queueConfirm queues the mail to a registered delegate with an address, once for
// each badge and each wording of what it says about the person.
func (r *Room) queueConfirm(ctx context.Context, tx *db.Tx, d Delegate) error {
	if d.Email == "" {
		return nil
	}
	b, err := badge.LiveOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	_, err = r.outbox.Queue(ctx, tx, outbox.Queued{Edition: d.EditionID, Kind: KindConfirm, Subject: d.ID, Lang: "vi", ToAddress: d.Email, ToName: d.FullName,
		DedupeKey: fmt.Sprintf("%s/%d/%d/%s", KindConfirm, d.ID, b.ID, digest(d.Email, d.FullName, string(d.Gender)))})
	if err != nil {
		return fmt.Errorf("queue confirmation: %w", err)
	}
	return nil
}

// queueCodes queues the mail with all codes, once for each state of the list.
func (r *Room) queueCodes(ctx context.Context, tx *db.Tx, i invitation.Invitation) error {
	to := i.Address()
	if to == "" {
		return nil
	}
	d, err := ForInvitation(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	told := []string{to}
	for _, x := range d.Delegates {
		b, err := badge.LiveOf(ctx, tx, x.ID)
		if err != nil {
			return err
		}
		told = append(told, fmt.Sprint(b.ID), x.FullName, x.JobTitle, x.Group.Vi)
	}
	name := i.FocalName
	if name == "" || i.FocalEmail == "" {
		name = i.Organisation.Vi
	}
	_, err = r.outbox.Queue(ctx, tx, outbox.Queued{Edition: i.EditionID, Kind: KindCodes, Subject: i.ID, Lang: "vi", ToAddress: to, ToName: name,
		DedupeKey: fmt.Sprintf("%s/%d/%s", KindCodes, i.ID, digest(told...))})
	if err != nil {
		return fmt.Errorf("queue codes: %w", err)
	}
	return nil
}

// digest gives a short value that is equal for equal texts.
func digest(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:8])
}
