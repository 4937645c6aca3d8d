package db

import (
	"errors"

	"github.com/mattn/go-sqlite3"

	"hoinghi/conference"
)

// IsUnique reports whether err is a violated UNIQUE or PRIMARY KEY.
func IsUnique(err error) bool {
	return hasExtended(err, sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey)
}

// IsForeignKey reports whether err is a violated foreign key.
func IsForeignKey(err error) bool { return hasExtended(err, sqlite3.ErrConstraintForeignKey) }

// IsCheck reports whether err is a violated CHECK.
func IsCheck(err error) bool { return hasExtended(err, sqlite3.ErrConstraintCheck) }

func hasExtended(err error, codes ...sqlite3.ErrNoExtended) bool {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, c := range codes {
		if e.ExtendedCode == c {
			return true
		}
	}
	return false
}

// isStoreFailure reports whether the disk or the file is the trouble, not the statement.
func isStoreFailure(err error) bool {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrBusy, sqlite3.ErrNomem:
		return true
	}
	return false
}

// isDamage reports whether SQLite found the file itself broken, or no database.
func isDamage(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB)
}

// storeError tells the visitor that nothing was kept and that trying again later is right.
func storeError(err error) error {
	return conference.Fail(conference.KindUnavailable, "error.store").Because(err)
}
