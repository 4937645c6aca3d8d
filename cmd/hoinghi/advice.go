package main

import (
	"errors"
	"fmt"

	"hoinghi/db"
)

// advice is an error that tells the operator, in both languages, what is wrong and what to do.
type advice struct {
	en, vi string
	cause  error
}

// advise gives an advice; the texts say what to do. cause may be nil.
func advise(cause error, en, vi string) error { return &advice{en: en, vi: vi, cause: cause} }

// Error gives the English words, the cause, and the Vietnamese words in a line of their own.
func (a *advice) Error() string {
	if a.cause == nil {
		return a.en + "\n" + a.vi
	}
	return fmt.Sprintf("%s (%v)\n%s", a.en, a.cause, a.vi)
}

// Unwrap gives the cause.
func (a *advice) Unwrap() error { return a.cause }

// explain adds advice to the errors of the database that an operator can mend.
func explain(err error) error {
	var given *advice
	switch {
	case errors.As(err, &given):
		return err
	case errors.Is(err, db.ErrNewer):
		return advise(err, "the data folder belongs to a newer version of hoinghi: install that version, or restore the backup taken before the upgrade with hoinghi restore",
			"thư mục dữ liệu thuộc phiên bản hoinghi mới hơn: hãy cài phiên bản đó, hoặc khôi phục bản sao lưu trước khi nâng cấp bằng lệnh hoinghi restore")
	case errors.Is(err, db.ErrEdited):
		return advise(err, "the database was set up by another build of hoinghi: install the build that was used until now",
			"cơ sở dữ liệu do một bản dựng hoinghi khác tạo ra: hãy cài lại đúng bản đã dùng trước đây")
	}
	return err
}
