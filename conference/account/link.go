package account

import (
	"context"
	"fmt"
	"time"

	"hoinghi/conference"
	"hoinghi/db"
)

// Purpose says what a one-time link is for.
type Purpose string

// The purposes of one-time links.
const (
	PurposeFirstAdministrator Purpose = "first_administrator" // opens the first account of an installation
	PurposeSetPassword        Purpose = "set_password"        // a colleague's first or forgotten password
	PurposeDemoSignIn         Purpose = "demo_sign_in"        // signs in without a password, again and again; demo only
)

const (
	firstValid   = 24 * time.Hour
	inviteValid  = 7 * 24 * time.Hour
	reissueValid = 24 * time.Hour
	demoValid    = 30 * 24 * time.Hour
)

// Link is what the holder of a one-time link may see of it before using it.
// Email and FullName are empty for the first administrator.
type Link struct {
	Purpose   Purpose
	StaffID   int64
	Email     string
	FullName  string
	ExpiresAt db.Time

	id       int64
	used     db.Time
	reusable bool
	disabled bool
}

func (l *Link) fields() []any {
	return []any{&l.id, &l.Purpose, &l.StaffID, &l.Email, &l.FullName, &l.ExpiresAt, &l.used, &l.reusable, &l.disabled}
}

const sqlInsertLink = `INSERT INTO one_time_link (token_hash, purpose, staff_id, expires_at, reusable, created_at)
VALUES (?, ?, NULLIF(?, 0), ?, ?, ?)`

func newLink(ctx context.Context, tx *db.Tx, purpose Purpose, staffID int64, valid time.Duration, reusable bool) (string, error) {
	_, token, err := insertLink(ctx, tx, purpose, staffID, valid, reusable)
	return token, err
}

func insertLink(ctx context.Context, tx *db.Tx, purpose Purpose, staffID int64, valid time.Duration, reusable bool) (int64, string, error) {
	token := conference.NewSecret()
	id, err := db.Insert(ctx, tx, sqlInsertLink, conference.TokenHash(token), purpose, staffID, after(tx, valid), reusable, db.At(tx.Now()))
	if err != nil {
		return 0, "", fmt.Errorf("insert link: %w", err)
	}
	return id, token, nil
}

// passwordLink issues a link to set a password and, with a mail server, mails it.
func (r *Room) passwordLink(ctx context.Context, tx *db.Tx, staffID int64, valid time.Duration) (string, error) {
	id, token, err := insertLink(ctx, tx, PurposeSetPassword, staffID, valid, false)
	if err != nil {
		return "", err
	}
	if token, err = r.setToken(ctx, tx, id, token); err != nil {
		return "", err
	}
	s, err := byID(ctx, tx, staffID)
	if err != nil {
		return "", err
	}
	return token, r.queueLink(ctx, tx, id, s)
}

const sqlVoidLinks = `UPDATE one_time_link SET expires_at = ?1 WHERE ifnull(staff_id, 0) = ?2 AND reusable = 0 AND used_at IS NULL AND expires_at > ?1`

// voidLinks withdraws every open one-time link of a member of staff; of the first
// administrator to be when staffID is 0. The demo's links stay: they end with the account.
func voidLinks(ctx context.Context, tx *db.Tx, staffID int64) error {
	if err := db.Exec(ctx, tx, sqlVoidLinks, db.At(tx.Now()), staffID); err != nil {
		return fmt.Errorf("void links: %w", err)
	}
	return nil
}

const sqlCountStaff = `SELECT count(*) FROM staff`

func nobody(ctx context.Context, q db.Reader) (bool, error) {
	n, err := db.Value[int](ctx, q, sqlCountStaff)
	if err != nil {
		return false, fmt.Errorf("count staff: %w", err)
	}
	return n == 0, nil
}

