package invitation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// KindCopy is the outbox's name for the copy of an invitation to somebody beside its
// focal point. It is a kind of its own, so that how the invitation itself fares is told
// by the mail to the focal point alone.
const KindCopy = "invitation.copy"

// maxCopies is the number of people who may get a copy of one invitation.
const maxCopies = 10

const sqlCopies = `SELECT address, name FROM invitation_copy WHERE invitation_id = ? ORDER BY position`

// Copies gives who gets a copy of an invitation, in the order in which they were named.
func Copies(ctx context.Context, q db.Reader, invitationID int64) ([]outbox.Address, error) {
	all, err := db.Many(ctx, q, sqlCopies, func(a *outbox.Address) []any { return []any{&a.Address, &a.Name} }, invitationID)
	if err != nil {
		return nil, fmt.Errorf("read copies of an invitation: %w", err)
	}
	return all, nil
}

const sqlCopiesOfEdition = `SELECT c.invitation_id, c.address, c.name FROM invitation_copy c JOIN invitation i ON i.id = c.invitation_id
WHERE i.edition_id = ? ORDER BY c.invitation_id, c.position`

// CopiesOf gives who gets copies of an edition's invitations, by invitation.
func CopiesOf(ctx context.Context, q db.Reader, editionID int64) (map[int64][]outbox.Address, error) {
	type row struct {
		invitation int64
		outbox.Address
	}
	rows, err := db.Many(ctx, q, sqlCopiesOfEdition, func(r *row) []any {
		return []any{&r.invitation, &r.Address.Address, &r.Name}
	}, editionID)
	if err != nil {
		return nil, fmt.Errorf("list copies of invitations: %w", err)
	}
	out := map[int64][]outbox.Address{}
	for _, c := range rows {
		out[c.invitation] = append(out[c.invitation], c.Address)
	}
	return out, nil
}

const (
	sqlForgetCopies = `DELETE FROM invitation_copy WHERE invitation_id = ?`
	sqlAddCopy      = `INSERT INTO invitation_copy (invitation_id, position, address, name) VALUES (?, ?, ?, ?)`
)

// SetCopies says who gets a copy of an invitation: addresses with or without a name
// ("Văn phòng <vp@so.gov.vn>"), one a line or with ; or , between them, as people paste
// them. One named twice counts once. Errors: invalid with the field copies, not_found,
// forbidden.
func (r *Room) SetCopies(ctx context.Context, id int64, typed string) error {
	if err := conference.MayOrganise(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		copies, err := parseCopies(typed, i.Address())
		if err != nil {
			return err
		}
		before, err := Copies(ctx, tx, id)
		if err != nil || slices.Equal(before, copies) {
			return err
		}
		if err := db.Exec(ctx, tx, sqlForgetCopies, id); err != nil {
			return fmt.Errorf("forget copies: %w", err)
		}
		for n, c := range copies {
			if err := db.Exec(ctx, tx, sqlAddCopy, id, n, c.Address, c.Name); err != nil {
				return fmt.Errorf("add copy: %w", err)
			}
		}
		return note(ctx, tx, "invitation.set_copies", i, map[string]any{"before": len(before), "after": len(copies)})
	})
}

func parseCopies(typed, main string) ([]outbox.Address, error) {
	var p conference.Problems
	var out []outbox.Address
	for _, a := range splitCopies(typed) {
		email, ok := vietnamese.NormaliseEmail(a.Address)
		written := a.String()
		a.Address = email
		switch {
		case !ok:
			p.Add("copies", "sending.error.copy_address", "address", written)
			return nil, p.Err()
		case strings.EqualFold(email, main):
			p.Add("copies", "sending.error.copy_main", "address", email)
			return nil, p.Err()
		case utf8.RuneCountInString(a.Name) > maxName:
			p.Add("copies", "sending.error.copy_name", "max", maxName)
			return nil, p.Err()
		}
		if !slices.ContainsFunc(out, func(b outbox.Address) bool { return strings.EqualFold(b.Address, email) }) {
			out = append(out, a)
		}
	}
	if len(out) > maxCopies {
		p.Add("copies", "sending.error.copy_many", "max", maxCopies)
	}
	return out, p.Err()
}

// splitCopies takes a list apart without judging what it finds: the address of a part
// that is none is the part itself.
func splitCopies(typed string) []outbox.Address {
	var out []outbox.Address
	typed = strings.ReplaceAll(typed, ">,", ">;") // a comma may stand in a name, but not behind an address
	for part := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == '\n' || r == '\r' || r == ';' }) {
		part = vietnamese.Normalise(part)
		if name, rest, ok := strings.Cut(part, "<"); ok && strings.HasSuffix(rest, ">") {
			out = append(out, outbox.Address{Name: strings.Trim(vietnamese.Normalise(name), `" `), Address: strings.TrimSuffix(rest, ">")})
			continue
		}
		if strings.Count(part, "@") < 2 {
			if part = strings.Trim(part, ", "); part != "" {
				out = append(out, outbox.Address{Address: part})
			}
			continue
		}
		for address := range strings.FieldsFuncSeq(part, func(r rune) bool { return r == ',' || r == ' ' }) {
			out = append(out, outbox.Address{Address: address})
		}
	}
	return out
}

// CopiesText gives copies as SetCopies reads them, one a line.
func CopiesText(copies []outbox.Address) string {
	lines := make([]string, len(copies))
	for i, c := range copies {
		lines[i] = c.String()
	}
	return strings.Join(lines, "\n")
}

// to gives the invitation's main recipient: the focal point, or the organisation.
func (i Invitation) to() outbox.Address {
	if i.FocalName == "" || i.FocalEmail == "" {
		return outbox.Address{Name: i.Organisation.Vi, Address: i.Address()}
	}
	return outbox.Address{Name: i.FocalName, Address: i.FocalEmail}
}

// headsOf gives who stands in To and Cc of an invitation's mails. Who has become the
// main recipient since the copies were named gets no second mail.
func headsOf(ctx context.Context, q db.Reader, i Invitation) (outbox.Heads, error) {
	copies, err := Copies(ctx, q, i.ID)
	if err != nil {
		return outbox.Heads{}, err
	}
	return outbox.Heads{To: i.to(), Cc: slices.DeleteFunc(copies, func(a outbox.Address) bool {
		return strings.EqualFold(a.Address, i.Address())
	})}, nil
}
