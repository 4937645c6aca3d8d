package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

const (
	idleLimit     = 12 * time.Hour      // one long day at the door
	absoluteLimit = 7 * 24 * time.Hour  // however busy
	seenEvery     = time.Minute         // a session's or device's last sight is written once in this time
	keepSessions  = 30 * 24 * time.Hour // rows of sessions long over
	maxDevice     = 200                 // characters of a device's description
)

// Session is one signed-in browser.
type Session struct {
	ID        int64
	StaffID   int64
	CreatedAt db.Time
	SeenAt    db.Time // exact to a minute
	ExpiresAt db.Time // however busy; twelve quiet hours end it earlier
	Device    string  // browser and system in words
}

func (s *Session) fields() []any {
	return []any{&s.ID, &s.StaffID, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt, &s.Device}
}

// over reports whether the session's time ran out.
func (s Session) over(now time.Time) bool {
	return !now.Before(s.ExpiresAt.Time) || now.Sub(s.SeenAt.Time) >= idleLimit
}

// identity is what a sign-in is checked against.
type identity struct {
	id       int64
	hash     string
	disabled bool
}

const sqlIdentity = `SELECT id, password_hash, disabled_at IS NOT NULL FROM staff WHERE email = ?`

// identityOf gives the identity of an address, the empty one when it has no account.
func identityOf(ctx context.Context, q db.Reader, email string) (identity, error) {
	who, err := db.One(ctx, q, sqlIdentity, func(i *identity) []any { return []any{&i.id, &i.hash, &i.disabled} }, email)
	if err != nil && conference.KindOf(err) != conference.KindNotFound {
		return identity{}, fmt.Errorf("read identity: %w", err)
	}
	if who.disabled {
		who.hash = "" // matches nothing
	}
	return who, nil
}

// SignIn opens a session and gives its token, new each time. device describes
// the browser in words. An unknown address, a closed account and a wrong password
// get the same answer after the same work. Errors: invalid; too_many after five
// wrong passwords in a row, with the minutes to wait (doubling up to an hour);
// unavailable when too many sign in at once. The limit per network address is the web's.
func (r *Room) SignIn(ctx context.Context, email, password, device string) (Session, string, error) {
	wrong := conference.Fail(conference.KindInvalid, "account.error.sign_in")
	address, ok := address(email)
	if !ok {
		address = strings.ToLower(strings.TrimSpace(email)) // no account has it; the work is the same
	}
	who, err := identityOf(ctx, r.db, address)
	if err != nil {
		return Session{}, "", err
	}
	if ok, err := r.verify(ctx, address, who, password, r.db.Now()); err != nil {
		return Session{}, "", err
	} else if !ok {
		return Session{}, "", wrong
	}
	var s Session
	var token string
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// The account may have been closed, or its password changed, while it was hashed.
		now, err := identityOf(ctx, tx, address)
		if err != nil {
			return err
		}
		if now != who {
			return wrong
		}
		staff, err := byID(ctx, tx, who.id)
		if err != nil {
			return err
		}
		s, token, err = openSession(ctx, tx, staff, device, "account.sign_in")
		return err
	})
	if err != nil {
		return Session{}, "", err
	}
	return s, token, nil
}

// verify checks a password, tried at the moment now, under the throttle of its account.
func (r *Room) verify(ctx context.Context, email string, who identity, password string, now time.Time) (bool, error) {
	if err := r.throttle.begin(email, who.id != 0, now); err != nil {
		return false, err
	}
	if len(password) > MaxPassword*4 { // bytes; longer is no password of ours
		password, who.hash = "", ""
	}
	ok, err := r.hasher.matches(ctx, password, who.hash)
	if err != nil {
		r.throttle.undo(email)
		return false, err
	}
	if ok {
		r.throttle.clear(email)
	}
	return ok, nil
}

const sqlInsertSession = `INSERT INTO staff_session (token_hash, staff_id, created_at, seen_at, expires_at, device)
VALUES (?1, ?2, ?3, ?3, ?4, ?5)`

// openSession opens a session in somebody's own name and gives its token.
func openSession(ctx context.Context, tx *db.Tx, staff Staff, device, action string) (Session, string, error) {
	if err := forgetSessions(ctx, tx, staff.ID); err != nil {
		return Session{}, "", err
	}
	token := conference.NewSecret()
	device = clip(vietnamese.Normalise(device), maxDevice)
	s := Session{StaffID: staff.ID, CreatedAt: db.At(tx.Now()), SeenAt: db.At(tx.Now()), ExpiresAt: after(tx, absoluteLimit), Device: device}
	var err error
	s.ID, err = db.Insert(ctx, tx, sqlInsertSession, conference.TokenHash(token), s.StaffID, s.CreatedAt, s.ExpiresAt, s.Device)
	if err != nil {
		return Session{}, "", fmt.Errorf("insert session: %w", err)
	}
	return s, token, note(conference.WithActor(ctx, staff.Actor()), tx, action, staff.ID, map[string]any{"session": s.ID})
}

const sqlForgetSessions = `DELETE FROM staff_session WHERE staff_id = ? AND expires_at < ?`

// forgetSessions drops the rows of somebody's sessions that are long over.
func forgetSessions(ctx context.Context, tx *db.Tx, staffID int64) error {
	if err := db.Exec(ctx, tx, sqlForgetSessions, staffID, after(tx, -keepSessions)); err != nil {
		return fmt.Errorf("forget sessions: %w", err)
	}
	return nil
}

func clip(s string, characters int) string {
	r := []rune(s)
	return string(r[:min(len(r), characters)])
}

// signedIn is a session with its holder, as one query reads them.
type signedIn struct {
	session Session
	staff   Staff
	ended   bool
}

