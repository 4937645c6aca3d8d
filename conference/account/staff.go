package account

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// maxName is the longest name of a person or device, in characters.
const maxName = 120

// Invitation names a colleague to be let in. Its form fields are email,
// full_name and roles.
type Invitation struct {
	Email    string
	FullName string
	Roles    []conference.Role           // for every edition
	Editions map[int64][]conference.Role // for one edition only
}

// Invite opens an account without a password and gives the token of the
// one-time link, valid for seven days, with which the colleague sets one.
// Administrators only. Errors: invalid with fields.
func (r *Room) Invite(ctx context.Context, inv Invitation) (Staff, string, error) {
	if err := administrate(ctx); err != nil {
		return Staff{}, "", err
	}
	var p conference.Problems
	email := checkEmail(&p, inv.Email)
	name := checkName(&p, "full_name", inv.FullName, "account.error.full_name_missing", "account.error.full_name_long")
	held := Held{Everywhere: inv.Roles, Editions: inv.Editions}
	held.check(&p)
	if err := p.Err(); err != nil {
		return Staff{}, "", err
	}
	var s Staff
	var token string
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id, err := insertStaff(ctx, tx, email, name, "", held)
		if err != nil {
			return err
		}
		if token, err = r.passwordLink(ctx, tx, id, inviteValid); err != nil {
			return err
		}
		roles, err := onRecord(ctx, tx, held)
		if err != nil {
			return err
		}
		if err := note(ctx, tx, "account.invite", id, map[string]any{"roles": roles}); err != nil {
			return err
		}
		s, err = byID(ctx, tx, id)
		return err
	})
	if err != nil {
		return Staff{}, "", err
	}
	return s, token, nil
}

func checkEmail(p *conference.Problems, typed string) string {
	email, ok := address(typed)
	if !ok {
		p.Add("email", "account.error.email_invalid")
	}
	return email
}

// address gives an e-mail address in the one form that names an account: nobody
// remembers with which capitals the own address was once entered.
func address(typed string) (string, bool) {
	email, ok := vietnamese.NormaliseEmail(typed)
	return strings.ToLower(email), ok
}

func checkName(p *conference.Problems, field, typed, missing, long string) string {
	name := vietnamese.Normalise(typed)
	switch {
	case name == "":
		p.Add(field, missing)
	case utf8.RuneCountInString(name) > maxName:
		p.Add(field, long, "max", maxName)
	}
	return name
}

const sqlInsertStaff = `INSERT INTO staff (email, full_name, password_hash, created_at, changed_at) VALUES (?1, ?2, ?3, ?4, ?4)`

func insertStaff(ctx context.Context, tx *db.Tx, email, name, hash string, held Held) (int64, error) {
	id, err := db.Insert(ctx, tx, sqlInsertStaff, email, name, hash, db.At(tx.Now()))
	if db.IsUnique(err) {
		var p conference.Problems
		p.Add("email", "account.error.email_taken")
		return 0, p.Err()
	}
	if err != nil {
		return 0, fmt.Errorf("insert staff: %w", err)
	}
	return id, insertRoles(ctx, tx, id, held)
}

const sqlStaffByID = `SELECT id, email, full_name, password_hash <> '', disabled_at, created_at,
    (SELECT group_concat(role) FROM staff_role WHERE staff_id = staff.id),
    (SELECT group_concat(edition_id || ':' || role) FROM staff_edition_role WHERE staff_id = staff.id)
FROM staff WHERE id = ?`

func byID(ctx context.Context, q db.Reader, id int64) (Staff, error) {
	s, err := db.One(ctx, q, sqlStaffByID, (*Staff).fields, id)
	if err != nil {
		return Staff{}, fmt.Errorf("read staff: %w", err)
	}
	return s, nil
}