// FirstAdministratorLink gives, while nobody has an account, the token of a new
// link that opens the first one; it is valid for a day and older ones are
// withdrawn. ok is false once there is staff.
func (r *Room) FirstAdministratorLink(ctx context.Context) (token string, ok bool, err error) {
	if none, err := nobody(ctx, r.db); err != nil || !none {
		return "", false, err
	}
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if ok, err = nobody(ctx, tx); err != nil || !ok {
			return err
		}
		if err := voidLinks(ctx, tx, 0); err != nil {
			return err
		}
		if token, err = newLink(ctx, tx, PurposeFirstAdministrator, 0, firstValid, false); err != nil {
			return err
		}
		return note(ctx, tx, "account.first_link", 0, nil)
	})
	if err != nil {
		return "", false, err
	}
	return token, ok, nil
}

// Reissue withdraws somebody's open links and gives the token of a new one,
// valid for a day, that sets a new password. The old password holds until then.
// Administrators only. Errors: conflict for a closed account.
func (r *Room) Reissue(ctx context.Context, staffID int64) (string, error) {
	if err := administrate(ctx); err != nil {
		return "", err
	}
	return r.linkFor(ctx, staffID, "account.reissue_link", func(ctx context.Context, tx *db.Tx) (string, error) {
		if err := voidLinks(ctx, tx, staffID); err != nil {
			return "", err
		}
		return r.passwordLink(ctx, tx, staffID, reissueValid)
	})
}

// DemoLink gives the token of a link that signs in as somebody of the demo,
// without a password, as often as anybody likes for thirty days. Only the demo
// asks for it. Administrators only.
func (r *Room) DemoLink(ctx context.Context, staffID int64) (string, error) {
	if err := administrate(ctx); err != nil {
		return "", err
	}
	return r.linkFor(ctx, staffID, "account.demo_link", func(ctx context.Context, tx *db.Tx) (string, error) {
		return newLink(ctx, tx, PurposeDemoSignIn, staffID, demoValid, true)
	})
}

func (r *Room) linkFor(ctx context.Context, staffID int64, action string, issue func(context.Context, *db.Tx) (string, error)) (string, error) {
	var token string
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := byID(ctx, tx, staffID)
		if err != nil {
			return err
		}
		if s.Disabled() {
			return conference.Fail(conference.KindConflict, "account.error.disabled")
		}
		if token, err = issue(ctx, tx); err != nil {
			return err
		}
		return note(ctx, tx, action, staffID, nil)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// OpenLink shows what a link is for and uses nothing up: programs that read mail
// open every link in it. Errors: not_found for a token never issued, gone for
// one that was used, withdrawn or is too old.
func (r *Room) OpenLink(ctx context.Context, token string) (Link, error) {
	return openLink(ctx, r.db, token, r.db.Now())
}

const sqlLink = `SELECT l.id, l.purpose, ifnull(l.staff_id, 0), ifnull(s.email, ''), ifnull(s.full_name, ''),
    l.expires_at, l.used_at, l.reusable, s.disabled_at IS NOT NULL
FROM one_time_link l LEFT JOIN staff s ON s.id = l.staff_id
WHERE l.token_hash = ?`

func openLink(ctx context.Context, q db.Reader, token string, now time.Time) (Link, error) {
	token, err := conference.CheckToken(token)
	if err != nil {
		return Link{}, conference.NotFound().Because(err)
	}
	l, err := db.One(ctx, q, sqlLink, (*Link).fields, conference.TokenHash(token))
	if err != nil {
		return Link{}, fmt.Errorf("read link: %w", err)
	}
	switch {
	case !l.used.IsZero() && !l.reusable:
		return Link{}, conference.Fail(conference.KindGone, "account.error.link_used")
	case l.disabled, !now.Before(l.ExpiresAt.Time):
		return Link{}, conference.Fail(conference.KindGone, "account.error.link_expired")
	}
	return l, nil
}

// Credentials are what somebody types to use a link. Its form fields are
// full_name, email and password; the first two count for the first administrator only.
type Credentials struct {
	FullName string
	Email    string
	Password string
}

// UseLink sets the password of the link's holder, or opens the first account,
// and uses the link up. Every session of the holder ends. Errors: invalid with
// fields; not_found, gone as OpenLink; unavailable when too many hash at once.
func (r *Room) UseLink(ctx context.Context, token string, c Credentials) (Staff, error) {
	link, err := r.OpenLink(ctx, token)
	if err != nil {
		return Staff{}, err
	}
	if link.Purpose == PurposeDemoSignIn {
		return Staff{}, conference.NotFound()
	}
	var p conference.Problems
	email, name := link.Email, link.FullName
	if link.Purpose == PurposeFirstAdministrator {
		name = checkName(&p, "full_name", c.FullName, "account.error.full_name_missing", "account.error.full_name_long")
		email = checkEmail(&p, c.Email)
	}
	checkPassword(&p, "password", c.Password, email)
	if err := p.Err(); err != nil {
		return Staff{}, err
	}
	hash, err := r.hasher.hash(ctx, c.Password)
	if err != nil {
		return Staff{}, err
	}
	var s Staff
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err = useLink(ctx, tx, token, Staff{Email: email, FullName: name}, hash)
		return err
	})
	if err != nil {
		return Staff{}, err
	}
	r.throttle.clear(s.Email)
	return s, nil
}

