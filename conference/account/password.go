package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// The length of a password in characters. There are no rules of composition and
// no expiry (NIST SP 800-63B-4 3.1.1.2): length and a list of the guessed ones serve better.
const (
	MinPassword = 12
	MaxPassword = 128
)

// checkPassword notes at the field what is wrong with a new password of the
// account with this e-mail address.
func checkPassword(p *conference.Problems, field, password, email string) {
	password = typed(password)
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword:
		p.Add(field, "account.error.password_short", "min", MinPassword)
	case n > MaxPassword:
		p.Add(field, "account.error.password_long", "max", MaxPassword)
	case holdsOwnName(password, email):
		p.Add(field, "account.error.password_own_name")
	case isGuessed(password):
		p.Add(field, "account.error.password_common")
	}
}

// squeeze gives the letters and digits of a text without marks, case or spaces.
func squeeze(s string) string { return strings.ReplaceAll(vietnamese.Fold(s), " ", "") }

// holdsOwnName reports whether a password holds the name part of the address, or
// a word of four letters or more of it.
func holdsOwnName(password, email string) bool {
	local, _, _ := strings.Cut(email, "@")
	squeezed := squeeze(password)
	words := append(strings.Fields(vietnamese.Fold(local)), squeeze(local))
	return slices.ContainsFunc(words, func(w string) bool { return len(w) >= 4 && strings.Contains(squeezed, w) })
}

// isGuessed reports whether a password is among those that are tried first: a
// run or repetition, a row of the keyboard, or no more than
// a few words of guessedWords with digits and signs before, between or after ("Khuyến công@2022").
func isGuessed(password string) bool {
	plain := squeeze(password)
	if isMonotonous(strings.ToLower(password)) || len(plain) >= MinPassword/2 && isMonotonous(plain) {
		return true
	}
	words := strings.Fields(guessedWords)
	if slices.Contains(words, plain) {
		return true
	}
	// "P@ssw0rd2022": the digits at the ends are no letters in disguise, the inner ones may be.
	core := strings.TrimFunc(password, func(r rune) bool { return !unicode.IsLetter(r) && r != '@' && r != '$' })
	disguised := strings.NewReplacer("@", "a", "$", "s", "0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t").Replace(core)
	return isMadeOf(letters(plain), words) || isMadeOf(letters(squeeze(disguised)), words)
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, s)
}

// isMadeOf reports whether text is one to four words of the list, one after
// another. More of them are a phrase, which is not among the first guesses.
func isMadeOf(text string, words []string) bool {
	const few = 4
	fewest := make([]int, len(text)+1) // words that make text[:i], 0 for none
	for i := range text {
		if i > 0 && fewest[i] == 0 {
			continue
		}
		for _, w := range words {
			end := i + len(w)
			if strings.HasPrefix(text[i:], w) && (fewest[end] == 0 || fewest[i]+1 < fewest[end]) {
				fewest[end] = fewest[i] + 1
			}
		}
	}
	return text != "" && fewest[len(text)] > 0 && fewest[len(text)] <= few
}

// isMonotonous reports whether a text has no more than four different characters,
// counts up or down ("123456789012", "abcdefghijkl"), or repeats its beginning of
// up to four characters ("1a2b1a2b1a2b").
func isMonotonous(s string) bool {
	text := []rune(s)
	different := map[rune]bool{}
	steps := map[rune]bool{}
	for i, r := range text {
		different[r] = true
		if i > 0 {
			step := r - text[i-1]
			if unicode.IsDigit(r) && unicode.IsDigit(text[i-1]) {
				step = (step + 10) % 10 // 9 is followed by 0
			}
			steps[step] = true
		}
	}
	if len(different) <= 4 || len(steps) == 1 {
		return true
	}
	for period := 1; period <= 4; period++ {
		repeats := true
		for i := period; i < len(text) && repeats; i++ {
			repeats = text[i] == text[i-period]
		}
		if repeats {
			return true
		}
	}
	return false
}

const sqlSetPassword = `UPDATE staff SET password_hash = ?1, changed_at = ?2 WHERE id = ?3`

// setPassword stores a new hash and ends every session but the one to keep.
func setPassword(ctx context.Context, tx *db.Tx, staffID int64, hash string, keep int64) error {
	if err := db.Exec(ctx, tx, sqlSetPassword, hash, db.At(tx.Now()), staffID); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	_, err := endSessions(ctx, tx, staffID, keep)
	return err
}

// PasswordChange holds what is typed to change one's password. Its form fields
// are old_password and new_password.
type PasswordChange struct {
	Old string
	New string
}

// ChangePassword gives the acting member of staff, who must be staffID, another
// password. Every session ends but the one to keep, which the change is made in.
// Errors: forbidden for anybody else; invalid with fields; too_many and
// unavailable as SignIn.
func (r *Room) ChangePassword(ctx context.Context, staffID, keep int64, c PasswordChange) error {
	if !isOwn(ctx, staffID) {
		return conference.Forbidden()
	}
	staff, err := byID(ctx, r.db, staffID)
	if err != nil {
		return err
	}
	who, err := identityOf(ctx, r.db, staff.Email)
	if err != nil {
		return err
	}
	var p conference.Problems
	checkPassword(&p, "new_password", c.New, staff.Email)
	if err := p.Err(); err != nil {
		return err
	}
	ok, err := r.verify(ctx, staff.Email, who, c.Old, r.db.Now())
	if err != nil {
		return err
	}
	if !ok {
		p.Add("old_password", "account.error.old_password")
		return p.Err()
	}
	hash, err := r.hasher.hash(ctx, c.New)
	if err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// The account may have been closed, or its password changed, while it was hashed.
		now, err := identityOf(ctx, tx, staff.Email)
		if err != nil {
			return err
		}
		if now != who {
			return conference.Forbidden()
		}
		if err := setPassword(ctx, tx, staffID, hash, keep); err != nil {
			return err
		}
		if err := voidLinks(ctx, tx, staffID); err != nil {
			return err
		}
		return note(ctx, tx, "account.change_password", staffID, nil)
	})
}