// ByID gives one member of staff, to administrators and to that person.
func (r *Room) ByID(ctx context.Context, id int64) (Staff, error) {
	if err := ownOrAdministrate(ctx, id); err != nil {
		return Staff{}, err
	}
	return byID(ctx, r.db, id)
}

const sqlStaff = `SELECT id, email, full_name, password_hash <> '', disabled_at, created_at,
    (SELECT group_concat(role) FROM staff_role WHERE staff_id = staff.id),
    (SELECT group_concat(edition_id || ':' || role) FROM staff_edition_role WHERE staff_id = staff.id)
FROM staff`

// List gives everybody with an account, closed ones too, in the Vietnamese order
// of names. Administrators only.
func (r *Room) List(ctx context.Context) ([]Staff, error) {
	if err := administrate(ctx); err != nil {
		return nil, err
	}
	all, err := db.Many(ctx, r.db, sqlStaff, (*Staff).fields)
	if err != nil {
		return nil, fmt.Errorf("list staff: %w", err)
	}
	slices.SortStableFunc(all, func(a, b Staff) int {
		return bytes.Compare(vietnamese.SortKey(a.FullName), vietnamese.SortKey(b.FullName))
	})
	return all, nil
}

const sqlAdministrators = `SELECT count(*) FROM staff JOIN staff_role ON staff_role.staff_id = staff.id
WHERE staff_role.role = 'administrator' AND staff.disabled_at IS NULL AND staff.password_hash <> ''`

// keepAdministrator refuses a change to an administrator after which nobody who
// can sign in would be one.
func keepAdministrator(ctx context.Context, tx *db.Tx, before Staff) error {
	if !slices.Contains(before.Roles, conference.RoleAdministrator) {
		return nil
	}
	n, err := db.Value[int](ctx, tx, sqlAdministrators)
	if err != nil {
		return fmt.Errorf("count administrators: %w", err)
	}
	if n == 0 {
		return conference.Fail(conference.KindConflict, "account.error.last_administrator")
	}
	return nil
}

const sqlDisable = `UPDATE staff SET disabled_at = ?1, changed_at = ?1 WHERE id = ?2`

// Disable closes an account: its sessions end and its links are withdrawn.
// Administrators only. Errors: conflict when nobody could administrate afterwards.
func (r *Room) Disable(ctx context.Context, id int64) error {
	if err := administrate(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := byID(ctx, tx, id)
		if err != nil || before.Disabled() {
			return err
		}
		if err := db.Exec(ctx, tx, sqlDisable, db.At(tx.Now()), id); err != nil {
			return fmt.Errorf("disable: %w", err)
		}
		if err := keepAdministrator(ctx, tx, before); err != nil {
			return err
		}
		if _, err := endSessions(ctx, tx, id, 0); err != nil {
			return err
		}
		if err := voidLinks(ctx, tx, id); err != nil {
			return err
		}
		tx.Publish(Topic(id))
		return note(ctx, tx, "account.disable", id, nil)
	})
}

const sqlEnable = `UPDATE staff SET disabled_at = NULL, changed_at = ?1 WHERE id = ?2`

// Enable opens a closed account again, with its old password. Administrators only.
func (r *Room) Enable(ctx context.Context, id int64) error {
	if err := administrate(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := byID(ctx, tx, id)
		if err != nil || !before.Disabled() {
			return err
		}
		if err := db.Exec(ctx, tx, sqlEnable, db.At(tx.Now()), id); err != nil {
			return fmt.Errorf("enable: %w", err)
		}
		return note(ctx, tx, "account.enable", id, nil)
	})
}

// note writes the audit row of a change to one member of staff.
func note(ctx context.Context, tx *db.Tx, action string, staffID int64, detail map[string]any) error {
	return audit.Note(ctx, tx, audit.Change{Action: action, SubjectKind: "staff", SubjectID: staffID, Detail: detail})
}

// after gives the moment so long after the write.
func after(tx *db.Tx, d time.Duration) db.Time { return db.At(tx.Now().Add(d)) }