// useLink carries out a link once its password is hashed; first is who becomes
// the first administrator.
func useLink(ctx context.Context, tx *db.Tx, token string, first Staff, hash string) (Staff, error) {
	link, err := openLink(ctx, tx, token, tx.Now())
	if err != nil {
		return Staff{}, err
	}
	id := link.StaffID
	if link.Purpose == PurposeFirstAdministrator {
		id, err = firstAdministrator(ctx, tx, first.Email, first.FullName, hash)
	} else {
		err = setPassword(ctx, tx, id, hash, 0)
	}
	if err != nil {
		return Staff{}, err
	}
	if err := useUp(ctx, tx, link); err != nil {
		return Staff{}, err
	}
	s, err := byID(ctx, tx, id)
	if err != nil {
		return Staff{}, err
	}
	return s, note(conference.WithActor(ctx, s.Actor()), tx, "account.use_link", id, map[string]any{"purpose": link.Purpose})
}

func firstAdministrator(ctx context.Context, tx *db.Tx, email, name, hash string) (int64, error) {
	none, err := nobody(ctx, tx)
	if err != nil {
		return 0, err
	}
	if !none {
		return 0, conference.Fail(conference.KindGone, "account.error.link_used")
	}
	return insertStaff(ctx, tx, email, name, hash, Held{Everywhere: []conference.Role{conference.RoleAdministrator}})
}

const sqlUseLink = `UPDATE one_time_link SET used_at = ?1 WHERE id = ?2 AND used_at IS NULL`

// useUp marks a link used and withdraws the holder's other ones.
func useUp(ctx context.Context, tx *db.Tx, l Link) error {
	n, err := db.Change(ctx, tx, sqlUseLink, db.At(tx.Now()), l.id)
	if err != nil {
		return fmt.Errorf("use link: %w", err)
	}
	if n == 0 {
		return conference.Fail(conference.KindGone, "account.error.link_used")
	}
	return voidLinks(ctx, tx, l.StaffID)
}

// SignInByLink opens a session by a link of the demo. Errors: not_found, also
// for a link of any other purpose; gone as OpenLink.
func (r *Room) SignInByLink(ctx context.Context, token, device string) (Session, string, error) {
	// Looked up first, so that guessing costs no write.
	if _, err := r.OpenLink(ctx, token); err != nil {
		return Session{}, "", err
	}
	var s Session
	var secret string
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		link, err := openLink(ctx, tx, token, tx.Now())
		if err != nil {
			return err
		}
		if link.Purpose != PurposeDemoSignIn {
			return conference.NotFound()
		}
		staff, err := byID(ctx, tx, link.StaffID)
		if err != nil {
			return err
		}
		s, secret, err = openSession(ctx, tx, staff, device, "account.sign_in_demo")
		return err
	})
	if err != nil {
		return Session{}, "", err
	}
	return s, secret, nil
}
