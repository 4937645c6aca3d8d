package invitation

import (
	"context"
	"errors"
	"fmt"

	"hoinghi/conference"
	"hoinghi/db"
)

// TableField gives the form field of one cell of the table of quotas: "q-12-7".
func TableField(invitationID, groupID int64) string {
	return fmt.Sprintf("q-%d-%d", invitationID, groupID)
}

// SetQuotaTable sets the seats of many invitations of one edition, by invitation
// and group: all of them, or none when one cannot take its number. Errors: invalid or
// conflict with the TableField of each wrong cell; not_found for an invitation of another edition; forbidden.
func (r *Room) SetQuotaTable(ctx context.Context, editionID int64, table map[int64]map[int64]int) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := List(ctx, tx, editionID)
		if err != nil {
			return err
		}
		var wrong *conference.Error
		left := len(table)
		for _, i := range all {
			seats, ok := table[i.ID]
			if !ok {
				continue
			}
			left--
			err := checkSeats(ctx, tx, editionID, seats)
			if err == nil {
				err = setQuotas(ctx, tx, i, seats)
			}
			if wrong, err = gather(wrong, err, i, seats); err != nil {
				return err
			}
		}
		if left > 0 {
			return conference.NotFound().Because(errors.New("invitation of another edition"))
		}
		if wrong != nil {
			return wrong
		}
		return nil
	})
}

// gather moves the field errors of one invitation to the cells of the table, so
// that all wrong cells are shown at once. Any other error is given back.
func gather(wrong *conference.Error, err error, i Invitation, seats map[int64]int) (*conference.Error, error) {
	var e *conference.Error
	if err == nil || !errors.As(err, &e) || len(e.Fields) == 0 {
		return wrong, err
	}
	if wrong == nil {
		wrong = conference.Fail(e.Kind, "error.fields")
	}
	for id := range seats {
		for _, f := range e.Fields {
			if f.Field == QuotaField(id) {
				wrong.Fields = append(wrong.Fields, conference.FieldError{Field: TableField(i.ID, id), Text: f.Text})
			}
		}
	}
	return wrong, nil
}
