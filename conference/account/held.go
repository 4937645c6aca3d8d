package account

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hoinghi/conference"
	"hoinghi/db"
)

// Held is what somebody may do: by roles held for every edition, those that are to
// come included, and by roles held for one edition only.
type Held struct {
	Everywhere []conference.Role
	Editions   map[int64][]conference.Role
}

// tidy gives the same with each role once and in order, and no edition without one.
func (h Held) tidy() Held {
	out := Held{Everywhere: ordered(h.Everywhere)}
	for id, roles := range h.Editions {
		if roles = ordered(roles); len(roles) > 0 {
			if out.Editions == nil {
				out.Editions = map[int64][]conference.Role{}
			}
			out.Editions[id] = roles
		}
	}
	return out
}

// Equal reports whether both let somebody do the same by the same roles.
func (h Held) Equal(other Held) bool {
	a, b := h.tidy(), other.tidy()
	return slices.Equal(a.Everywhere, b.Everywhere) && maps.EqualFunc(a.Editions, b.Editions, slices.Equal[[]conference.Role])
}

// scopedSet reads the roles held for single editions from a column "1:organiser,1:steward".
type scopedSet map[int64][]conference.Role

// Scan implements sql.Scanner.
func (s *scopedSet) Scan(src any) error {
	*s = nil
	text := ""
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("roles of editions hold %T", src)
	}
	held := Held{Editions: map[int64][]conference.Role{}}
	for _, one := range strings.Split(text, ",") {
		edition, role, _ := strings.Cut(one, ":")
		id, err := strconv.ParseInt(edition, 10, 64)
		if err != nil {
			return fmt.Errorf("roles of editions: %w", err)
		}
		held.Editions[id] = append(held.Editions[id], conference.Role(role))
	}
	*s = held.tidy().Editions
	return nil
}

// check notes at the field roles what is wrong with what somebody shall hold.
func (h Held) check(p *conference.Problems) {
	all := slices.Concat(append(slices.Collect(maps.Values(h.Editions)), h.Everywhere)...)
	if len(all) == 0 {
		p.Add("roles", "account.error.roles_missing")
		return
	}
	for _, role := range all {
		if !slices.Contains(conference.Roles(), role) {
			p.Add("roles", "account.error.role_unknown")
			return
		}
	}
	for _, roles := range h.Editions {
		if slices.Contains(roles, conference.RoleAdministrator) {
			p.Add("roles", "account.error.administrator_everywhere")
			return
		}
	}
}

const sqlInsertRole = `INSERT INTO staff_role (staff_id, role) VALUES (?, ?)`

const sqlInsertEditionRole = `INSERT INTO staff_edition_role (staff_id, edition_id, role) VALUES (?, ?, ?)`

func insertRoles(ctx context.Context, tx *db.Tx, staffID int64, h Held) error {
	h = h.tidy()
	for _, role := range h.Everywhere {
		if err := db.Exec(ctx, tx, sqlInsertRole, staffID, role); err != nil {
			return fmt.Errorf("give role %s: %w", role, err)
		}
	}
	for _, edition := range slices.Sorted(maps.Keys(h.Editions)) {
		for _, role := range h.Editions[edition] {
			err := db.Exec(ctx, tx, sqlInsertEditionRole, staffID, edition, role)
			if db.IsForeignKey(err) {
				var p conference.Problems
				p.Add("roles", "account.error.role_unknown")
				return p.Err()
			}
			if err != nil {
				return fmt.Errorf("give role %s in an edition: %w", role, err)
			}
		}
	}
	return nil
}

const sqlDropRoles = `DELETE FROM staff_role WHERE staff_id = ?`

const sqlDropEditionRoles = `DELETE FROM staff_edition_role WHERE staff_id = ?`

// SetRoles gives somebody these roles instead of those held before; they hold from the next
// request on, and live streams that need more end at once. Administrators only. Errors:
// invalid with the field roles; conflict when nobody could administrate afterwards.
func (r *Room) SetRoles(ctx context.Context, id int64, h Held) error {
	if err := administrate(ctx); err != nil {
		return err
	}
	var p conference.Problems
	h.check(&p)
	if err := p.Err(); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if before.Held().Equal(h) {
			return nil
		}
		for _, query := range []string{sqlDropRoles, sqlDropEditionRoles} {
			if err := db.Exec(ctx, tx, query, id); err != nil {
				return fmt.Errorf("drop roles: %w", err)
			}
		}
		if err := insertRoles(ctx, tx, id, h); err != nil {
			return err
		}
		if err := keepAdministrator(ctx, tx, before); err != nil {
			return err
		}
		was, err := onRecord(ctx, tx, before.Held())
		if err != nil {
			return err
		}
		is, err := onRecord(ctx, tx, h)
		if err != nil {
			return err
		}
		tx.Publish(Topic(id))
		return note(ctx, tx, "account.set_roles", id, map[string]any{"before": was, "after": is})
	})
}

const sqlEditionSlugs = `SELECT id, slug FROM edition`

// onRecord puts what somebody holds into the form of the audit: by the editions' addresses.
func onRecord(ctx context.Context, q db.Reader, h Held) (map[string]any, error) {
	h = h.tidy()
	out := map[string]any{}
	if len(h.Everywhere) > 0 {
		out["all_editions"] = h.Everywhere
	}
	if len(h.Editions) == 0 {
		return out, nil
	}
	type named struct {
		id   int64
		slug string
	}
	all, err := db.Many(ctx, q, sqlEditionSlugs, func(n *named) []any { return []any{&n.id, &n.slug} })
	if err != nil {
		return nil, fmt.Errorf("read editions: %w", err)
	}
	for _, e := range all {
		if roles := h.Editions[e.id]; len(roles) > 0 {
			out[e.slug] = roles
		}
	}
	return out, nil
}
