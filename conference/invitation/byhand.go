package invitation

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/db"
)

// Channel is a way by which somebody hands an invitation over without this program.
type Channel string

// The channels.
const (
	ByZalo  Channel = "zalo"
	BySMS   Channel = "sms"
	OnPaper Channel = "paper"
)

// Channels lists the channels in the order in which they are shown.
func Channels() []Channel { return []Channel{ByZalo, BySMS, OnPaper} }

func (c Channel) known() bool { return c == ByZalo || c == BySMS || c == OnPaper }

// ChannelText gives the name of a channel for people.
func ChannelText(c Channel) conference.Text { return conference.Say("byhand.channel." + string(c)) }

// HandDelivery is one invitation that somebody says to have handed over.
type HandDelivery struct {
	ID           int64
	InvitationID int64
	Channel      Channel
	By           string // who said so
	At           db.Time
	// Stale: the link that was handed over has been replaced since, so that the
	// organisation holds one that leads nowhere.
	Stale bool
}

func (h *HandDelivery) fields() []any {
	return []any{&h.ID, &h.InvitationID, &h.Channel, &h.By, &h.At, &h.Stale}
}

const (
	sqlHandDeliveries = `SELECT h.id, h.invitation_id, h.channel, h.delivered_by, h.delivered_at, h.generation <> i.generation
FROM hand_delivery h JOIN invitation i ON i.id = h.invitation_id`
	sqlHandDeliveriesOf        = sqlHandDeliveries + ` WHERE h.invitation_id = ? AND h.undone_at IS NULL ORDER BY h.delivered_at DESC, h.id DESC`
	sqlHandDeliveriesOfEdition = sqlHandDeliveries + ` WHERE i.edition_id = ? AND h.undone_at IS NULL ORDER BY h.delivered_at DESC, h.id DESC`
	sqlHandDelivery            = sqlHandDeliveries + ` WHERE h.id = ? AND h.undone_at IS NULL`
)

// HandDeliveries gives what was handed over of one invitation, the latest first.
func HandDeliveries(ctx context.Context, q db.Reader, invitationID int64) ([]HandDelivery, error) {
	all, err := db.Many(ctx, q, sqlHandDeliveriesOf, (*HandDelivery).fields, invitationID)
	if err != nil {
		return nil, fmt.Errorf("list deliveries by hand: %w", err)
	}
	return all, nil
}

// HandDelivered gives, for the board, what was handed over of each invitation of an
// edition, the latest first. An invitation counts as delivered by hand if one that is not
// Stale is among them.
func HandDelivered(ctx context.Context, q db.Reader, editionID int64) (map[int64][]HandDelivery, error) {
	all, err := db.Many(ctx, q, sqlHandDeliveriesOfEdition, (*HandDelivery).fields, editionID)
	if err != nil {
		return nil, fmt.Errorf("list deliveries by hand: %w", err)
	}
	out := map[int64][]HandDelivery{}
	for _, h := range all {
		out[h.InvitationID] = append(out[h.InvitationID], h)
	}
	return out, nil
}

const (
	sqlHandOver = `INSERT INTO hand_delivery (invitation_id, generation, channel, delivered_by, delivered_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (invitation_id, generation, channel) WHERE undone_at IS NULL DO NOTHING`
	sqlHandedOver = `SELECT id FROM hand_delivery WHERE invitation_id = ? AND generation = ? AND channel = ? AND undone_at IS NULL`
)

// HandOver records that somebody has handed an invitation's present link over, and
// gives the record. Saying so twice records it once. Errors: not_found, also for a channel that
// is none; forbidden.
func (r *Room) HandOver(ctx context.Context, invitationID int64, c Channel) (HandDelivery, error) {
	if err := conference.MayOrganise(ctx); err != nil {
		return HandDelivery{}, err
	}
	if !c.known() {
		return HandDelivery{}, conference.NotFound()
	}
	var h HandDelivery
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, invitationID)
		if err != nil {
			return err
		}
		n, err := db.Change(ctx, tx, sqlHandOver, i.ID, i.Generation, c, conference.ActorOf(ctx).Label, db.At(tx.Now()))
		if err != nil {
			return fmt.Errorf("record delivery by hand: %w", err)
		}
		id, err := db.Value[int64](ctx, tx, sqlHandedOver, i.ID, i.Generation, c)
		if err != nil {
			return fmt.Errorf("read delivery by hand: %w", err)
		}
		if h, err = db.One(ctx, tx, sqlHandDelivery, (*HandDelivery).fields, id); err != nil {
			return fmt.Errorf("read delivery by hand: %w", err)
		}
		if n == 0 {
			return nil
		}
		return note(ctx, tx, "invitation.hand_over", i, map[string]any{"channel": c})
	})
	return h, err
}

const (
	sqlHandDeliveryOf = `SELECT invitation_id FROM hand_delivery WHERE id = ?`
	sqlTakeBack       = `UPDATE hand_delivery SET undone_by = ?2, undone_at = ?3 WHERE id = ?1 AND undone_at IS NULL`
)

// TakeBack undoes a record of HandOver. One that was undone already is left as it is.
// Errors: not_found, also for a record of another invitation; forbidden.
func (r *Room) TakeBack(ctx context.Context, invitationID, deliveryID int64) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, invitationID)
		if err != nil {
			return err
		}
		of, err := db.Value[int64](ctx, tx, sqlHandDeliveryOf, deliveryID)
		if err != nil {
			return fmt.Errorf("read delivery by hand: %w", err)
		}
		if of != i.ID {
			return conference.NotFound()
		}
		n, err := db.Change(ctx, tx, sqlTakeBack, deliveryID, conference.ActorOf(ctx).Label, db.At(tx.Now()))
		if err != nil {
			return fmt.Errorf("undo delivery by hand: %w", err)
		}
		if n == 0 {
			return nil
		}
		return note(ctx, tx, "invitation.hand_back", i, nil)
	})
}
