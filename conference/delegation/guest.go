package delegation

import (
	"context"
	"fmt"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/edition"
	"hoinghi/db"
)

// Guest is somebody whom no organisation sends, already admitted by the room that
// calls: an accredited journalist.
type Guest struct {
	EditionID int64
	GroupCode string // of the delegate group: "press"
	Abbr      string // three letters of the delegate number, no province's
	Person    Person // GroupID and Head are ignored
}

// The edition's one delegation without an invitation.
const (
	sqlOpenGuests = `INSERT INTO delegation (edition_id, created_at, changed_at) VALUES (?1, ?2, ?2)
ON CONFLICT (edition_id) WHERE invitation_id IS NULL DO NOTHING`
	sqlGuests           = `SELECT id FROM delegation WHERE edition_id = ? AND invitation_id IS NULL`
	sqlGuestByClientKey = `SELECT id FROM delegate WHERE delegation_id = ? AND client_key = ?`
)

// AddGuest registers a guest in the caller's write: with a number, a badge and a
// personal link, outside every quota, and without a mail, which is the caller's to
// queue. The same client key again gives the delegate that it made before, registered
// anew if withdrawn meanwhile. Errors: invalid with the fields of Person; conflict when the edition has no
// such group.
func (r *Room) AddGuest(ctx context.Context, tx *db.Tx, g Guest) (Delegate, error) {
	groups, err := edition.Groups(ctx, tx, g.EditionID)
	if err != nil {
		return Delegate{}, fmt.Errorf("read groups: %w", err)
	}
	at := slices.IndexFunc(groups, func(x edition.Group) bool { return x.Code == g.GroupCode })
	if at < 0 {
		return Delegate{}, conference.Fail(conference.KindConflict, "delegation.error.guest_group")
	}
	g.Person.GroupID, g.Person.Head = groups[at].ID, false
	p, err := g.Person.check()
	if err != nil {
		return Delegate{}, err
	}
	id, err := guestID(ctx, tx, g, p)
	if err != nil {
		return Delegate{}, err
	}
	d, err := ByID(ctx, tx, id)
	if err != nil {
		return Delegate{}, err
	}
	if d.State != Registered {
		if err := r.admit(ctx, tx, d); err != nil {
			return Delegate{}, err
		}
		if err := note(ctx, tx, "delegation.add_guest", d, map[string]any{"group": d.GroupID}); err != nil {
			return Delegate{}, err
		}
	}
	return ByID(ctx, tx, id)
}

// guestID gives the row of a guest, made if it is the first time.
func guestID(ctx context.Context, tx *db.Tx, g Guest, p Person) (int64, error) {
	if err := db.Exec(ctx, tx, sqlOpenGuests, g.EditionID, db.At(tx.Now())); err != nil {
		return 0, fmt.Errorf("open delegation of guests: %w", err)
	}
	delegationID, err := db.Value[int64](ctx, tx, sqlGuests, g.EditionID)
	if err != nil {
		return 0, fmt.Errorf("read delegation of guests: %w", err)
	}
	id, err := db.Value[int64](ctx, tx, sqlGuestByClientKey, delegationID, p.ClientKey)
	if err == nil || conference.KindOf(err) != conference.KindNotFound {
		return id, err
	}
	e, err := edition.ByID(ctx, tx, g.EditionID)
	if err != nil {
		return 0, fmt.Errorf("read edition: %w", err)
	}
	number, err := numberOf(ctx, tx, e, g.Abbr)
	if err != nil {
		return 0, err
	}
	return insertDelegate(ctx, tx, e.ID, delegationID, number, p)
}

// Expel withdraws a delegate in the caller's write, for the room that admitted them:
// the badge is dead at once. Doing it again changes nothing. Errors: not_found.
func Expel(ctx context.Context, tx *db.Tx, delegateID int64) error {
	d, err := ByID(ctx, tx, delegateID)
	if err != nil {
		return err
	}
	return withdraw(ctx, tx, d, "delegation.withdraw")
}

// admit gives a delegate the state, the link and the badge of one who comes.
func (r *Room) admit(ctx context.Context, tx *db.Tx, d Delegate) error {
	e, err := edition.ByID(ctx, tx, d.EditionID)
	if err != nil {
		return fmt.Errorf("read edition: %w", err)
	}
	if err := db.Exec(ctx, tx, sqlRegister, d.ID, conference.TokenHash(d.Token(r.keys)), db.At(tx.Now())); err != nil {
		return fmt.Errorf("register delegate: %w", err)
	}
	_, err = badge.Issue(ctx, tx, badge.Holder{Edition: e.ID, DelegateID: d.ID, Category: d.Category, Days: dayMask(e), Epoch: e.BadgeEpoch()})
	return err
}