func (i *signedIn) fields() []any {
	return append(append(i.session.fields(), &i.ended), i.staff.fields()...)
}

const sqlSessionByToken = `SELECT s.id, s.staff_id, s.created_at, s.seen_at, s.expires_at, s.device, s.ended_at IS NOT NULL,
    p.id, p.email, p.full_name, p.password_hash <> '', p.disabled_at, p.created_at,
    (SELECT group_concat(role) FROM staff_role WHERE staff_id = p.id),
    (SELECT group_concat(edition_id || ':' || role) FROM staff_edition_role WHERE staff_id = p.id)
FROM staff_session s JOIN staff p ON p.id = s.staff_id
WHERE s.token_hash = ?`

// SessionByToken gives the session of a token and its holder, with the roles
// held now. It notes the sight of a session at most once a minute. Errors:
// not_found for a token never issued; gone when the session was ended, lay idle
// for twelve hours or is seven days old.
func (r *Room) SessionByToken(ctx context.Context, token string) (Staff, Session, error) {
	i, err := r.signedIn(ctx, token)
	if err != nil {
		return Staff{}, Session{}, err
	}
	now := r.db.Now()
	if now.Sub(i.session.SeenAt.Time) < seenEvery {
		return i.staff, i.session, nil
	}
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return touchSession(ctx, tx, i.session.ID) })
	switch {
	case err == nil:
		i.session.SeenAt = db.At(now)
	case conference.KindOf(err) != conference.KindUnavailable: // a full disk must not sign anybody out
		return Staff{}, Session{}, fmt.Errorf("note session: %w", err)
	}
	return i.staff, i.session, nil
}

// signedIn reads a session that holds. Errors: as SessionByToken.
func (r *Room) signedIn(ctx context.Context, token string) (signedIn, error) {
	token, err := conference.CheckToken(token)
	if err != nil {
		return signedIn{}, conference.NotFound().Because(err)
	}
	i, err := db.One(ctx, r.db, sqlSessionByToken, (*signedIn).fields, conference.TokenHash(token))
	if err != nil {
		return signedIn{}, fmt.Errorf("read session: %w", err)
	}
	if i.ended || i.staff.Disabled() || i.session.over(r.db.Now()) {
		return signedIn{}, conference.Fail(conference.KindGone, "account.error.session_over")
	}
	return i, nil
}

// Holder gives who holds a session, with the roles held now, without noting it as a sight: a
// page that lies open must not keep its session from falling idle. Errors: as SessionByToken.
func (r *Room) Holder(ctx context.Context, token string) (Staff, error) {
	i, err := r.signedIn(ctx, token)
	if err != nil {
		return Staff{}, err
	}
	return i.staff, nil
}

const sqlTouchSession = `UPDATE staff_session SET seen_at = ?1 WHERE id = ?2 AND ended_at IS NULL AND seen_at <= ?3`

func touchSession(ctx context.Context, tx *db.Tx, id int64) error {
	return db.Exec(ctx, tx, sqlTouchSession, db.At(tx.Now()), id, after(tx, -seenEvery))
}

const sqlSessions = `SELECT id, staff_id, created_at, seen_at, expires_at, device FROM staff_session
WHERE staff_id = ? AND ended_at IS NULL AND expires_at > ? AND seen_at > ? ORDER BY seen_at DESC, id DESC`

// Sessions gives somebody's open sessions, the one seen last first, to
// administrators and to that person.
func (r *Room) Sessions(ctx context.Context, staffID int64) ([]Session, error) {
	if err := ownOrAdministrate(ctx, staffID); err != nil {
		return nil, err
	}
	now := r.db.Now()
	out, err := db.Many(ctx, r.db, sqlSessions, (*Session).fields, staffID, db.At(now), db.At(now.Add(-idleLimit)))
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return out, nil
}

const sqlSessionHolder = `SELECT staff_id FROM staff_session WHERE id = ?`

const sqlEndSession = `UPDATE staff_session SET ended_at = ? WHERE id = ? AND ended_at IS NULL`

// EndSession ends one session, for administrators and for its holder; for
// anybody else there is none. Ending it again does nothing.
func (r *Room) EndSession(ctx context.Context, id int64) error {
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		holder, err := db.Value[int64](ctx, tx, sqlSessionHolder, id)
		if err != nil {
			return fmt.Errorf("read session: %w", err)
		}
		if ownOrAdministrate(ctx, holder) != nil {
			return conference.NotFound()
		}
		n, err := db.Change(ctx, tx, sqlEndSession, db.At(tx.Now()), id)
		if err != nil {
			return fmt.Errorf("end session: %w", err)
		}
		if n == 0 {
			return nil
		}
		tx.Publish(Topic(holder))
		return note(ctx, tx, "account.end_session", holder, map[string]any{"session": id})
	})
}

// EndOtherSessions ends every session of somebody but the one to keep (0: all),
// for administrators and for that person. It gives the number ended.
func (r *Room) EndOtherSessions(ctx context.Context, staffID, keep int64) (int64, error) {
	if err := ownOrAdministrate(ctx, staffID); err != nil {
		return 0, err
	}
	var n int64
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if n, err = endSessions(ctx, tx, staffID, keep); err != nil || n == 0 {
			return err
		}
		return note(ctx, tx, "account.end_other_sessions", staffID, map[string]any{"ended": n})
	})
	return n, err
}

const sqlEndSessions = `UPDATE staff_session SET ended_at = ?1 WHERE staff_id = ?2 AND id <> ?3 AND ended_at IS NULL`

func endSessions(ctx context.Context, tx *db.Tx, staffID, keep int64) (int64, error) {
	n, err := db.Change(ctx, tx, sqlEndSessions, db.At(tx.Now()), staffID, keep)
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	tx.Publish(Topic(staffID))
	return n, nil
}
